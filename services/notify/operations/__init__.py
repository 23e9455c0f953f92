"""Notify's use cases: each one function, one transaction."""
