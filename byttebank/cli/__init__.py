"""The `byttebank` command."""

from byttebank.cli.app import app

__all__ = ["app"]
