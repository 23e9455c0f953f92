"""The tables of matching: an index of libraries, offers and requests, balances, and engagements."""
