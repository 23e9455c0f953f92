"""How mails leave the node: one module per channel, each with one class that has `name` and `deliver`."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from services.notify.channels.mailbox import MailboxChannel
from services.notify.channels.smtp import SmtpChannel, read_smtp_url
from services.notify.domain.delivery import Outcome, OutgoingMail


class Channel(Protocol):
    """Something that takes mails over."""

    name: str

    def deliver(self, mails: Iterable[OutgoingMail]) -> Iterator[tuple[str, Outcome]]:
        """(mail id, outcome) of each mail, as soon as it is known. Never raises for a mail's sake."""


def open_channel(*, smtp_url: str, is_demo: bool, public_url: str) -> Channel | None:
    """The channel of a node; None when mails must wait because none is configured.

    Refuses: `ConfigurationWrong` for an SMTP URL that cannot be used.
    """
    if smtp_url:
        return SmtpChannel(read_smtp_url(smtp_url, public_url))
    return MailboxChannel() if is_demo else None
