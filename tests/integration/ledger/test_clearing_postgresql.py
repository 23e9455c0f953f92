"""A round of clearing with one county's book on PostgreSQL, where copies of the service meet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, InternalError
from test_ledger_postgresql import LedgerOnPostgresql, all_at_once, url  # noqa: F401

from byttebank.storage.migrations import migrate
from services.ledger.storage import clearing

# isort: split
from clearing_cast import ROUND, deliver, keyed, nets, owe_in_a_ring, propose, receive, stages, tick
from ledger_cast import Ledger, federation, migrated_template, settled_templates


@pytest.fixture
def three(url: str, tmp_path: Path) -> Iterator[dict[str, Ledger]]:  # noqa: F811
    """Innlandet on PostgreSQL, the others on SQLite, owing in a ring."""
    innlandet = LedgerOnPostgresql(url)
    with innlandet.database.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    migrate(innlandet.database.engine, "services.ledger")
    innlandet.settle_in()
    (tmp_path / "settled").mkdir()
    templates = settled_templates(migrated_template(tmp_path), tmp_path / "settled")
    with federation(templates, tmp_path, "akershus", "oslo") as (akershus, oslo):
        ledgers = keyed({"innlandet": innlandet, "akershus": akershus, "oslo": oslo})
        owe_in_a_ring(ledgers)
        yield ledgers
    innlandet.database.close()


def test_a_round_is_posted_once_however_many_copies_hear_of_it_at_once(three: dict[str, Ledger]) -> None:
    innlandet = three["innlandet"]
    propose(three["akershus"])
    while set(stages_of(three)) != {"applied"}:
        for receiver in ("akershus", "oslo"):
            for sender in three:
                for message in three[sender].sent(receiver) if sender != receiver else []:
                    receive(three[receiver], message)
        for sender in ("akershus", "oslo"):
            if messages := three[sender].sent("innlandet"):
                all_at_once([lambda one=one: receive(innlandet, one) for one in messages for _ in range(3)])
    deliver(three)
    tick(*three.values())
    assert nets(innlandet) == {"akershus": 0, "oslo": 1}
    assert innlandet.broken_rules() == []


def test_proposing_at_once_opens_one_round(three: dict[str, Ledger]) -> None:
    innlandet = three["innlandet"]
    outcomes = all_at_once([lambda: propose(innlandet)] * 5)
    assert sum(outcomes.values()) == outcomes["done"] == 5, outcomes
    deliver(three)
    assert set(stages(three).values()) == {"applied"}
    assert innlandet.broken_rules() == []


def test_what_is_decided_and_signed_stays_on_postgresql_too(three: dict[str, Ledger]) -> None:
    innlandet = three["innlandet"]
    propose(innlandet)
    deliver(three)
    with pytest.raises(IntegrityError), innlandet.database.work() as work:
        clearing.decide_once(work.connection, ROUND, "ABORT", work.now)
    for table in ("clearing_documents", "clearing_decisions"):
        with innlandet.connect() as connection, pytest.raises(InternalError, match="is append only"):
            connection.execute(text(f"DELETE FROM {table}"))


def stages_of(ledgers: dict[str, Ledger]) -> list[str]:
    """Each county's stage, `unheard` before the first word."""
    found = []
    for county, ledger in ledgers.items():
        with ledger.database.reading() as work:
            stored = clearing.find_round(work.connection, ROUND, county)
        found.append(stored.round.stage if stored else "unheard")
    return found
