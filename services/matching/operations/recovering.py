"""After a restore from an old backup: what the home had told of an engagement stands again."""

from dataclasses import replace

from byttebank.contracts.received import SentMessage
from byttebank.storage.work import Work
from services.matching.domain.acts import Order, Outcome
from services.matching.domain.engagement import Engagement, Line
from services.matching.operations.documents import engagement_from_peer
from services.matching.operations.recording import announce, is_home, order
from services.matching.storage import engagements

HOLDS_DAYS = frozenset({"reserving", "agreed", "carried_out", "confirmed", "unanswered", "disputed"})
"""States in which the ledger, which may have been restored too, must hold the days."""


def own_shared(work: Work, message: SentMessage) -> None:
    """The engagement stands as this county told the lender's, if that is newer than what it remembers.

    So its version never goes back, and the next change counts over there. Names that went beside it are
    kept where they are still known. The ledger hears its orders again; what it has done it does not redo.
    """
    told = engagement_from_peer(message.payload, {})
    if not is_home(work, told):
        return
    stored = engagements.take(work.connection, told.id)
    if stored is not None and stored.version >= told.version:
        return
    restored = told if stored is None else _with_names(told, stored)
    engagements.write(work.connection, restored, is_home=True)
    if restored.transfer_id is not None and restored.moves_days and restored.state in HOLDS_DAYS:
        posting = (Order.POST_DAYS,) if restored.state == "confirmed" else ()
        # A move that was forgotten set other days aside: those of before are free again.
        old = stored.transfer_id if stored is not None else None
        releasing = (Order.RELEASE_DAYS,) if old not in (None, restored.transfer_id) else ()
        order(work, restored, Outcome(restored, (*releasing, Order.RESERVE_DAYS, *posting)), released=old)
    announce(work, restored)


def _with_names(told: Engagement, stored: Engagement) -> Engagement:
    known = {(line.at, line.what): line for line in stored.history}

    def named(line: Line) -> Line:
        same = known.get((line.at, line.what))
        return line if same is None else same

    return replace(
        told,
        own_words=stored.own_words,
        colleague_name=stored.colleague_name,
        host_contact_name=stored.host_contact_name,
        history=tuple(named(line) for line in told.history),
    )
