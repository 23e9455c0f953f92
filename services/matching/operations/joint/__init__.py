"""What matching does in rounds held by several counties: every step one transaction."""
