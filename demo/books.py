"""The demonstration's past: days posted in the ledgers by the ledger's own operations, and their engagements.

Days between counties leave as PREPARE and settle for real when the federation first runs.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from byttebank.clock import FixedClock
from byttebank.storage import messages
from byttebank.storage.work import Database, Work
from demo.past import PastDay
from demo.people import Person
from demo.reference import DemoLibrary
from services.ledger import operations as ledger
from services.matching.domain.engagement import By, Engagement, Line
from services.matching.storage import engagements

Document = dict[str, Any]
AFTERNOON = time(15, 30, tzinfo=UTC)
AGREED_BEFORE = timedelta(days=14)
SETTLED_VERSION = 9


def write_books(
    database: Database, clock: FixedClock, days: Iterable[PastDay], copies: list[tuple[str, Document]]
) -> None:
    """The days of which this county's libraries are hosts are in its ledger, in the order in which they were.

    `copies`: what the directory tells the ledger (settings, peers, libraries), by event. The clock is moved
    to each day's afternoon. Done again, nothing changes.
    """
    hear = {
        "CountyChanged": ledger.county_changed,
        "PeerChanged": ledger.peer_changed,
        "LibraryChanged": ledger.library_changed,
    }
    with database.work() as work:
        for event, body in copies:
            hear[event](work, body)
    for past in days:
        if past.host.county == database.county:
            clock.move_to(datetime.combine(past.work_date, AFTERNOON))
            with database.work() as work:
                _post(work, past)


def write_engagements(database: Database, days: Iterable[PastDay]) -> None:
    """The settled engagements behind the days are known at both counties; nobody is told of them again."""
    with database.work() as work:
        for past in days:
            if database.county in (past.host.county, past.lender.county):
                is_home = database.county == past.host.county
                if engagements.find(work.connection, past.engagement_id) is None:
                    engagements.write(work.connection, _engagement(past), is_home=is_home)


def _post(work: Work, past: PastDay) -> None:
    reservation = {
        "transfer_id": past.transfer_id,
        "engagement_id": past.engagement_id,
        "payer_library_id": past.host.id,
        "payee_library_id": past.lender.id,
        "payee_county": past.lender.county,
        "amount_half_days": past.half_days,
        "skill": past.skill,
        "work_date": past.work_date.isoformat(),
    }
    answer = ledger.reserve_days(work, reservation)
    if "code" in answer:
        raise RuntimeError(f"The ledger of {work.county} refused a day of the demonstration's past: {answer}")
    take_answers(work)
    ledger.post_days(work, {"transfer_id": past.transfer_id, "amount_half_days": past.half_days})


def take_answers(work: Work) -> None:
    """`DaysReserved` answers whoever asked. Here that is the loader: it need not be sent any more."""
    waiting = messages.waiting_outbox(work.connection, limit=1000, is_local=True)
    answers = [row.id for row in waiting if row.name == "DaysReserved"]
    messages.mark_published(work.connection, answers, work.now)


def _engagement(past: PastDay) -> Engagement:
    done_at = datetime.combine(past.work_date, AFTERNOON)
    agreed_at = done_at - AGREED_BEFORE
    host = _by(past.contact, past.host, "host_manager")
    lender = _by(past.colleague, past.lender, "colleague")
    return Engagement(
        id=past.engagement_id,
        version=SETTLED_VERSION,
        state="settled",
        home_county=past.host.county,
        lender_county=past.lender.county,
        host_library_id=past.host.id,
        host_library_name=past.host.short_name,
        lender_library_id=past.lender.id,
        lender_library_name=past.lender.short_name,
        colleague_id=past.colleague.id,
        colleague_name=past.colleague.name,
        host_contact_id=past.contact.id,
        host_contact_name=past.contact.name,
        dates=(past.work_date,),
        half_days=past.half_days,
        skill=past.skill,
        place=past.place,
        consents=dict.fromkeys(("lender_manager", "host_manager", "colleague"), agreed_at),
        happened={"lender": True, "host": True},
        transfer_id=past.transfer_id,
        history=(
            Line(agreed_at, "proposed", host),
            Line(agreed_at, "accepted", lender),
            Line(agreed_at, "agreed"),
            Line(done_at, "said_yes", host),
            Line(done_at, "said_yes", lender),
            Line(done_at, "confirmed"),
            Line(done_at, "settled"),
        ),
    )


def _by(person: Person, library: DemoLibrary, role: str) -> By:
    return By(library_id=library.id, person_id=person.id, name=person.name, role=role)
