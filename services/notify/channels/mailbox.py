"""The demonstration's channel: nothing leaves the node, the mailbox page shows what was written."""

from collections.abc import Iterable, Iterator

from services.notify.domain.delivery import Delivered, Outcome, OutgoingMail


class MailboxChannel:
    """Takes every mail; it stays in the mail outbox, where `operations.mails.mailbox` finds it."""

    name = "mailbox"

    def deliver(self, mails: Iterable[OutgoingMail]) -> Iterator[tuple[str, Outcome]]:
        """Every mail is delivered."""
        for mail in mails:
            yield mail.id, Delivered()
