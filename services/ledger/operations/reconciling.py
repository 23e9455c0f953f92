"""Reconciliation: both counties say what stands in their books, and find the first message that differs.

RECONCILE is numbered like any other message, so that it says by its place which messages it counts: all of
its sender's before it, and all of the recipient's up to the one it names. A gap before it is fetched first.
"""

from typing import Any

from byttebank import telemetry
from byttebank.clock import format_time
from byttebank.contracts.received import ReceivedMessage, TooEarly
from byttebank.contracts.refusals import CountyFrozen, CountyUnknown
from byttebank.storage import channels, envelopes
from byttebank.storage.work import Work
from services.ledger.domain.reconciliation import (
    Point,
    Search,
    half_days_through,
    is_due,
    narrow,
    points_to_ask,
)
from services.ledger.operations.payee import lock_peers
from services.ledger.storage import copies, reconciliations

Document = dict[str, Any]
_log = telemetry.logger(__name__)


def reconcile(work: Work, county: str | None = None) -> list[Document]:
    """The peer, or every active one, is told what stands in our book and asked for the same.

    Returns `{county, asked_at}` of each. Refuses: CountyUnknown, CountyFrozen.
    """
    peers = copies.list_peers(work.connection)
    if county is not None and county not in peers:
        raise CountyUnknown(county=county)
    if county is not None and not peers[county].is_active:
        raise CountyFrozen(county=county)
    wanted = [county] if county else [one for one, peer in peers.items() if peer.is_active]
    for one in wanted:
        if one != work.county:
            _state(work, one, asks=True)
            reconciliations.note_asked(work.connection, one, work.now)
    return [{"county": one, "asked_at": format_time(work.now)} for one in wanted if one != work.county]


def reconcile_nightly(work: Work) -> list[str]:
    """The peers that have not been asked this night are; each county asks at a time of its own."""
    asked_at = reconciliations.asked_at(work.connection)
    due = [
        peer.county
        for peer in copies.list_peers(work.connection).values()
        if peer.is_active
        and peer.county != work.county
        and is_due(work.county, work.now, asked_at.get(peer.county))
    ]
    for county in due:
        reconcile(work, county)
    return due


def reconciled(work: Work, message: ReceivedMessage) -> None:
    """The peer's statement is compared with our book, and answered with ours when it asks for that.

    Refuses: TooEarly while messages before it are missing.
    """
    peer, payload = message.peer, message.payload
    _check_whole(work, peer, message.seq)
    through = message.seq - 1
    here = _half_days(work, peer, peer, through)
    _compare(work, peer, peer, through, here=here, there=payload["fulfilled_half_days"])
    through = payload["received_seq"]
    if payload["is_whole"]:
        here = _half_days(work, peer, work.county, through)
        our_hash = reconciliations.hash_at(work.connection, peer, through, is_sent=True)
        is_same = our_hash == payload["received_hash"]
        _compare(work, peer, work.county, through, here=here, there=payload["posted_half_days"], same=is_same)
    if payload["asks"]:
        _state(work, peer, asks=False)


def comparison_asked(work: Work, message: ReceivedMessage) -> None:
    """The peer hears what stands in our book up to each number it has asked for."""
    sender = message.payload["sender"]
    points = [vars(point) for point in _points(work, message.peer, sender, message.payload["seqs"])]
    work.send(message.peer, "COMPARED", {"sender": sender, "points": points})


def compared(work: Work, message: ReceivedMessage) -> None:
    """The search for the first difference is nearer its end: it goes on, or ends with a DISPUTE or none."""
    peer, sender = message.peer, message.payload["sender"]
    row = reconciliations.find(work.connection, peer, sender)
    if row is None or row["state"] != "searching":
        return
    search = Search(row["same_seq"], row["through_seq"])
    there = [Point(**point) for point in message.payload["points"]]
    here = _points(work, peer, sender, [point.seq for point in there])
    after = narrow(search, here, there)
    if after == search and not search.is_found:
        return
    if after is None and here[-1].half_days == row["half_days_there"]:
        _agree(work, peer, sender, here[-1])
        return
    if after is None:
        # What the peer has said in all is not what its messages come to.
        stated = Point(search.differs_seq, there[-1].hash, row["half_days_there"])
        _dispute(work, peer, sender, here[-1], stated)
        return
    place = [point.seq for point in here].index(after.differs_seq)
    if after.is_found:
        _dispute(work, peer, sender, here[place], there[place])
    else:
        _ask(work, peer, sender, after, here[place].half_days, there[place].half_days)


def disputed(work: Work, message: ReceivedMessage) -> None:
    """The peer has found a difference: it is kept and shown beside what we have."""
    payload = message.payload
    sender = payload["sender"]
    (here,) = _points(work, message.peer, sender, [payload["seq"]])
    there = Point(payload["seq"], payload["hash"], payload["half_days"])
    _keep_dispute(work, message.peer, sender, here, there, payload["transfer_id"], is_ours=False)


