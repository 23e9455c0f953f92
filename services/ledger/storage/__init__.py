"""The ledger's tables and the words to use them, by noun."""
