"""A browser without a script: keeps cookies, follows links, fills in forms as they stand in the page."""

import re
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask.sessions import SecureCookieSessionInterface
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client
from werkzeug.wrappers import Response

HOST = "http://localhost"


def nowhere(_environ: Any, start_response: Any) -> list[bytes]:
    """What answers outside the application: a link that leads here has lost its prefix."""
    start_response("421 Misdirected Request", [("Content-Type", "text/plain")])
    return [b"outside the application"]


class Page:
    """An answer, read as HTML."""

    def __init__(self, response: Any, url: str) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.get_data(as_text=True)
        self.url = url

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The answer as a tree."""
        return BeautifulSoup(self.text, "lxml")

    @property
    def title(self) -> str:
        """The one main heading."""
        (heading,) = self.soup.find_all("h1")
        return str(heading.get_text(" ", strip=True))

    @property
    def words(self) -> str:
        """Everything a person reads, on one line, no-break spaces as spaces."""
        main = self.soup.find("main") or self.soup
        text = " ".join(main.get_text(" ", strip=True).replace("\u00a0", " ").split())
        return re.sub(r" ([.,:;?])", r"\1", text)

    @property
    def alerts(self) -> list[str]:
        """What the page says about the last act."""
        return [one.get_text(" ", strip=True) for one in self.soup.select(".ds-alert")]

    def form(self, button: str) -> Tag:
        """The form with this button."""
        for found in self.soup.find_all("form"):
            if any(one.get_text(" ", strip=True) == button for one in found.find_all("button")):
                return found
        raise AssertionError(f"no button {button!r} on {self.url}")

    def buttons(self) -> list[str]:
        """What one can press."""
        return [one.get_text(" ", strip=True) for one in self.soup.select("main button")]


def fields_of(form: Tag) -> dict[str, Any]:
    """What a browser would send if the form were sent as it is."""
    values: dict[str, Any] = {}
    for field in form.find_all(["input", "textarea", "select"]):
        name = field.get("name")
        if not name:
            continue
        if field.name == "select":
            chosen = field.find("option", selected=True) or field.find("option")
            values[name] = chosen["value"] if chosen else ""
        elif field.name == "textarea":
            values[name] = field.get_text().removeprefix("\n")
        elif field.get("type") in ("radio", "checkbox"):
            if field.has_attr("checked") and name in values:
                first = values[name]
                values[name] = [*([first] if isinstance(first, str) else first), field["value"]]
            elif field.has_attr("checked"):
                values[name] = field["value"]
        else:
            values[name] = field.get("value", "")
    return values


class Browser:
    """One person's browser at a gateway that is mounted under a prefix."""

    def __init__(self, app: Any, prefix: str) -> None:
        mounted = DispatcherMiddleware(nowhere, {prefix: app}) if prefix else app
        self.client = Client(mounted, Response)
        self.app = app
        self.prefix = prefix

    def keep_session(self, session: dict[str, Any]) -> None:
        """The browser has the cookie of this session, as after signing in, which takes longer."""
        signer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert signer is not None
        with self.app.test_request_context():
            path = self.app.session_interface.get_cookie_path(self.app)
        self.client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], str(signer.dumps(session)), path=path)

    def get(self, path: str, **more: Any) -> Page:
        """The page at a path of the application."""
        return self._open("GET", self.prefix + path, **more)

    def follow(self, href: str, base: str) -> Page:
        """The page a link on another page leads to."""
        parts = urlsplit(urljoin(HOST + base, href))
        return self._open("GET", parts.path + (f"?{parts.query}" if parts.query else ""))

    def post(self, path: str, values: dict[str, Any], **more: Any) -> Page:
        """The page that comes of sending these values."""
        return self._open("POST", self.prefix + path, data=values, **more)

    def press(self, page: Page, button: str, **changes: Any) -> Page:
        """Fill in the form with this button and press it."""
        form = page.form(button)
        pressed = next(one for one in form.find_all("button") if one.get_text(" ", strip=True) == button)
        values = {**fields_of(form), **changes}
        if pressed.get("name"):
            values[pressed["name"]] = pressed["value"]
        action = urljoin(HOST + page.url, str(form["action"]))
        headers = {"Referer": HOST + page.url}
        return self._open("POST", urlsplit(action).path, data=values, headers=headers)

    def sign_in(self, email: str, password: str, path: str = "/logg-inn") -> Page:
        """The page one comes to."""
        return self.press(self.get(path), "Logg inn", epost=email, passord=password)

    def _open(self, method: str, url: str, **more: Any) -> Page:
        for _ in range(5):
            response = self.client.open(url, method=method, base_url=None, **more)
            if response.status_code not in (301, 302, 303, 307, 308):
                return Page(response, url)
            location = response.headers["Location"]
            parts = urlsplit(urljoin(HOST + url, location))
            url, method, more = parts.path + (f"?{parts.query}" if parts.query else ""), "GET", {}
        raise AssertionError(f"redirected in circles at {url}")
