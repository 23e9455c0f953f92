"""How many days two counties settle a second, each ledger a process with a broker and a database of its own.

    python -m bench.settlement [--days 4000] [--rate 250]

Starts the test bed on durable databases and lets only two ledgers run. Days are held first; then matching's
`PostDays` are published, all at once and at an even rate, and both databases are asked what became of them:
PREPARE over the link, FULFIL back, posted in both books. A time goes from the transaction that sends PREPARE
to the one that posts. Fails only when a day is missing at the end.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import amqp

from bench.measuring import cpu_seconds_of_family, print_times, wait_until
from byttebank.contracts.local import LOCAL_MESSAGES
from byttebank.identifiers import new_id
from byttebank.messaging import topology
from byttebank.messaging.deliveries import ORIGIN
from demo.reference import read_libraries

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "federation"))
from bed import Bed
from county import County
from programs import install_missing
from rabbitmq import PASSWORD

PAYER, PAYEE = "innlandet", "akershus"
FUSE_HALF_DAYS = 10**7
CONFIRM_SECONDS = 30
GOAL_RATE, GOAL_P99_MS = 500, 250
POSTED = (
    "SELECT count(*) FROM resolutions JOIN transfers ON transfers.id = transfer_id"
    " WHERE state = 'posted' AND payer_county <> payee_county"
)


def main() -> int:
    """Measure and print. 1 when a book lacks a day."""
    parser = argparse.ArgumentParser(prog="python -m bench.settlement", description=__doc__)
    parser.add_argument("--days", type=int, default=4000, help="how many to settle in each of the two ways")
    parser.add_argument("--rate", type=float, default=GOAL_RATE / 2, help="days a second in the even way")
    asked = parser.parse_args()
    install_missing("rabbitmq-server", "initdb")
    bed = Bed(is_durable=True)
    try:
        bed.start(tell=lambda line: print(line, file=sys.stderr))
        bed.wait_until_quiet(120)
        _leave_two_ledgers(bed)
        payer, payee = bed.counties[PAYER], bed.counties[PAYEE]
        before = _count(payee, POSTED)
        burst, even = _held(payer, asked.days), _held(payer, asked.days)
        with _used(payer, payee, asked.days):
            _post(payer, burst, per_second=None)
            wait_until(lambda: _count(payer, POSTED) >= before + asked.days, 0.2)
        took, seconds = _times(payer, payee, burst)
        print(f"{asked.days} at once: {asked.days / seconds:.0f} days/s (goal {GOAL_RATE})")
        _print_stages("    with those before it, from sending", took)
        with _used(payer, payee, asked.days):
            _post(payer, even, per_second=asked.rate)
            wait_until(lambda: _count(payer, POSTED) >= before + 2 * asked.days, 0.2)
        print(f"{asked.rate:g} days/s (goal p99 {GOAL_P99_MS} ms)")
        _print_stages("    from sending", _times(payer, payee, even)[0])
        missing = before + 2 * asked.days - _count(payee, POSTED)
    finally:
        bed.end()
    print(f"{missing} days are missing in the payee's book" if missing else "every day is in both books")
    return 1 if missing else 0


def _leave_two_ledgers(bed: Bed) -> None:
    for county in bed.counties.values():
        for copy in list(county.copies):
            if copy.service != "ledger" or county.slug not in (PAYER, PAYEE):
                copy.child.stop()
                county.copies.remove(copy)
        county.cluster.change("ledger", f"UPDATE peers SET fuse_half_days = {FUSE_HALF_DAYS}")


def _held(payer: County, days: int) -> list[str]:
    """Ids of so many days that the payer's ledger has set aside."""
    here, there = ([one.id for one in read_libraries() if one.county == slug] for slug in (PAYER, PAYEE))
    today, ids = datetime.now(UTC).date().isoformat(), [new_id() for _ in range(days)]
    orders = [
        {
            "transfer_id": transfer_id,
            "engagement_id": new_id(),
            "payer_library_id": here[number % len(here)],
            "payee_library_id": there[number % len(there)],
            "payee_county": PAYEE,
            "amount_half_days": 1,
            "part": 1,
            "skill": None,
            "work_date": today,
        }
        for number, transfer_id in enumerate(ids)
    ]
    before, counted = _count(payer, "SELECT count(*) FROM transfers"), "SELECT count(*) FROM transfers"
    _publish(payer, "ReserveDays", orders)
    wait_until(lambda: _count(payer, counted) >= before + days, 0.2)
    return ids


