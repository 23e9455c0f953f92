"""Several messages in one transaction: the locks they need are taken at once, in their order, and then what
they ask for is read in one question per table. What is not foreseen here, each message still asks for itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from byttebank.storage.work import Work
from services.ledger.domain.accounts import peer_account_id
from services.ledger.operations.standing import is_unsure
from services.ledger.storage import acts, book, clearing, copies, promises, settlements
from services.ledger.storage.book import StoredTransfer
from services.ledger.storage.known import Part

Message = tuple[str, dict[str, Any], str | None]
"""Its name, its body, and the peer it came from; None for one of this county."""

OF_ONE_TRANSFER = {"PostDays", "ReleaseDays", "FULFIL", "REJECT", "CANCEL"}


@dataclass
class _Needs:
    """What the messages concern. `of_known`: ids that alone are named, so that the book says the rest."""

    ids: set[str] = field(default_factory=set)
    of_known: set[str] = field(default_factory=set)
    ids_to_lock: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    libraries: set[str] = field(default_factory=set)
    payers: set[str] = field(default_factory=set)
    parts: set[Part] = field(default_factory=set)
    claimed: set[Part] = field(default_factory=set)
    counties: set[str] = field(default_factory=set)
    asked: dict[str, set[str]] = field(default_factory=dict)


def foresee(work: Work, messages: Sequence[Message]) -> None:
    """What the messages concern is locked and known. Changes nothing; other messages than those of holding,
    posting and settling days are left to themselves.
    """
    needs = _Needs()
    for name, body, peer in messages:
        if name == "ReserveDays":
            _need_reservation(work, needs, body)
        elif name == "PREPARE" and peer is not None:
            _need_prepare(work, needs, body, peer)
        elif name in OF_ONE_TRANSFER:
            needs.ids.add(body["transfer_id"])
            needs.of_known.add(body["transfer_id"])
            if peer is None:
                needs.ids_to_lock.add(body["transfer_id"])
            else:
                needs.accounts.add(peer_account_id(peer))
                needs.asked.setdefault(peer, set())
                if name == "CANCEL":
                    needs.asked[peer].add(body["transfer_id"])
    if not needs.ids or (len(messages) == 1 and needs.of_known):
        # A single message of a known transfer finds out by itself in as many questions.
        return
    _lock(work, needs)
    _read(work, needs)


def _need_reservation(work: Work, needs: _Needs, body: dict[str, Any]) -> None:
    payer, payee = body["payer_library_id"], body["payee_library_id"]
    is_abroad = body["payee_county"] != work.county
    needs.ids.add(body["transfer_id"])
    needs.ids_to_lock.add(body["transfer_id"])
    needs.accounts |= {payer, peer_account_id(body["payee_county"]) if is_abroad else payee}
    needs.libraries |= {payer, payee}
    needs.payers.add(payer)
    if is_abroad:
        needs.counties.add(body["payee_county"])
    needs.parts.add((work.county, body["engagement_id"], body["part"]))


def _need_prepare(work: Work, needs: _Needs, body: dict[str, Any], peer: str) -> None:
    payer, payee = body["payer_library_id"], body["payee_library_id"]
    needs.ids.add(body["transfer_id"])
    needs.asked.setdefault(peer, set()).add(body["transfer_id"])
    needs.counties.add(peer)
    needs.accounts |= {peer_account_id(peer), payee}
    needs.libraries |= {payer, payee}
    needs.parts.add((peer, body["engagement_id"], body["part"]))
    needs.claimed.add((peer, body["engagement_id"], body["part"]))


def _lock(work: Work, needs: _Needs) -> None:
    """Ids, then balances: also those of transfers that are known, and of libraries whose days wait."""
    book.lock_id(work.connection, *needs.ids_to_lock)
    for stored in _standing(work, needs.of_known):
        needs.accounts |= {stored.debit_account_id, stored.credit_account_id}
    for peer in needs.asked:
        for received in settlements.waiting_prepares(work.connection, peer=peer):
            needs.accounts.add(received.payload["payee_library_id"])
    book.lock(work.connection, needs.accounts)


def _read(work: Work, needs: _Needs) -> None:
    """In the order in which the operations ask, each table once."""
    for stored in _standing(work, needs.ids):
        terms = stored.terms
        part = (terms.payer_county, terms.engagement_id, terms.part)
        if terms.id in needs.ids_to_lock:
            needs.parts.add(part)
        if terms.is_between_counties():
            needs.claimed.add((terms.peer_of(work.county), *part[1:]))
    book.find_parts(work.connection, needs.parts)
    book.find_ends(work.connection, needs.ids_to_lock)
    acts.successors(work.connection, needs.accounts | needs.libraries)
    copies.libraries_by_id(work.connection, needs.libraries)
    if needs.payers:
        promises.find_promisers(work.connection, needs.payers)
        copies.limit(work.connection, work.county)
    settlements.find_claims(work.connection, needs.claimed)
    if needs.counties:
        clearing.reservations(work.connection)
    for county in needs.counties:
        copies.find_peer(work.connection, county)
    for peer, ids in needs.asked.items():
        is_unsure(work, peer)
        settlements.find_prepares(work.connection, peer, ids)
        settlements.find_decisions(work.connection, peer, ids)


def _standing(work: Work, transfer_ids: Iterable[str]) -> list[StoredTransfer]:
    found = book.find_all(work.connection, transfer_ids).values()
    return [stored for stored in found if stored is not None]
