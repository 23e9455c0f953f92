"""JSON for programs."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect


def register(app: Flask, csrf: CSRFProtect) -> None:
    """x"""

    @app.get("/openapi.json")
    def api_description() -> str:
        return ""
