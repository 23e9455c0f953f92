"""The RPC methods of notify, as `byttebank.contracts.rpc` says of all."""

from typing import Any, Protocol

Document = dict[str, Any]


class NotifyPort(Protocol):
    """Who is told: notices and mail."""

    def notices(self, library_id: str, person_id: str | None = None, limit: int = 50) -> list[Document]:
        """`Notice`s for the library and the person, newest first."""

    def export_person(self, person_id: str, actor: Document) -> Document:
        """What the person was told: `{notices: [Notice], mails: [Mail]}`. Refuses: NotYourRole (herself)."""

    def mark_read(self, notice_id: str, actor: Document) -> Document:
        """`Notice`, now read. Refuses: NotYourRole."""

    def mailbox(self, limit: int = 100) -> list[Document]:
        """`Mail`s as they were written, newest first. Refuses: NotFound outside the demonstration."""

    def mail_backlog(self) -> Document:
        """`{waiting, failed, oldest_queued_at}`: mails not sent yet, and those laid aside after refusals."""

    def resend_failed_mails(self) -> int:
        """Mails that were laid aside are tried again; answers how many."""
