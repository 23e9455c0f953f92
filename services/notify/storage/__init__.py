"""Notify's tables and the words to use them: rows in, plain dicts and small records out."""
