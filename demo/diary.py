"""The demonstration's plans, proposed and answered by matching's own operations, as people would have.

What crosses a county border or asks the ledger waits in the outbox and happens for real when the federation
first runs. Where a later step of the loading needs an answer, it is handed over here.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from byttebank.clock import FixedClock
from byttebank.contracts.local import load_local
from byttebank.contracts.peer import load_detached, load_peer
from byttebank.contracts.received import ReceivedMessage
from byttebank.storage import messages
from byttebank.storage.work import Database, Work
from demo.books import AFTERNOON, take_answers
from demo.people import actor_of, people_of
from demo.plans import Plan
from services.ledger import operations as ledger
from services.matching import operations as matching

Document = dict[str, Any]
PROPOSED_BEFORE = timedelta(days=1)
ANSWERED_AFTER = timedelta(hours=20)
PLANNED_BEFORE = timedelta(days=9)
"""A day that is over was proposed so long before it."""


@dataclass(frozen=True)
class CountyDatabases:
    """The two databases of a county in which a plan leaves traces."""

    matching: Database
    ledger: Database


def write_index(database: Database, told: Iterable[tuple[str, Document]]) -> None:
    """Matching knows what it must have heard before it can propose; the directory will tell it the same."""
    hear = {
        "CountyChanged": matching.county_changed,
        "PeerChanged": matching.peer_changed,
        "LibraryChanged": matching.library_changed,
        "ColleagueChanged": matching.colleague_changed,
        "ParticipationAccepted": matching.participation_accepted,
    }
    with database.work() as work:
        for event, body in told:
            hear[event](work, load_local(event, body))


def write_plans(
    counties: Mapping[str, CountyDatabases], clock: FixedClock, plans: Iterable[Plan], loaded_at: datetime
) -> None:
    """Each plan is proposed and answered in the counties of its host and its lender.

    The databases tell the time by `clock`, which is moved. Each step is a transaction that, done again,
    changes nothing.
    """
    for plan in plans:
        over_at = datetime.combine(plan.day, AFTERNOON)
        proposed_at = over_at - PLANNED_BEFORE if plan.is_over else loaded_at - PROPOSED_BEFORE
        home, lender = counties[plan.host.county], counties[plan.lender.county]
        clock.move_to(proposed_at)
        _propose(home.matching, plan)
        if lender is not home:
            _share(home.matching, lender.matching, plan)
        clock.move_to(proposed_at + ANSWERED_AFTER)
        for role in plan.said_yes:
            _accept(lender.matching, plan, role)
        if plan.is_over:
            _reserve(home, plan)
            clock.move_to(over_at)
            with home.matching.work() as work:
                matching.confirm(work, plan.engagement_id, True, actor_of(plan.contact))


def _propose(database: Database, plan: Plan) -> None:
    proposal = {
        "id": plan.engagement_id,
        "host_library_id": plan.host.id,
        "lender_library_id": plan.lender.id,
        "colleague_id": plan.colleague.id,
        "skill": plan.skill,
        "place": plan.place,
        "own_words": plan.own_words,
        "dates": [plan.day.isoformat()],
        "half_days": plan.half_days,
        "host_contact_id": plan.contact.id,
        "host_contact_name": plan.contact.name,
    }
    with database.work() as work:
        matching.propose(work, proposal, actor_of(plan.contact))


def _share(home: Database, lender: Database, plan: Plan) -> None:
    """The lender's county hears of the proposal now. When it is sent for real, it is old news."""
    with home.reading() as work:
        row = _waiting(work, "EngagementShared", "id", plan.engagement_id, peer=lender.county)
    if row is None:
        raise RuntimeError(f"{home.county} does not tell {lender.county} of {plan.engagement_id}")
    contract = ("matching", row.name, row.version)
    message = ReceivedMessage(
        peer=home.county,
        message_type=row.name,
        version=row.version,
        payload=load_peer(*contract, json.loads(row.body)),
        payload_hash="",
        message_id=row.message_id,
        seq=0,
        detached=load_detached(*contract, json.loads(row.detached)) if row.detached else {},
    )
    with lender.work() as work:
        matching.engagement_shared(work, message)


def _accept(database: Database, plan: Plan, role: str) -> None:
    person = plan.colleague if role == "colleague" else people_of(plan.lender)[0]
    with database.work() as work:
        stands = matching.get_engagement(work, plan.engagement_id, actor_of(person))
        if stands["state"] == "proposed":
            matching.accept(work, plan.engagement_id, actor_of(person))


def _reserve(county: CountyDatabases, plan: Plan) -> None:
    """The ledger has set the days of a plan within the county aside, and matching has heard so.

    Neither need tell the other again when the federation runs.
    """
    with county.matching.reading() as work:
        asked = _waiting(work, "ReserveDays", "engagement_id", plan.engagement_id)
    if asked is None:
        return
    with county.ledger.work() as work:
        told = ledger.reserve_days(work, json.loads(asked.body))
        if "code" in told:
            raise RuntimeError(f"The ledger of {work.county} refused a day of the demonstration: {told}")
        take_answers(work)
    with county.matching.work() as work:
        matching.days_reserved(work, told)
        messages.mark_published(work.connection, [asked.id], work.now)


def _waiting(
    work: Work, name: str, key: str, value: str, *, peer: str | None = None
) -> messages.OutboxRow | None:
    """The first message of this name about `value` that waits to be sent."""
    rows = messages.waiting_outbox(work.connection, limit=1000, is_local=peer is None, peer=peer)
    return next((row for row in rows if row.name == name and json.loads(row.body)[key] == value), None)
