"""Who is told what, and when: rules without clock or storage."""
