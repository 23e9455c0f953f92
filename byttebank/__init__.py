"""Words and machinery shared by every process of a Byttebank node."""
