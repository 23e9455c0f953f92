"""Follows every link as somebody, and writes down which pages there are and what can be done on them."""

from collections import Counter, deque
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

import requests
from bs4 import BeautifulSoup
from cast import Somebody
from routes import NO_PAGES, act_of, endpoint_of
from served import Served

from demo.accounts import PASSWORD

MANY = {"engagements.show": 40}
FEW = 6
"""So many addresses of one kind are followed; libraries are all alike, engagements are not."""


@dataclass(frozen=True)
class Seen:
    """A page: two with the same `kind` have the same acts and state and look alike."""

    url: str
    endpoint: str
    acts: frozenset[str]
    state: str

    @property
    def kind(self) -> tuple[str, frozenset[str], str]:
        """What makes a page look different from others of its endpoint."""
        return self.endpoint, self.acts, self.state


def crawl(served: Served, somebody: Somebody | None, county: str = "innlandet") -> list[Seen]:
    """Every page that links lead to from the county's front page. Fails on a link that leads nowhere."""
    session = requests.Session()
    base = f"{served.url}/{county}/"
    if somebody is not None:
        _sign_in(session, base, somebody)
    queue, known, counted = deque([base]), {base}, Counter[str]()
    seen = []
    while queue:
        url = queue.popleft()
        answer = session.get(url, timeout=60)
        assert answer.status_code == 200, f"a link leads to {url}, which answers {answer.status_code}"
        # Signed in, some addresses lead on to others.
        endpoint = endpoint_of(answer.url) or ""
        soup = BeautifulSoup(answer.text, "lxml")
        seen.append(Seen(answer.url, endpoint, acts_on(soup, answer.url), _state(soup)))
        for link in soup.find_all("a", href=True):
            target = urldefrag(urljoin(answer.url, str(link["href"])))[0].partition("?")[0]
            kind = endpoint_of(target)
            is_ours = target.startswith(base) and kind is not None and kind not in NO_PAGES
            if is_ours and target not in known and counted[kind or ""] < MANY.get(kind or "", FEW):
                counted[kind or ""] += 1
                known.add(target)
                queue.append(target)
    return seen


def acts_on(soup: BeautifulSoup, url: str) -> frozenset[str]:
    """What the forms of a page can be sent as."""
    acts = set()
    for form in soup.find_all("form"):
        action, method = urljoin(url, str(form.get("action"))), str(form.get("method", "get")).upper()
        for button in form.find_all("button"):
            value = f"{button['name']}={button['value']}" if button.get("name") else None
            acts.add(act_of(method, action, value) or f"{method} {urlsplit(action).path}")
    return frozenset(acts)


def _state(soup: BeautifulSoup) -> str:
    """The state of an engagement, in words; nothing on other pages."""
    tag = soup.select_one(".bb-head .ds-tag:not(.bb-county)")
    return tag.get_text(strip=True) if tag else ""


def _sign_in(session: requests.Session, base: str, somebody: Somebody) -> None:
    page = BeautifulSoup(session.get(f"{base}logg-inn", timeout=60).text, "lxml")
    token = page.select_one("input[name=csrf_token]")
    assert token is not None
    fields = {"csrf_token": token["value"], "epost": somebody.email, "passord": PASSWORD}
    answer = session.post(f"{base}logg-inn", data=fields, timeout=60)
    assert answer.url.endswith("/oversikt"), f"{somebody.email} could not sign in: {answer.status_code}"
