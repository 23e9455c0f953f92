"""What matching does in rounds of its own county: one use case, one function, one transaction."""
