"""Which pages and forms there are, as the application itself says."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException

from gateway import pages

NO_PAGES = {
    "accounts.download": "a file",
    "county_book.download": "a file",
    "mapping.download": "a file",
    "me.download": "a file",
    "peers.proof": "a file",
    "matching_rounds.download": "a file",
    "travel_fund.download": "a file",
    "engagements.follow": "leads on to the engagement's page",
    "static": "files",
    "joining.show": "a letter leads to it, and no page",
}
"""What is opened and is no page, and why."""


def county_pages() -> Flask:
    """The routes of a county's gateway, without anything behind them."""
    app = Flask("gateway")
    pages.register(app)
    return app


_MAP = county_pages().url_map


def page_endpoints() -> set[str]:
    """Every page of a county's gateway."""
    return {rule.endpoint for rule in _MAP.iter_rules() if "GET" in (rule.methods or ())} - set(NO_PAGES)


def act_endpoints() -> set[str]:
    """Whatever a form may be sent to."""
    return {rule.endpoint for rule in _MAP.iter_rules() if "POST" in (rule.methods or ())}


def endpoint_of(url: str, method: str = "GET") -> str | None:
    """The endpoint behind an address such as `http://localhost/innlandet/tavle`; None: it is none of ours."""
    path = "/" + urlsplit(url).path.lstrip("/").partition("/")[2]
    try:
        return str(_MAP.bind("localhost").match(path, method=method)[0])
    except HTTPException:
        return None


def act_of(method: str, url: str, body: str | None = None) -> str | None:
    """The act that a form's sending is: its endpoint, and the answer where one form asks for one.

    `engagements.confirm svar=ja`, `requests.create`; for a form that only searches, the page it leads to.
    """
    endpoint = endpoint_of(url, method)
    answer = dict(parse_qsl(body or "")).get("svar")
    return f"{endpoint} svar={answer}" if endpoint and answer else endpoint


def endpoints_of(acts: Iterator[str] | set[str]) -> set[str]:
    """Acts without their answers."""
    return {act.partition(" ")[0] for act in acts}
