"""What counties export after a whole life is checked together, and any change to it is found."""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from byttebank.storage.work import Database
from services.ledger import operations
from services.ledger.domain.evidence_format import EvidenceUnreadable, read_lines, write_lines
from simulation.many import quiet
from simulation.play import Disks, Figures, Life

pytestmark = pytest.mark.simulation

Lines = dict[str, list[str]]
SEEDS = range(40)
BEAN_CHECK = Path(sys.executable).with_name("bean-check")


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    """Lives without a liar, at rest, with days between counties."""
    found = []
    for seed in SEEDS:
        life = Life(seed, Disks(), steps=150)
        if life.world.faults.lie:
            continue
        with quiet():
            outcome = life.run()
        if isinstance(outcome, Figures) and sum(outcome.transfers.values()) > 3:
            found.append(life)
        if len(found) == 3:
            return found
    raise AssertionError("no life with enough days in it")


@pytest.fixture(scope="module")
def shown(lives: list[Life]) -> Lines:
    """What each county of the first life exports."""
    return exported(lives[0], "jsonl")


def exported(life: Life, format_: str) -> Lines:
    found = {}
    for name, county in life._counties.items():
        database = Database(county.disk.engine, county=name, service="ledger", clock=county.clock)
        with database.reading() as work:
            found[name] = list(operations.export(work, format_))
    return found


def checked(tmp_path: Path, shown: Lines) -> list[str]:
    files = []
    for county, lines in shown.items():
        files.append(tmp_path / f"{county}.jsonl")
        files[-1].write_text("".join(lines), encoding="utf-8")
    return operations.verify_exports(files)


def changed(lines: list[str], kind: str, change: Callable[[dict[str, Any]], Any]) -> list[str]:
    """The export with its first record of a kind changed, or left out, and sealed anew: a lie, not damage."""
    records = [json.loads(line) for line in lines]
    place = next(number for number, record in enumerate(records) if record["kind"] == kind)
    evidence_lines = list(lines)
    record = change(records[place])
    evidence_lines[place : place + 1] = [] if record is None else [json.dumps(record) + "\n"]
    return resealed(evidence_lines)


def resealed(lines: list[str]) -> list[str]:
    body = lines[:-1]
    seal = hashlib.sha256("".join(body).encode()).hexdigest()
    return [*body, json.dumps({"kind": "end", "sha256": seal}) + "\n"]


def test_what_honest_counties_export_is_all_as_it_must_be(tmp_path: Path, lives: list[Life]) -> None:
    for life in lives:
        assert checked(tmp_path, exported(life, "jsonl")) == []


def test_what_is_read_is_what_was_written(shown: Lines) -> None:
    for county, lines in shown.items():
        assert list(write_lines(read_lines(lines, county))) == lines


@pytest.mark.parametrize(
    ("kind", "change", "sentence"),
    [
        ("entry", lambda record: {**record, "amount": record["amount"] + 1}, "is off by"),
        ("entry", lambda _record: None, "is off by"),
        ("balance", lambda record: {**record, "credits_posted": record["credits_posted"] + 2}, "the sums of"),
        ("envelope", lambda _record: None, "not shown"),
        (
            "envelope",
            lambda record: {
                **record,
                "octets": re.sub(r'"signature":"..', '"signature":"AA', record["octets"]),
            },
            "is no proof",
        ),
    ],
    ids=["an amount", "a lost leg", "a balance", "a lost envelope", "a forged signature"],
)
def test_a_county_that_lies_is_found_out(
    tmp_path: Path, shown: Lines, kind: str, change: Callable[[Any], Any], sentence: str
) -> None:
    wanted = ('"kind":"envelope"', f'"kind":"{kind}"')
    liar = next(
        county for county, lines in shown.items() if all(any(one in line for line in lines) for one in wanted)
    )
    broken = checked(tmp_path, {**shown, liar: changed(shown[liar], kind, change)})
    assert [one for one in broken if sentence in one]


