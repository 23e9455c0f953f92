"""A program that uses the JSON interface."""

from typing import TYPE_CHECKING, Any

import eidskog

if TYPE_CHECKING:
    from conftest import Node

EIDSKOG, GRUE = eidskog.library("Eidskog"), eidskog.library("Grue")
KARI, JONAS = eidskog.colleague("Kari Moen"), eidskog.colleague("Jonas Berg")
ASK = {
    "skills": ["cataloguing"],
    "first_on": "2026-12-07",
    "last_on": "2026-12-11",
    "days": 1.5,
    "host_contact_id": KARI,
}
PROPOSAL = {
    "host_library_id": EIDSKOG,
    "lender_library_id": GRUE,
    "colleague_id": eidskog.colleague("Siri Haugen"),
    "dates": ["2026-12-09"],
    "days": 1,
    "host_contact_id": KARI,
}


class Program:
    """A client of the JSON interface."""

    def __init__(self, node: "Node", who: str = "kari", scopes: list[str] | None = None) -> None:
        self.root = f"{node.prefix}/api/v1"
        self.client = node.browser().client
        given: dict[str, Any] = {"email": node.users[who].email, "password": eidskog.PASSWORD}
        if scopes is not None:
            given["scopes"] = scopes
        self.headers = {"Authorization": f"Bearer {self.post('/tokens', given, {}).json['token']}"}

    def get(self, path: str, headers: dict[str, str] | None = None) -> Any:
        """The answer to a GET."""
        return self.client.get(self.root + path, headers=self.headers if headers is None else headers)

    def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None, **more: Any) -> Any:
        """The answer to a POST."""
        sent = self.headers if headers is None else headers
        if body is not None:
            more["json"] = body
        return self.client.post(self.root + path, headers=sent, **more)

    def keyed(self, path: str, key: str, body: Any = None) -> Any:
        """The answer to a POST with a key."""
        return self.post(path, body, {**self.headers, "Idempotency-Key": key})


def problem_of(answer: Any, status: int, code: str | None = None) -> dict[str, Any]:
    """The problem document, after what every problem document is."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    document: dict[str, Any] = answer.json
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    if code is not None:
        assert document["code"] == code
        assert document["type"].endswith(f"/problemer#{code}")
    return document
