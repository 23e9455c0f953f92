"""Three ledgers that sign: the cast with keys, debts in a ring, and a wire that can be cut."""

from typing import Any

from ledger_cast import (
    ASKER,
    BAERUM,
    COUNTY_LIBRARY,
    DEICHMAN,
    EIDSKOG,
    HAMAR,
    HANDLERS,
    Ledger,
    exchange,
    number,
)

from byttebank.contracts.received import ReceivedMessage
from byttebank.federation.keys import SigningKey
from byttebank.storage.channels import add_key
from services.ledger import operations
from services.ledger.domain.invariants import mirrors

KEYS = {
    county: SigningKey.from_seed(bytes([place]) * 32)
    for place, county in enumerate(("innlandet", "akershus", "oslo"), start=1)
}
ROUND = number(9001)


def keyed(ledgers: dict[str, Ledger]) -> dict[str, Ledger]:
    """Every county knows everybody's key."""
    for ledger in ledgers.values():
        with ledger.database.work() as work:
            for county, key in KEYS.items():
                add_key(work.connection, county, key.public_key, work.now)
    return ledgers


def owe_in_a_ring(ledgers: dict[str, Ledger], amounts: tuple[int, int, int] = (4, 6, 5)) -> None:
    """Innlandet owes Akershus, Akershus owes Oslo, Oslo owes Innlandet."""
    pairs = (("innlandet", EIDSKOG, BAERUM), ("akershus", ASKER, DEICHMAN), ("oslo", DEICHMAN, HAMAR))
    for n, ((county, payer, payee), amount) in enumerate(zip(pairs, amounts, strict=True), start=1):
        if amount:
            ledgers[county].reserve(n, amount, payer_library_id=payer, payee_library_id=payee)
            ledgers[county].post(n, amount)
    exchange(*ledgers.values())
    for ledger in ledgers.values():
        ledger.told()


def propose(ledger: Ledger, round_id: str = ROUND) -> dict[str, Any]:
    """The county library proposes a round."""
    shown: dict[str, Any] = ledger.do(
        operations.propose_clearing, KEYS[ledger.county], round_id, COUNTY_LIBRARY
    )
    return shown


def close(ledger: Ledger, round_id: str = ROUND) -> dict[str, Any]:
    """The county library asks to end a round."""
    shown: dict[str, Any] = ledger.do(
        operations.close_clearing, KEYS[ledger.county], round_id, COUNTY_LIBRARY
    )
    return shown


def tick(*ledgers: Ledger) -> None:
    """Each county's timer."""
    for ledger in ledgers:
        ledger.do(operations.go_on_clearing, KEYS[ledger.county])


def receive(ledger: Ledger, message: ReceivedMessage) -> None:
    """One message takes effect, or raises and leaves nothing."""
    if message.message_type == "CLEARING":
        ledger.do(operations.clearing_documents, KEYS[ledger.county], message)
    else:
        ledger.do(HANDLERS[message.message_type], message)


def deliver(
    ledgers: dict[str, Ledger], *, cut_off: tuple[str, ...] = ()
) -> list[tuple[Ledger, ReceivedMessage]]:
    """Everything arrives until nothing is on its way; what comes to or from `cut_off` is returned."""
    kept = []
    while True:
        messages = [
            (receiver, message)
            for sender in ledgers.values()
            for receiver in ledgers.values()
            if sender is not receiver
            for message in sender.sent(receiver.county)
        ]
        if not messages:
            return kept
        for receiver, message in messages:
            if {receiver.county, message.peer} & set(cut_off):
                kept.append((receiver, message))
            else:
                receive(receiver, message)


def shown(ledger: Ledger, round_id: str = ROUND) -> dict[str, Any]:
    """The `ClearingRound`."""
    found: dict[str, Any] = ledger.see(operations.clearing_round, round_id)
    return found


def stages(ledgers: dict[str, Ledger], round_id: str = ROUND) -> dict[str, str]:
    """Each county's stage."""
    return {county: shown(ledger, round_id)["stage"] for county, ledger in ledgers.items()}


def nets(ledger: Ledger) -> dict[str, int]:
    """What each other county owes this one."""
    return {one["county"]: one["net_half_days"] for one in ledger.see(operations.positions)}


Three = dict[str, Ledger]


def ring(ledgers: Three) -> None:
    """Three counties know each other's keys and owe each other 4, 6 and 5."""
    owe_in_a_ring(keyed(ledgers))


def check(ledgers: Three) -> None:
    """Every book is right, and every pair of books."""
    books = {county: ledger.book() for county, ledger in ledgers.items()}
    assert [ledger.broken_rules() for ledger in ledgers.values()] == [[], [], []]
    broken = [
        sentence
        for one in books.values()
        for other in books.values()
        if one is not other
        for sentence in mirrors(one, other)
    ]
    assert broken == []


def accepted_by_all(three: Three, coordinator: str = "innlandet") -> None:
    """Everybody has accepted, and the coordinator is cut off before it hears of it."""
    propose(three[coordinator])
    others = [county for county in three if county != coordinator]
    for _ in range(2):
        for county in others:
            for message in three[coordinator].sent(county):
                receive(three[county], message)
        if set(stages(three).values()) == {"accepted"}:
            return
        for county in others:
            for message in three[county].sent(coordinator):
                receive(three[coordinator], message)


def message(peer: str, *documents: bytes, round_id: str = ROUND) -> ReceivedMessage:
    """A CLEARING message of the peer."""
    payload = {"round_id": round_id, "documents": [one.decode() for one in documents]}
    return ReceivedMessage(peer, "CLEARING", 1, payload, "0" * 64, number(1), 1)