def _state(work: Work, peer: str, *, asks: bool) -> None:
    """RECONCILE is on its way. Under the peer's lock, so that its place says which decisions it counts."""
    lock_peers(work, [peer])
    amounts = reconciliations.posted_amounts(work.connection, peer, work.county)
    fulfilled = reconciliations.fulfilled_ids(work.connection, peer)
    held = envelopes.received(work.connection, peer)
    through = held.numbers.last
    payload = {
        "fulfilled_half_days": sum(amounts.get(transfer_id, 0) for transfer_id in fulfilled),
        "posted_half_days": _half_days(work, peer, peer, through),
        "received_seq": through,
        "received_hash": held.head_hash,
        "is_whole": not channels.missing_before(work.connection, peer, through + 1),
        "asks": asks,
    }
    work.send(peer, "RECONCILE", payload)


def _check_whole(work: Work, peer: str, seq: int) -> None:
    missing = channels.missing_before(work.connection, peer, seq)
    if missing:
        raise TooEarly(f"{missing} messages of {peer} before number {seq} are missing")


def _compare(
    work: Work, peer: str, sender: str, through: int, *, here: int, there: int, same: bool = True
) -> None:
    if here == there and same:
        _agree(work, peer, sender, Point(through, "", here))
    else:
        _ask(work, peer, sender, Search(0, max(through, 1)), here, there)


def _agree(work: Work, peer: str, sender: str, point: Point) -> None:
    _keep(work, peer, sender, "agreed", Search(point.seq, point.seq), point.half_days, point.half_days)
    reconciliations.close_disputes(work.connection, peer, sender, work.now)


def _ask(work: Work, peer: str, sender: str, search: Search, here: int, there: int) -> None:
    _keep(work, peer, sender, "searching", search, here, there)
    work.send(peer, "COMPARE", {"sender": sender, "seqs": points_to_ask(search)})


def _keep(work: Work, peer: str, sender: str, state: str, search: Search, here: int, there: int) -> None:
    row = {
        "peer": peer,
        "sender": sender,
        "state": state,
        "through_seq": search.differs_seq,
        "same_seq": search.same_seq,
        "half_days_here": here,
        "half_days_there": there,
        "compared_at": work.now,
    }
    if state == "agreed":
        row["agreed_at"] = work.now
    reconciliations.keep(work.connection, row)


def _dispute(work: Work, peer: str, sender: str, here: Point, there: Point) -> None:
    """The first number with a difference is named to the peer and shown here until the books agree."""
    fulfilments = reconciliations.fulfilments(
        work.connection, peer, is_sent=sender == work.county, through=here.seq
    )
    transfer_id = next((one.transfer_id for one in fulfilments if one.seq == here.seq), None)
    _keep(work, peer, sender, "differs", Search(here.seq - 1, here.seq), here.half_days, there.half_days)
    if _keep_dispute(work, peer, sender, here, there, transfer_id, is_ours=True):
        payload = {"sender": sender, **vars(here), "transfer_id": transfer_id}
        work.send(peer, "DISPUTE", payload)


def _keep_dispute(
    work: Work,
    peer: str,
    sender: str,
    here: Point,
    there: Point,
    transfer_id: str | None,
    *,
    is_ours: bool,
) -> bool:
    row = {
        "peer": peer,
        "sender": sender,
        "seq": here.seq,
        "is_ours": is_ours,
        "transfer_id": transfer_id,
        "hash_here": here.hash,
        "hash_there": there.hash,
        "half_days_here": here.half_days,
        "half_days_there": there.half_days,
        "opened_at": work.now,
    }
    is_new = reconciliations.open_dispute(work.connection, row)
    if is_new:
        _log.error("The books of two counties differ: see `byttebank ledger disputes`", **row)
    return is_new


def _points(work: Work, peer: str, sender: str, seqs: list[int]) -> list[Point]:
    is_sent = sender == work.county
    fulfilments, amounts = _fulfilled(work, peer, sender, max(seqs, default=0))
    return [
        Point(
            seq,
            reconciliations.hash_at(work.connection, peer, seq, is_sent=is_sent),
            half_days_through(fulfilments, amounts, seq),
        )
        for seq in seqs
    ]


def _half_days(work: Work, peer: str, sender: str, through: int) -> int:
    fulfilments, amounts = _fulfilled(work, peer, sender, through)
    return half_days_through(fulfilments, amounts, through)


def _fulfilled(work: Work, peer: str, sender: str, through: int) -> Any:
    is_sent = sender == work.county
    payer = peer if is_sent else work.county
    return (
        reconciliations.fulfilments(work.connection, peer, is_sent=is_sent, through=through),
        reconciliations.posted_amounts(work.connection, payer, sender),
    )
