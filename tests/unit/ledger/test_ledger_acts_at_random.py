"""What people may decide about the book, at random, near and far: no rule is broken, no day is lost.

A failure names its seed and tells its story.
"""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from ledger_cast import (
    ASKER,
    COUNTY_LIBRARY,
    EIDSKOG,
    HAMAR,
    LOM,
    Ledger,
    exchange,
    federation,
    number,
    peer_document,
)

from byttebank.contracts.refusals import Contradiction, Refusal
from services.ledger import operations
from services.ledger.domain.invariants import mirrors

HERE = (EIDSKOG, HAMAR, LOM)
SEEDS = range(8)
STEPS = 60


class People:
    """People of Innlandet and Akershus who decide things, now and then foolishly."""

    def __init__(self, innlandet: Ledger, akershus: Ledger, seed: int) -> None:
        self.random = Random(seed)
        self.pair = (innlandet, akershus)
        self.story: list[str] = [f"seed {seed}"]
        self.transfers: list[str] = []
        self.promises: list[str] = []
        self.n = 0

    def new(self) -> str:
        self.n += 1
        return number(2000 + self.n)

    def one_of(self, things: Any) -> str:
        return str(self.random.choice([*things, number(999)]))

    def step(self) -> None:
        innlandet, akershus = self.pair
        acts = [self.agree, self.agree, self.agree, self.promise, self.withdraw, self.forgive, self.date]
        acts += [self.reverse, self.close, self.reopen, self.make_whole, self.bring_in, self.rule]
        act = self.random.choice(acts)
        ledger = innlandet if self.random.random() < 0.8 else akershus
        before = self.sum_of(innlandet)
        self.story.append(f"{act.__name__} at {ledger.county}")
        try:
            act(ledger)
        except Contradiction:
            raise
        except Refusal as refusal:
            self.story.append(f"  refused: {refusal}")
            assert self.sum_of(innlandet) == before, self.story
        exchange(innlandet, akershus)
        ours, theirs = innlandet.book(), akershus.book()
        broken = [*innlandet.broken_rules(), *akershus.broken_rules(), *mirrors(ours, theirs)]
        assert broken + mirrors(theirs, ours) == [], self.story
        for library_id in HERE:
            for promise in innlandet.see(operations.promises, library_id):
                assert 0 <= promise["open_half_days"] <= promise["half_days"], self.story

    def sum_of(self, ledger: Ledger) -> dict[str, int]:
        accounts = ledger.see(operations.trial_balance)["accounts"]
        return {one["account_id"]: one["credits"] - one["debits"] for one in accounts}

    def agree(self, ledger: Ledger) -> None:
        """A day is agreed and, mostly, delivered."""
        payer = self.random.choice(HERE if ledger.county == "innlandet" else (ASKER,))
        payee = self.random.choice([one for one in (*HERE, ASKER) if one != payer])
        self.n += 1
        amount = self.random.randint(1, 5)
        told = ledger.reserve(self.n, amount, payer_library_id=payer, payee_library_id=payee)
        self.transfers.append(number(100 + self.n))
        if "code" not in told and self.random.random() < 0.9:
            ledger.post(self.n, self.random.randint(1, amount))

    def promise(self, ledger: Ledger) -> None:
        library = self.random.choice(HERE)
        body = {"id": self.new(), "library_id": library, "half_days": self.random.randint(0, 9)}
        ledger.do(operations.make_promise, body, COUNTY_LIBRARY)
        self.promises.append(str(body["id"]))

    def withdraw(self, ledger: Ledger) -> None:
        body = {"id": self.new(), "promise_id": self.one_of(self.promises)}
        ledger.do(operations.withdraw_promise, body, COUNTY_LIBRARY)

    def date(self, ledger: Ledger) -> None:
        body = {"id": self.new(), "promise_id": self.one_of(self.promises), "dated_on": "2027-01-05"}
        ledger.do(operations.date_promise, body, COUNTY_LIBRARY)

    def forgive(self, ledger: Ledger) -> None:
        half_days = self.random.choice((None, 1, 3))
        body = {
            "id": self.new(),
            "promise_id": self.one_of(self.promises),
            "reason": "x",
            "half_days": half_days,
        }
        ledger.do(operations.forgive_promise, body, COUNTY_LIBRARY)

    def reverse(self, ledger: Ledger) -> None:
        body = {
            "id": self.new(),
            "transfer_id": self.one_of(self.transfers),
            "half_days": self.random.randint(0, 4),
            "reason": "x",
        }
        if ledger.county == "innlandet" and self.random.random() < 0.3:
            self.freeze(ledger, "frozen")
            body["is_peer_gone"] = True
        try:
            ledger.do(operations.reverse, body, COUNTY_LIBRARY)
            self.transfers.append(str(body["id"]))
        finally:
            self.freeze(ledger, "active")

    def freeze(self, ledger: Ledger, state: str) -> None:
        self.n += 1
        peer = "akershus" if ledger.county == "innlandet" else "innlandet"
        ledger.do(operations.peer_changed, peer_document(peer, 10 + self.n, state=state))

    def close(self, ledger: Ledger) -> None:
        how = self.random.choice(("transfer", "gift", "forgive", "merge"))
        body = {"id": self.new(), "library_id": self.random.choice(HERE), "how": how, "reason": "x"}
        ledger.do(
            operations.close_account, {**body, "successor_id": self.random.choice(HERE)}, COUNTY_LIBRARY
        )

    def reopen(self, ledger: Ledger) -> None:
        body = {"id": self.new(), "library_id": self.random.choice(HERE), "reason": "x"}
        ledger.do(operations.open_again, body, COUNTY_LIBRARY)

    def make_whole(self, ledger: Ledger) -> None:
        body = {"id": self.new(), "library_id": self.random.choice(HERE), "half_days": 2, "reason": "x"}
        ledger.do(operations.make_whole, body, COUNTY_LIBRARY)
        self.transfers.append(str(body["id"]))

    def bring_in(self, ledger: Ledger) -> None:
        row = {"library": self.random.choice(HERE), "days": "-1", "date": "2025-01-02", "note": self.new()}
        try:
            ledger.do(operations.import_opening, [(2, row)])
        except operations.ImportRefused as refusal:
            self.story.append(f"  refused: {refusal}")

    def rule(self, ledger: Ledger) -> None:
        body = {"transfer_id": self.one_of(self.transfers), "reversal_id": self.new(), "reason": "x"}
        ledger.do(operations.take_back, body)


@pytest.mark.simulation
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_people_decide_the_books_hold(
    settled_in: dict[str, Path], tmp_path: Path, seed: int
) -> None:
    with federation(settled_in, tmp_path, "innlandet", "akershus") as (innlandet, akershus):
        people = People(innlandet, akershus, seed)
        for _ in range(STEPS):
            people.step()
