"""The rules of the book, pure: time, ids and limits are arguments."""
