"""What matching does in vandring: one use case, one function, one transaction."""
