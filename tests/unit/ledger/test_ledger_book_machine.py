"""The book of one county under any sequence of acts, against a model simple enough to be right."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from ledger_cast import EIDSKOG, HAMAR, LOM, Ledger, county_document, federation, number

from byttebank.contracts.refusals import Refusal, ReversalTooLarge, SameKeyOtherBody
from services.ledger import operations

pytestmark = pytest.mark.simulation

LIMIT = 6
LIBRARIES = (EIDSKOG, HAMAR, LOM)
ANY_LIBRARY = st.sampled_from(LIBRARIES)
SOME = st.integers(0, 5)


class BookMachine(RuleBasedStateMachine):
    """The model keeps each transfer's state, hold and parties, and counts everything from scratch."""

    ledger: Ledger
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.ledger.start_over(self.template)
        document = county_document("innlandet", 2, limit_half_days=LIMIT, limit_is_hard=True)
        self.ledger.do(operations.county_changed, document)
        self.made: dict[int, dict[str, Any]] = {}
        self.released_early: set[int] = set()

    def days_to_use(self, library_id: str) -> int:
        posted = [one for one in self.made.values() if one["state"] == "posted"]
        given = sum(one["amount"] for one in posted if one["payee"] == library_id)
        return given - sum(one["amount"] for one in posted if one["payer"] == library_id)

    def reserved(self, library_id: str) -> int:
        held = [one for one in self.made.values() if one["state"] == "pending"]
        return sum(one["amount"] for one in held if one["payer"] == library_id)

    @rule(
        n=SOME, amount=st.integers(1, 8), payer=st.sampled_from(LIBRARIES), payee=st.sampled_from(LIBRARIES)
    )
    def reserve(self, n: int, amount: int, payer: str, payee: str) -> None:
        asked = {"payer": payer, "payee": payee, "held": amount}
        known = self.made.get(n)
        room = self.days_to_use(payer) - self.reserved(payer) + LIMIT
        try:
            told = self.ledger.reserve(n, amount, payer_library_id=payer, payee_library_id=payee)
        except SameKeyOtherBody:
            assert known is not None
            assert {key: known[key] for key in asked} != asked
            return
        if known is not None:
            assert {key: known[key] for key in asked} == asked
            assert ("code" in told) == (known["state"] == "voided")
        elif "code" in told:
            codes = {
                "own_library": payer == payee,
                "already_resolved": n in self.released_early,
                "limit_hard": amount > room,
            }
            assert codes[told["code"]]
        else:
            assert payer != payee
            assert amount <= room
            self.made[n] = {**asked, "amount": amount, "state": "pending"}

    @rule(n=SOME, amount=st.integers(1, 8))
    def post(self, n: int, amount: int) -> None:
        known = self.made.get(n)
        is_possible = known is not None and (
            (known["state"] == "pending" and amount <= known["amount"])
            or (known["state"] == "posted" and amount == known["amount"])
        )
        try:
            self.ledger.post(n, amount)
        except Refusal:
            assert not is_possible
            return
        assert known is not None
        assert is_possible
        known.update(state="posted", amount=amount)

    @rule(n=SOME)
    def release(self, n: int) -> None:
        known = self.made.get(n)
        try:
            self.ledger.release(n)
        except Refusal:
            assert known is not None
            assert known["state"] == "posted"
            return
        if known is None:
            self.released_early.add(n)
        else:
            assert known["state"] != "posted"
            known["state"] = "voided"

    @rule(n=SOME, amount=st.integers(1, 8), reversal=st.integers(50, 53))
    def reverse(self, n: int, amount: int, reversal: int) -> None:
        known, before = self.made.get(n), self.made.get(reversal)
        back = sum(one["amount"] for one in self.made.values() if one.get("reverses") == n)
        asked = {"reverses": n, "amount": amount}
        try:
            self.ledger.do(operations.reverse_transfer, number(100 + reversal), number(100 + n), amount)
        except ReversalTooLarge:
            assert known is not None
            assert amount > known["amount"] - back
            return
        except Refusal:
            assert known is None or known["state"] != "posted" or before is not None
            return
        assert known is not None
        assert known["state"] == "posted"
        if before is None:
            assert amount <= known["amount"] - back
            parties = {"payer": known["payee"], "payee": known["payer"]}
            self.made[reversal] = {**parties, **asked, "held": amount, "state": "posted"}
        else:
            assert {key: before[key] for key in asked} == asked

    @invariant()
    def the_accounts_are_those_of_the_model(self) -> None:
        for library_id in LIBRARIES:
            account = self.ledger.account(library_id)
            assert account["balance_half_days"] == self.days_to_use(library_id)
            assert account["reserved_half_days"] == self.reserved(library_id)

    @invariant()
    def only_reversals_take_a_library_below_its_hard_limit(self) -> None:
        if not any("reverses" in one for one in self.made.values()):
            for library_id in LIBRARIES:
                assert self.ledger.account(library_id)["available_half_days"] >= 0

    @invariant()
    def days_are_neither_made_nor_lost(self) -> None:
        accounts = [self.ledger.account(library_id) for library_id in LIBRARIES]
        assert sum(account["balance_half_days"] for account in accounts) == 0
        assert self.ledger.see(operations.trial_balance)["imbalance_half_days"] == 0

    @invariant()
    def no_rule_of_the_book_is_broken(self) -> None:
        assert self.ledger.broken_rules() == []


@pytest.mark.parametrize("length", [25])
def test_the_book_is_what_a_simple_model_says(
    settled_in: dict[str, Path], tmp_path: Path, length: int
) -> None:
    with federation(settled_in, tmp_path, "innlandet") as (ledger,):

        class Machine(BookMachine):
            pass

        Machine.ledger, Machine.template = ledger, settled_in["innlandet"]
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=25,
                stateful_step_count=length,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
