"""A county's book as lines of JSON, for whoever wants to check it: one record per line, the last one a seal.

The first line is `{"kind": "book", "format": 1, "county": ...}`, the last `{"kind": "end", "sha256": ...}`
with the hash of every octet before it, so that a file that was cut off is not taken for a whole one. Amounts
are in the smallest unit, envelopes as they were signed.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from byttebank.clock import format_time, parse_time
from byttebank.federation.evidence import Shown
from byttebank.federation.keyring import KnownKey
from byttebank.federation.keys import PublicKey
from byttebank.federation.ranges import Ranges
from services.ledger.domain.accounts import Balance
from services.ledger.domain.clearing_invariants import Cleared
from services.ledger.domain.evidence import Evidence
from services.ledger.domain.invariants import Book, Entry, Resolution, Sent
from services.ledger.domain.settlement import Decision
from services.ledger.domain.transfers import Transfer

FORMAT = 1
SERVICE = "ledger"
Record = dict[str, Any]


class EvidenceUnreadable(ValueError):
    """The file is no whole export of a book. The message names the line."""


def write_lines(evidence: Evidence) -> Iterator[str]:
    """The export, line by line, each with its line feed."""
    digest = hashlib.sha256()
    for record in _records(evidence):
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
        digest.update(line.encode())
        yield line
    yield json.dumps({"kind": "end", "sha256": digest.hexdigest()}, separators=(",", ":")) + "\n"


def read_lines(lines: Iterable[str], name: str) -> Evidence:
    """The evidence in an export's lines. `name` is the file's, for messages. Refuses: EvidenceUnreadable."""
    digest = hashlib.sha256()
    found: dict[str, list[Record]] = defaultdict(list)
    seal: str | None = None
    for number, line in enumerate(lines, 1):
        if seal is not None:
            raise EvidenceUnreadable(f"{name}, line {number}: there is more after the end")
        try:
            record = json.loads(line)
            kind = str(record["kind"])
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise EvidenceUnreadable(f"{name}, line {number}: no record of a book") from error
        if kind == "end":
            seal = str(record.get("sha256"))
            continue
        if number == 1 and (kind != "book" or record.get("format") != FORMAT):
            raise EvidenceUnreadable(f"{name}: not a book of format {FORMAT}")
        digest.update(line.encode())
        found[kind].append(record)
    if seal is None:
        raise EvidenceUnreadable(f"{name}: the end is missing. Export it again")
    if seal != digest.hexdigest():
        raise EvidenceUnreadable(f"{name}: changed since it was written, or damaged on its way")
    return _evidence(found, name)


def _records(evidence: Evidence) -> Iterator[Record]:
    book = evidence.book
    yield {"kind": "book", "format": FORMAT, "county": book.county}
    for key in evidence.keys:
        yield {
            "kind": "key",
            "county": key.county,
            "public_key": key.public_key.text,
            "valid_from_at": format_time(key.valid_from),
        }
    for account_id, balance in book.balances.items():
        yield {"kind": "balance", "account_id": account_id, **asdict(balance)}
    for terms in book.transfers.values():
        yield {"kind": "transfer", **asdict(terms), "work_date": terms.work_date.isoformat()}
    for resolution in book.resolutions:
        yield {"kind": "resolution", **asdict(resolution)}
    for entry in book.entries:
        yield {"kind": "entry", **asdict(entry)}
    for transfer_id, order in book.sent.items():
        yield {"kind": "sent", "transfer_id": transfer_id, **asdict(order)}
    for (peer, transfer_id), hash_ in book.received.items():
        is_waiting = (peer, transfer_id) in book.waiting
        yield {
            "kind": "received",
            "peer": peer,
            "transfer_id": transfer_id,
            "payload_hash": hash_,
            "is_waiting": is_waiting,
        }
    for (peer, transfer_id), decision in book.decisions.items():
        yield {"kind": "decision", "peer": peer, "transfer_id": transfer_id, **asdict(decision)}
    for round_id, cleared in book.clearings.items():
        yield {"kind": "clearing", "round_id": round_id, **_cleared_record(cleared)}
    for account_id in sorted(book.closed):
        yield {"kind": "closed", "account_id": account_id}
    for promise_id, (promised, ended) in book.ended_promises.items():
        yield {"kind": "promise", "id": promise_id, "half_days": promised, "ended_half_days": ended}
    for direction, channels in (("sent", evidence.sent), ("received", evidence.received)):
        for peer, shown in channels.items():
            yield {"kind": "channel", "direction": direction, "peer": peer, "void": shown.void.pairs}
            for seq, octets in shown.octets:
                yield {
                    "kind": "envelope",
                    "direction": direction,
                    "peer": peer,
                    "seq": seq,
                    "octets": octets.decode("ascii"),
                }


def _cleared_record(cleared: Cleared) -> Record:
    return {
        "stage": cleared.stage,
        "legs": [[*pair, amount] for pair, amount in cleared.legs.items()],
        "is_certain": cleared.is_certain,
        "reserved": sorted(cleared.reserved),
        "is_open": cleared.is_open,
    }


def _evidence(found: Mapping[str, list[Record]], name: str) -> Evidence:
    try:
        county = found["book"][0]["county"]
        received = {(one["peer"], one["transfer_id"]): one for one in found["received"]}
        book = Book(
            county=county,
            transfers={(one := _transfer(record)).id: one for record in found["transfer"]},
            resolutions=[_as(Resolution, record) for record in found["resolution"]],
            entries=[_as(Entry, record) for record in found["entry"]],
            balances={record["account_id"]: _as(Balance, record) for record in found["balance"]},
            sent={record["transfer_id"]: _as(Sent, record) for record in found["sent"]},
            received={key: one["payload_hash"] for key, one in received.items()},
            waiting=frozenset(key for key, one in received.items() if one["is_waiting"]),
            decisions={
                (record["peer"], record["transfer_id"]): _as(Decision, record) for record in found["decision"]
            },
            clearings={record["round_id"]: _cleared(record) for record in found["clearing"]},
            closed=frozenset(record["account_id"] for record in found["closed"]),
            ended_promises={
                record["id"]: (record["half_days"], record["ended_half_days"]) for record in found["promise"]
            },
        )
        keys = [
            KnownKey(
                record["county"],
                PublicKey.from_text(record["public_key"]),
                parse_time(record["valid_from_at"]),
            )
            for record in found["key"]
        ]
        return Evidence(book, keys, _shown(found, county, "sent"), _shown(found, county, "received"))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise EvidenceUnreadable(
            f"{name}: a record lacks something or is not as agreed ({error!r})"
        ) from error


def _shown(found: Mapping[str, list[Record]], county: str, direction: str) -> dict[str, Shown]:
    octets: dict[str, list[tuple[int, bytes]]] = defaultdict(list)
    for record in found["envelope"]:
        if record["direction"] == direction:
            octets[record["peer"]].append((int(record["seq"]), record["octets"].encode("ascii")))
    channels = {}
    for record in found["channel"]:
        if record["direction"] == direction:
            peer = record["peer"]
            sender, recipient = (county, peer) if direction == "sent" else (peer, county)
            void = Ranges.from_pairs((int(first), int(last)) for first, last in record["void"])
            channels[peer] = Shown(sender, recipient, SERVICE, octets[peer], void)
    return channels


def _transfer(record: Record) -> Transfer:
    return _as(Transfer, {**record, "work_date": date.fromisoformat(record["work_date"])})


def _cleared(record: Record) -> Cleared:
    return Cleared(
        record["stage"],
        {(payer, payee): int(amount) for payer, payee, amount in record["legs"]},
        bool(record["is_certain"]),
        frozenset(record["reserved"]),
        bool(record["is_open"]),
    )


def _as(kind: Any, record: Record) -> Any:
    return kind(**{name: record[name] for name in kind.__dataclass_fields__})
