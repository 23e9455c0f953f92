"""The `byttebank` command."""
