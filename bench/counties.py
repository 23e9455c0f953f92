"""How the cost of a day grows with the counties that a county exchanges with."""

import contextlib
import time
from collections.abc import Sequence
from itertools import islice
from string import ascii_lowercase

import psycopg2

from bench.books import Ledger, carry, introduce, known_libraries

DAYS = 480
TOGETHER = 32


def spread(address: str, sizes: Sequence[int]) -> list[str]:
    """One county's days go to all the others in turn; each number of counties is measured. What is wrong in a
    book afterwards.

    `address`: of a PostgreSQL server, with a user who may create databases and without a database's name.
    """
    wrong = []
    for size in sizes:
        counties = [f"county-{letter}" for letter in ascii_lowercase[:size]]
        libraries = known_libraries(counties)
        ledgers = {
            one: Ledger(one, _new_database(address, f"{one}-of-{size}"), libraries) for one in counties
        }
        introduce(*ledgers.values())
        payer = ledgers[counties[0]]
        _settle(payer, ledgers, TOGETHER)
        took, of_payer = _settle(payer, ledgers, DAYS)
        print(
            f"{size:>9} counties: hold to POSTED in both books {DAYS / took:.0f}/s,"
            f" of the processor at the payer {of_payer / DAYS * 1000:.2f} ms each"
        )
        for ledger in ledgers.values():
            wrong += ledger.wrong()
            ledger.database.close()
    return wrong


def _settle(payer: Ledger, ledgers: dict[str, Ledger], count: int) -> tuple[float, float]:
    """Seconds until all are posted, and those of the processor that the payer used."""
    others = {county: ledger for county, ledger in ledgers.items() if ledger is not payer}
    orders = list(islice(payer.orders(is_abroad=True), count))
    began, of_payer = time.monotonic(), 0.0
    for start in range(0, count, TOGETHER):
        some = orders[start : start + TOGETHER]
        since = time.process_time()
        payer.hold(some)
        payer.post(some)
        of_payer += time.process_time() - since
        assert carry(payer, others, TOGETHER, TOGETHER) == len(some)
        for ledger in others.values():
            answers = ledger.take_out(TOGETHER)
            since = time.process_time()
            payer.hear(ledger.county, answers, TOGETHER)
            of_payer += time.process_time() - since
    return time.monotonic() - began, of_payer


def _new_database(address: str, name: str) -> str:
    with contextlib.closing(psycopg2.connect(f"{address}/postgres")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
    return f"{address.replace('postgresql', 'postgresql+psycopg2', 1)}/{name}"
