"""Registers of libraries, read: each record as the same fields, or the reason why it cannot be used."""
