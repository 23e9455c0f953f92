"""Notify in memory: notices and letters."""

from typing import Any

from fake_service import Document, Service, checked

from byttebank.contracts import resources
from byttebank.contracts.actor import load_actor
from byttebank.contracts.refusals import (
    NotFound,
    NotYourRole,
)


class FakeNotify(Service):
    """Who is told."""

    name = "notify"

    def __init__(self, backend: Any) -> None:
        super().__init__(backend)
        self._notices: list[Document] = []
        self._mails: list[Document] | None = None

    def export_person(self, person_id: str, actor: Document) -> Document:
        return {"notices": [one for one in self._notices if one["person_id"] == person_id], "mails": []}

    def notices(self, library_id: str, person_id: str | None = None, limit: int = 50) -> list[Document]:
        found = [
            checked(resources.Notice, one)
            for one in self._notices
            if one["library_id"] == library_id and one["person_id"] in (None, person_id)
        ]
        return found[:limit]

    def mark_read(self, notice_id: str, actor: Document) -> Document:
        who = load_actor(actor)
        for one in self._notices:
            if one["id"] == notice_id:
                if one["library_id"] != who.library_id:
                    raise NotYourRole(role="colleague")
                one["read_at"] = one["read_at"] or self._now
                return one
        raise NotFound(kind="notice", id=notice_id)

    def mailbox(self, limit: int = 100) -> list[Document]:
        if self._mails is None:
            raise NotFound(kind="mailbox")
        return [checked(resources.Mail, mail) for mail in self._mails[:limit]]
