"""What every act of a person on the book has in common: who may, why, once, and the transfer it makes."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from marshmallow import Schema

from byttebank.contracts.actor import Actor, load_actor
from byttebank.contracts.fields import load
from byttebank.contracts.refusals import FieldMissing, Malformed, NotYourRole, SameKeyOtherBody
from byttebank.storage.work import Work
from services.ledger.domain.accounts import HALF_DAY, unit_of
from services.ledger.domain.transfers import Transfer
from services.ledger.storage import acts, book
from services.ledger.storage.acts import Act
from services.ledger.storage.book import StoredTransfer

MOVED_ON = "moved_on"
COUNTY = ("county", "operator")
"""The county library decides; whoever runs its node may do so for it."""


def county_actor(document: Any) -> Actor:
    """The actor, who decides for the county. Refuses: Malformed, NotYourRole."""
    actor = load_actor(document)
    if actor.role not in COUNTY:
        raise NotYourRole(role="county")
    return actor


def own_or_county(document: Any, library_id: str, *, is_manager_enough: bool = False) -> Actor:
    """The actor, of the library itself or of the county.

    `is_manager_enough`: a colleague is not. Refuses: Malformed, NotYourRole.
    """
    actor = load_actor(document)
    may = ("library_manager",) if is_manager_enough else ("library_manager", "colleague")
    if actor.role in COUNTY or (actor.library_id == library_id and actor.role in may):
        return actor
    raise NotYourRole(role="library_manager")


def read_body(schema: type[Schema], document: Any) -> dict[str, Any]:
    """What somebody asks for; its `reason` without the space around it. Refuses: Malformed."""
    body = load(schema, document)
    if "reason" in body:
        body["reason"] = body["reason"].strip()
    return body


def check_reason(body: dict[str, Any]) -> None:
    """Whoever changes the book says why. Refuses: FieldMissing."""
    if not body["reason"]:
        raise FieldMissing(field="reason")


def answer_before(work: Work, body: dict[str, Any], *kinds: str) -> Any:
    """What was answered when the same was asked before; None the first time. The id is locked from now on.

    `kinds`: what an act of that id may have become.

    Refuses: SameKeyOtherBody when the id stands for something else.
    """
    book.lock_id(work.connection, body["id"])
    known = acts.find(work.connection, body["id"])
    if known is None:
        if book.find(work.connection, body["id"]) is not None:
            raise SameKeyOtherBody(id=body["id"])
        return None
    if known.act.kind not in kinds or known.body != body:
        raise SameKeyOtherBody(id=body["id"])
    return known.answer


def keep(work: Work, act: Act, body: dict[str, Any], answer: Any) -> Any:
    """The act stands with its answer, which is returned."""
    acts.keep(work.connection, act, body, answer, work.now)
    return answer


def move(
    work: Work,
    transfer_id: str,
    debit_account_id: str,
    credit_account_id: str,
    amount: int,
    work_date: date,
    **terms: Any,
) -> StoredTransfer:
    """So much goes from one account of this county's book to another, posted at once.

    For what the county decides: no limit is asked. The caller holds both accounts' locks and has opened them.
    `terms`: what the transfer has beside (`reverses`, `engagement_id`, `part`, `skill`, `unit`).
    Refuses: Malformed when the accounts are not in the transfer's unit.
    """
    transfer = Transfer(
        **{
            "id": transfer_id,
            "payer_library_id": debit_account_id,
            "payee_library_id": credit_account_id,
            "payer_county": work.county,
            "payee_county": work.county,
            "amount": amount,
            "unit": HALF_DAY,
            "engagement_id": transfer_id,
            "part": 1,
            "skill": None,
            "work_date": work_date,
            **terms,
        }
    )
    for account_id in (debit_account_id, credit_account_id):
        if unit_of(account_id) != transfer.unit:
            detail = f"{account_id} is kept in {unit_of(account_id)}, not in {transfer.unit}."
            raise Malformed(errors=[{"pointer": "/unit", "detail": detail}])
    return book.hold_and_post(work.connection, transfer, work.county, work.now)


def move_on(work: Work, account_ids: Iterable[str], work_date: date) -> None:
    """A closed account is at zero: what was posted to it since has gone on to where its days went.

    A delivered day may come from another county after the library's account was closed; it is never lost.
    The caller holds the locks of the accounts and of those that follow them (`book.lock`).
    """
    for account_id, successor_id in acts.successors(work.connection, account_ids).items():
        amount = book.balance(work.connection, account_id).days_to_use
        if amount == 0:
            continue
        moved = work.new_id()
        debit, credit = (account_id, successor_id) if amount > 0 else (successor_id, account_id)
        move(work, moved, debit, credit, abs(amount), work_date)
        act = Act(moved, MOVED_ON, account_id, "", "county", abs(amount), transfer_id=moved)
        acts.keep(work.connection, act, {}, None, work.now)
        move_on(work, [successor_id], work_date)