def test_a_book_rewritten_in_itself_is_found_out_by_the_other_county(
    tmp_path: Path, lives: list[Life]
) -> None:
    """The whole book of one county says one half-day more, legs and balances alike: the peer's does not."""
    found = False
    for life in lives:
        evidence = {county: read_lines(lines, county) for county, lines in exported(life, "jsonl").items()}
        for county, mine in evidence.items():
            order = next(iter(mine.book.sent.items()), None)
            if order is None:
                continue
            found = True
            transfer_id, sent = order
            forged = replace(
                mine.book, sent={**mine.book.sent, transfer_id: replace(sent, payload_hash="0" * 64)}
            )
            lines = {one: list(write_lines(it)) for one, it in evidence.items()}
            lines[county] = list(write_lines(replace(mine, book=forged)))
            ended = mine.book.ends().get(transfer_id)
            if ended is not None and ended.state == "posted":
                assert any("has not signed that" in one for one in checked(tmp_path, lines))
    assert found


def test_a_file_that_was_cut_off_or_damaged_is_refused_by_name(shown: Lines) -> None:
    lines = next(iter(shown.values()))
    for broken, why in (
        (lines[:-1], "the end is missing"),
        ([*lines[:3], lines[4], *lines[5:]], "changed since it was written"),
        ([*lines, lines[1]], "more after the end"),
        (["not json\n"], "line 1: no record"),
        (lines[1:], "not a book of format"),
        ([], "the end is missing"),
        (resealed(['{"kind":"book","format":1,"county":"x"}\n', '{"kind":"entry"}\n', ""]), "not as agreed"),
    ):
        with pytest.raises(EvidenceUnreadable, match=f"book.jsonl.*{why}"):
            read_lines(broken, "book.jsonl")


def test_hledger_accepts_the_journal_and_comes_to_our_balances(tmp_path: Path, lives: list[Life]) -> None:
    for life in lives:
        for county, lines in exported(life, "hledger").items():
            file = tmp_path / f"{county}.journal"
            file.write_text("".join(lines), encoding="utf-8")
            accepted = subprocess.run(
                ["hledger", "check", "--strict", "-f", file], capture_output=True, text=True, check=False
            )
            assert accepted.returncode == 0, accepted.stderr
            told = subprocess.run(
                ["hledger", "balance", "-f", file, "-N", "--flat", "-O", "csv"],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            theirs = dict(re.findall(r'"[a-z]+:[a-z]+:([^"]+)","(-?\d+)', told))
            assert {one: int(amount) for one, amount in theirs.items()} == balances(life, county)
            wrong = re.sub(r"= (-?)(\d+) ", r"= \g<1>1\2 ", file.read_text(encoding="utf-8"))
            file.write_text(wrong, encoding="utf-8")
            refused = subprocess.run(["hledger", "check", "-f", file], capture_output=True, check=False)
            assert refused.returncode != 0 or not theirs


def test_bean_check_accepts_the_ledger_and_comes_to_our_balances(tmp_path: Path, lives: list[Life]) -> None:
    for life in lives:
        for county, lines in exported(life, "beancount").items():
            file = tmp_path / f"{county}.beancount"
            file.write_text("".join(lines), encoding="utf-8")
            accepted = subprocess.run([BEAN_CHECK, file], capture_output=True, text=True, check=False)
            assert accepted.returncode == 0, accepted.stderr
            wrong = re.sub(r"(balance \S+  -?)(\d)", r"\g<1>1\2", file.read_text(encoding="utf-8"))
            file.write_text(wrong, encoding="utf-8")
            refused = subprocess.run([BEAN_CHECK, file], capture_output=True, check=False)
            assert refused.returncode != 0 or not balances(life, county)


def balances(life: Life, county: str) -> dict[str, int]:
    """Account to debits less credits, as hledger spells accounts; those at zero left out."""
    evidence = read_lines(exported(life, "jsonl")[county], county)
    return {
        account.replace(":", "-"): sums.debits_posted - sums.credits_posted
        for account, sums in evidence.book.balances.items()
        if sums.debits_posted != sums.credits_posted
    }


def test_the_table_has_each_leg_once(lives: list[Life]) -> None:
    for life in lives:
        for county, lines in exported(life, "csv").items():
            evidence = read_lines(exported(life, "jsonl")[county], county)
            assert len(lines) - 1 == len(evidence.book.entries)
            assert {len(line.split(";")) for line in lines} == {12}
