"""Somebody who reads a county's pages over HTTP, as a browser without a script does."""

import re
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode

from bs4 import BeautifulSoup

from demo.accounts import PASSWORD

TIMEOUT_SECONDS = 30


class Reader:
    """Signed in at one county's gateway."""

    def __init__(self, gateway: str, county: str, email: str) -> None:
        self._base = f"{gateway}/{county}"
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )
        field = self._soup("/logg-inn").find("input", {"name": "csrf_token"})
        assert field is not None
        form = {"csrf_token": field["value"], "epost": email, "passord": PASSWORD, "neste": ""}
        sent = self._opener.open(f"{self._base}/logg-inn", urlencode(form).encode(), TIMEOUT_SECONDS)
        assert not sent.url.endswith("/logg-inn"), "not signed in"

    def words(self, path: str) -> str:
        """Everything a person reads on a page, on one line."""
        soup = self._soup(path)
        text = " ".join((soup.find("main") or soup).get_text(" ", strip=True).replace("\u00a0", " ").split())
        return re.sub(r" ([.,:;?])", r"\1", text)

    def _soup(self, path: str) -> BeautifulSoup:
        with self._opener.open(f"{self._base}{path}", timeout=TIMEOUT_SECONDS) as answer:
            return BeautifulSoup(answer.read(), "lxml")
