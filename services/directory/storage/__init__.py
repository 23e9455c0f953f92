"""The directory's tables and the words to use them: rows in, documents of the contracts out."""