def _post(payer: County, ids: Sequence[str], per_second: float | None) -> None:
    orders = [{"transfer_id": one, "amount_half_days": 1} for one in ids]
    _publish(payer, "PostDays", orders, per_second)


def _publish(
    county: County, name: str, bodies: Sequence[dict[str, Any]], per_second: float | None = None
) -> None:
    """As matching's relay would: confirmed, since a broker may drop what a publisher who leaves did not wait
    for.
    """
    address = f"127.0.0.1:{county.broker.port}"
    with amqp.Connection(address, "byttebank", PASSWORD, virtual_host=county.slug) as connection:
        channel, began = connection.channel(), time.monotonic()
        unconfirmed = set(range(1, len(bodies) + 1))

        def confirm(number: int, is_multiple: bool) -> None:
            unconfirmed.difference_update(range(1, number + 1) if is_multiple else [number])

        channel.confirm_select()
        channel.events["basic_ack"].add(confirm)
        for number, body in enumerate(bodies):
            if per_second is not None:
                time.sleep(max(began + number / per_second - time.monotonic(), 0.0))
            message = amqp.Message(
                json.dumps(body),
                message_id=new_id(),
                content_type="application/json",
                content_encoding="utf-8",
                delivery_mode=2,
                application_headers={ORIGIN: "matching"},
            )
            channel.basic_publish(message, topology.LOCAL, LOCAL_MESSAGES[name].routing_key)
        while unconfirmed:
            connection.drain_events(timeout=CONFIRM_SECONDS)


def _count(county: County, statement: str) -> int:
    return int(str(county.cluster.ask("ledger", statement)[0][0]))


def _times(payer: County, payee: County, ids: Sequence[str]) -> tuple[list[tuple[float, float]], float]:
    """Seconds of each day from sending to the payee's decision and to posting, and from the first sending to
    the last posting.
    """
    listed = ", ".join(f"'{one}'" for one in ids)
    rows = payer.cluster.ask(
        "ledger",
        "SELECT transfer_id, extract(epoch FROM sent_at), extract(epoch FROM resolved_at) FROM prepares_sent"
        f" JOIN resolutions USING (transfer_id) WHERE transfer_id IN ({listed})",
    )
    decided = dict(
        payee.cluster.ask(
            "ledger",
            "SELECT transfer_id, extract(epoch FROM decided_at) FROM decisions"
            f" WHERE transfer_id IN ({listed})",
        )
    )
    times = [(float(str(sent)), float(str(decided[one])), float(str(posted))) for one, sent, posted in rows]
    whole = max(posted for _, _, posted in times) - min(sent for sent, _, _ in times)
    return [(decided - sent, posted - sent) for sent, decided, posted in times], whole


def _print_stages(what: str, took: Sequence[tuple[float, float]]) -> None:
    print_times(f"{what} to the payee's decision", [decided for decided, _ in took])
    print_times(f"{what} to posting", [posted for _, posted in took])


@contextmanager
def _used(payer: County, payee: County, days: int) -> Iterator[None]:
    """After the block: milliseconds of a core that each kind of process has used for a day are printed."""
    pids = {
        f"{what} of {county.slug}": pid
        for county in (payer, payee)
        for what, pid in (
            ("RabbitMQ", county.broker.pid),
            ("PostgreSQL", county.cluster.pid),
            ("ledger", county.copies[0].child.pid),
        )
    }
    before = {who: cpu_seconds_of_family(pid) for who, pid in pids.items()}
    yield
    used = {who: (cpu_seconds_of_family(pid) - before[who]) / days * 1000 for who, pid in pids.items()}
    print("    " + ", ".join(f"{who} {ms:.2f}" for who, ms in used.items()) + " ms of a core a day")


if __name__ == "__main__":
    sys.exit(main())
