"""Rounds: how the most days can be exchanged. What is heavy here is imported when it is used."""
