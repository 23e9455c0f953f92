"""What the ledger of this county answers: days set aside, refused, posted, turned down."""

from dataclasses import replace
from typing import Any

from byttebank.storage.work import Work
from services.matching.domain.acts import Act, HoldMade, HoldRefused, Posted, TurnedDown
from services.matching.domain.transitions import act_on
from services.matching.operations.index import days_counted
from services.matching.operations.recording import is_home, record, take, when
from services.matching.storage import engagements

Document = dict[str, Any]
ON_THE_WAY = ("reserving", "agreed", "carried_out", "confirmed")


def days_reserved(work: Work, body: Document) -> None:
    """The engagement is agreed; or, called off meanwhile, its days are released. Refuses: NotFound."""
    _book(work, body, HoldMade(body["is_over_limit"]))


def reservation_refused(work: Work, body: Document) -> None:
    """The engagement shows why days could not be set aside. Refuses: NotFound."""
    _book(work, body, HoldRefused(body["code"], body["parameters"]))


def days_posted(work: Work, body: Document) -> None:
    """The days count in both balances, and their engagement is settled.

    At the lender's county, whose books may know it before the home does, the copy shows it at once.
    """
    days_counted(work, body)
    if body["engagement_id"] is None:
        return
    engagement = engagements.take(work.connection, body["engagement_id"])
    if engagement is None:
        return
    if is_home(work, engagement):
        if engagement.transfer_id == body["transfer_id"]:
            record(work, engagement, act_on(engagement, Posted(), when(work)))
    elif engagement.state in ON_THE_WAY and engagement.transfer_id in (None, body["transfer_id"]):
        engagements.write(work.connection, replace(engagement, state="settled"), is_home=False)


def days_released(work: Work, body: Document) -> None:
    """Days that the other county's ledger turned down leave their engagement to the counties to settle."""
    if body["engagement_id"] is None or body["reason"] == "released":
        return
    _book(work, body, TurnedDown(body["code"] or body["reason"]))


def _book(work: Work, body: Document, act: Act) -> None:
    engagement = take(work, body["engagement_id"])
    if is_home(work, engagement) and engagement.transfer_id == body["transfer_id"]:
        record(work, engagement, act_on(engagement, act, when(work)))
