"""What a clearing round does to this county's book: positions reserved, freed, and struck out."""

import uuid
from collections.abc import Iterable
from typing import Any

from byttebank.storage.work import Work
from services.ledger.domain import fuse
from services.ledger.domain.accounts import HALF_DAY, clearing_account_id, peer_account_id
from services.ledger.domain.clearing import Round
from services.ledger.domain.clearing_result import legs_of
from services.ledger.domain.transfers import CLEARING, Transfer
from services.ledger.operations.payee import decide_waiting, lock_peers
from services.ledger.operations.standing import is_unsure
from services.ledger.storage import book, clearing, copies


def our_positions(work: Work, counties: Iterable[str]) -> list[dict[str, Any]]:
    """`StatedPosition` towards each of the counties with which nothing is uncertain, those at zero left out.

    The caller holds the locks of their accounts.
    """
    peers = copies.list_peers(work.connection)
    found = []
    for county in sorted(counties):
        if county not in peers or not peers[county].is_active or is_unsure(work, county):
            continue
        owed = fuse.owed_by_us(book.balance(work.connection, peer_account_id(county)))
        numbers = clearing.fulfil_numbers(work.connection, county)
        if owed and numbers is not None:
            sent, received = numbers
            stated = {"county": county, "owed_half_days": owed, "sent_seq": sent, "received_seq": received}
            found.append(stated)
    return found


def reserve_stated(work: Work, round_: Round) -> None:
    """The positions in our POSITION are reserved: days the other way do not use them up."""
    own = round_.find("POSITION", work.county)
    stated = own.body["positions"] if own else []
    owed = {position["county"]: position["owed_half_days"] for position in stated}
    clearing.reserve(work.connection, round_.id, owed)


def reserve_legs(work: Work, round_: Round) -> None:
    """Only what the result strikes out stays reserved."""
    assert round_.result is not None
    clearing.reserve(work.connection, round_.id, legs_of(round_.result.cleared, work.county))


def free(work: Work, round_: Round) -> None:
    """Nothing is reserved for the round any more, and what waited for room is decided."""
    peers = clearing.release(work.connection, round_.id)
    if peers:
        decide_waiting(work, *peers)


def post_legs(work: Work, round_: Round) -> None:
    """What the result strikes out of our positions is posted, and nothing is reserved any more.

    Each leg is one transfer through `clearing:<round>`, the same in both counties' books: it gives back to
    the debtor what it owes the creditor. The account is at zero again afterwards.
    """
    assert round_.result is not None
    legs = round_.result.legs_of(work.county)
    peers = sorted(legs_of(round_.result.cleared, work.county))
    lock_peers(work, peers)
    account_id = clearing_account_id(round_.id)
    book.open_account(work.connection, account_id, work.now)
    book.lock(work.connection, [account_id])
    for part, ((debtor, creditor), amount) in enumerate(sorted(legs.items()), start=1):
        transfer = Transfer(
            id=leg_id(round_.id, debtor, creditor),
            payer_library_id=CLEARING,
            payee_library_id=CLEARING,
            payer_county=creditor,
            payee_county=debtor,
            amount=amount,
            unit=HALF_DAY,
            engagement_id=round_.id,
            part=part,
            skill=None,
            work_date=work.today,
        )
        held = book.hold(work.connection, transfer, work.county, work.now)
        book.post(work.connection, held, amount, work.now)
    clearing.release(work.connection, round_.id)
    decide_waiting(work, *peers)


def leg_id(round_id: str, debtor: str, creditor: str) -> str:
    """The id of one leg, the same in both books, so that nobody posts it twice (RFC 9562, 5.5)."""
    return str(uuid.uuid5(uuid.UUID(round_id), f"{debtor}/{creditor}"))
