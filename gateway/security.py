"""What every answer carries so that a browser trusts nobody but us."""

from flask import Flask, request
from werkzeug.wrappers import Response

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
"""No inline style or script, nothing from elsewhere. `data:` for the small pictures inside Designsystemet's
own stylesheet."""

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ONE_YEAR_SECONDS = 31_536_000
STATIC_SECONDS = 86_400


def secure(app: Flask, *, is_https: bool) -> None:
    """Every answer of the application carries the headers; pages are kept by no cache."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.extend(
            {name: value for name, value in HEADERS.items() if name not in response.headers}
        )
        if is_https:
            response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR_SECONDS}"
        if request.endpoint == "static":
            response.headers["Cache-Control"] = f"public, max-age={STATIC_SECONDS}"
        elif "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response
