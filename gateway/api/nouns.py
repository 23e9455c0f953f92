"""A group of paths under `/api/v1`, and the pages of their lists."""

from typing import Any

from flask import request, url_for
from flask_smorest import Blueprint

from gateway.api.access import check_json, check_token

ROOT = "/api/v1"
Document = dict[str, Any]


def nouns_called(name: str, description: str, *, is_open: bool = False) -> Blueprint:
    """The group. `is_open`: no token is asked for."""
    nouns = Blueprint(f"api_{name}", __name__, url_prefix=ROOT, description=description)
    nouns.before_request(check_json)
    if not is_open:
        nouns.before_request(check_token)
    return nouns


def next_link(next_cursor: str | None) -> dict[str, str]:
    """The header that leads to the next page (RFC 8288)."""
    if next_cursor is None or request.endpoint is None:
        return {}
    values = {**request.args.to_dict(), **(request.view_args or {}), "cursor": next_cursor}
    return {"Link": f'<{url_for(request.endpoint, **values)}>; rel="next"'}
