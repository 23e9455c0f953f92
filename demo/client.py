"""A small client of the JSON API: one signed-in person at one county's gateway, with urllib alone."""

import http.client
import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode

from byttebank.identifiers import new_id

Document = dict[str, Any]
TIMEOUT_SECONDS = 30


class NotRunning(Exception):
    """Nothing answers at the address."""


class Refused(Exception):
    """The federation said no. `problem` is its problem document (RFC 9457)."""

    def __init__(self, status: int, problem: Document) -> None:
        self.status = status
        self.problem = problem
        super().__init__(f"{status} {problem.get('title', '')} {problem.get('detail', '')}".strip())

    @property
    def code(self) -> str:
        return str(self.problem.get("code", ""))


class Client:
    """Calls `<url>/<county>/api/v1/...` on behalf of whoever signed in."""

    def __init__(self, url: str, county: str) -> None:
        self.county = county
        self._base = f"{url.rstrip('/')}/{county}/api/v1"
        self._token: str | None = None
        # A proxy of the machine has no way to what runs on the machine itself.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def sign_in(self, email: str, password: str) -> None:
        """From here on calls are made as this person. Refuses: `Refused`, `NotRunning`."""
        self._token = self.post("tokens", {"email": email, "password": password})["token"]

    def get(self, path: str, **query: Any) -> Any:
        """The answer to a GET. Refuses: `Refused`, `NotRunning`."""
        wanted = {name: value for name, value in query.items() if value is not None}
        return self._call("GET", f"{path}?{urlencode(wanted)}" if wanted else path, None)

    def post(self, path: str, body: Document | None = None) -> Any:
        """The answer to a POST with a key of its own, so that it happens once. Refuses: as `get`."""
        return self._call("POST", path, body or {}, new_id())

    def _call(self, method: str, path: str, body: Document | None, key: str = "") -> Any:
        headers = {"Accept": "application/json"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
            headers["Idempotency-Key"] = key
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._base}/{path}", content, headers, method=method)
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise Refused(error.code, _problem(error)) from error
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
            raise NotRunning(f"{self._base} does not answer ({error})") from error


def _problem(error: urllib.error.HTTPError) -> Document:
    try:
        problem = json.loads(error.read())
    except ValueError:
        problem = None
    return problem if isinstance(problem, dict) else {"title": str(error.reason)}
