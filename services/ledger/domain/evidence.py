"""Checking the books of several counties together from what they have exported, without any database.

Whoever checks trusts nobody: a book must keep its own rules, agree with the other books, and rest on
envelopes that the other county has signed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from byttebank.federation.envelope import Envelope
from byttebank.federation.evidence import Shown, compare_shown, read_shown
from byttebank.federation.keyring import KeyConflict, Keyring, KnownKey
from services.ledger.domain.clearing_invariants import clearing_mirrors
from services.ledger.domain.invariants import Book, broken_rules, mirrors
from services.ledger.domain.settlement import FULFILLED


@dataclass(frozen=True)
class Evidence:
    """One county's export. `sent` and `received` by peer."""

    book: Book
    keys: Sequence[KnownKey]
    sent: Mapping[str, Shown]
    received: Mapping[str, Shown]


def broken_evidence(shown: Sequence[Evidence]) -> list[str]:
    """What is wrong with the books, alone and together, as sentences; nothing when all is well."""
    broken = [sentence for one in shown for sentence in broken_rules(one.book)]
    counties = [one.book.county for one in shown]
    if repeated := sorted({one for one in counties if counties.count(one) > 1}):
        return [*broken, *(f"{one} is here twice" for one in repeated)]
    for one, other in permutations(shown, 2):
        broken += mirrors(one.book, other.book)
    for one, other in combinations(shown, 2):
        broken += clearing_mirrors(one.book, other.book) + clearing_mirrors(other.book, one.book)
    keyring, conflicts = _keyring(shown)
    return [*broken, *conflicts, *_broken_envelopes(shown, keyring)]


def _keyring(shown: Sequence[Evidence]) -> tuple[Keyring, list[str]]:
    """Every key that anybody shows. A county's own word about its key counts before another's."""
    keyring, conflicts = Keyring(), []
    own = [key for one in shown for key in one.keys if key.county == one.book.county]
    others = [key for one in shown for key in one.keys if key.county != one.book.county]
    for key in [*own, *others]:
        known = keyring.get((key.county, key.public_key.key_id))
        if known is not None and known.public_key == key.public_key:
            continue
        try:
            keyring = keyring.with_key(key.county, key.public_key, key.valid_from)
        except KeyConflict as error:
            conflicts.append(str(error))
    for one in shown:
        for key in one.keys:
            if key.county in {other.book.county for other in shown} and not _is_own(key, shown):
                conflicts.append(
                    f"{one.book.county} knows a key of {key.county} that {key.county} does not show:"
                    f" {key.public_key.key_id}"
                )
    return keyring, conflicts


def _is_own(key: KnownKey, shown: Sequence[Evidence]) -> bool:
    return any(
        own.public_key == key.public_key
        for one in shown
        if one.book.county == key.county
        for own in one.keys
        if own.county == key.county
    )


def _broken_envelopes(shown: Sequence[Evidence], keyring: Keyring) -> list[str]:
    sent: dict[tuple[str, str], list[Envelope]] = {}
    received: dict[tuple[str, str], list[Envelope]] = {}
    broken: list[str] = []
    for one in shown:
        for peer, channel in one.sent.items():
            sent[one.book.county, peer], found = read_shown(channel, keyring)
            broken += found
        for peer, channel in one.received.items():
            received[peer, one.book.county], found = read_shown(channel, keyring)
            broken += found
    for channel_ends in sorted(sent.keys() & received.keys()):
        broken += compare_shown(sent[channel_ends], received[channel_ends])
    for one in shown:
        said = [one_ for (sender, _), all_ in sent.items() if sender == one.book.county for one_ in all_]
        heard = [one_ for (_, to), all_ in received.items() if to == one.book.county for one_ in all_]
        broken += _unproven(one.book, said, heard)
    return broken


def _unproven(book: Book, said: Sequence[Envelope], heard: Sequence[Envelope]) -> list[str]:
    """What the book says of other counties and no envelope shows."""
    ordered = {_subject(one): one.payload_hash for one in heard if one.header.type == "PREPARE"}
    broken = [
        f"{book.county}: nothing signed by {peer} shows the order for {transfer_id}"
        for (peer, transfer_id), hash_ in book.received.items()
        if ordered.get((peer, transfer_id)) != hash_
    ]
    credited = {
        _subject(one): one.payload.get("prepare_hash") for one in heard if one.header.type == "FULFIL"
    }
    ends = book.ends()
    for transfer_id, order in book.sent.items():
        end = ends.get(transfer_id)
        is_posted = end is not None and end.state == "posted"
        if is_posted and credited.get((order.peer, transfer_id)) != order.payload_hash:
            broken.append(f"{book.county}: {transfer_id} is posted, and {order.peer} has not signed that")
    answered = {(one.header.recipient, one.payload.get("transfer_id")): one.header.type for one in said}
    for (peer, transfer_id), decision in book.decisions.items():
        answer = answered.get((peer, transfer_id))
        if answer in ("FULFIL", "REJECT") and (answer == "FULFIL") != (decision.verdict == FULFILLED):
            broken.append(f"{book.county}: {transfer_id} is {decision.verdict}, and signed is {answer}")
    return broken


def _subject(envelope: Envelope) -> tuple[str, str]:
    return envelope.header.sender, str(envelope.payload.get("transfer_id"))
