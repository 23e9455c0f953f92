"""Rounds from beginning to end: as many days as there can be, with proofs, reasons and limits that hold."""

import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from instance_cast import MONDAY, TUESDAY, WEDNESDAY, document, most_days, random_instance

from services.matching.domain.certificate import optimality_faults, proven_bound
from services.matching.domain.checker import violations
from services.matching.domain.instance import Colleague, Instance, Library, PlannedDay, Wish
from services.matching.rounds import __main__ as command
from services.matching.rounds import possible as possible_module
from services.matching.rounds.network import FlowWrong, Network
from services.matching.rounds.possible import RoundTooLarge, possible_days
from services.matching.rounds.solving import Outcome, solve

pytestmark = pytest.mark.simulation
"""Takes seconds: processes that compute."""


def instance(
    libraries: dict[str, tuple[int, int]], colleagues: list[Colleague], requests: list[Wish]
) -> Instance:
    """Libraries by id, with balance and limit; distances are not known."""
    places = tuple(Library(name, *account) for name, account in sorted(libraries.items()))
    return Instance("test", "", "all-of", places, tuple(colleagues), tuple(requests), None, {})


def days(outcome: Outcome) -> int:
    return len(outcome.plan)


@pytest.mark.parametrize("objective", ["days", "full"])
def test_a_round_without_blocks_is_the_best_of_all_plans_and_its_prices_prove_it(objective: str) -> None:
    for seed in range(40):
        one = random_instance(Random(seed), same_person=False)
        best, ours = most_days(one), solve(one, objective)
        if best is None:
            assert (ours.status, ours.plan) == ("infeasible", ())
        else:
            assert (ours.status, days(ours), ours.bound) == ("optimal", best, best)
            assert optimality_faults(one, ours.plan, ours.certificate) == []


def test_a_round_with_blocks_serves_all_days_of_a_request_by_one_or_none() -> None:
    dates = (MONDAY, TUESDAY, WEDNESDAY)
    one = instance(
        {"a": (0, 0), "b": (0, 0)},
        [
            Colleague("ca", "a", (), dates, 3),
            Colleague("cb", "b", (), dates[:2], 3),
            # Too few days for a block, so no bound may count on her.
            Colleague("cc", "b", (), dates, 1),
        ],
        [
            Wish("ra", "a", (), dates, 2, True),
            Wish("rb", "b", (), dates, 3),
            Wish("rc", "a", (), dates, 3, True),
        ],
    )
    ours = solve(one, "full", 10.0)
    assert (ours.status, days(ours), ours.bound) == ("optimal", 4, 4)
    assert violations(one, ours.plan) == []
    assert proven_bound(one, ours.certificate) >= 4
    assert proven_bound(one, ours.certificate) == ours.certificate["bound"]
    assert [(lack.request, lack.reason) for lack in ours.unmet] == [
        ("rb", "no_place"),
        ("rc", "no_candidate"),
    ]


def test_rounds_with_blocks_are_the_best_of_all_plans() -> None:
    for seed in range(12):
        one = random_instance(Random(seed), same_person=True)
        best, ours = most_days(one), solve(one, "full", 20.0)
        if best is None:
            assert (ours.status, ours.plan) == ("infeasible", ())
        else:
            assert (ours.status, days(ours), ours.bound) == ("optimal", best, best)
            assert violations(one, ours.plan) == []


def test_the_same_round_has_the_same_plan_in_whatever_order_it_was_written() -> None:
    one = replace(two_for_one(), distances_km={("a", "b"): 10.0, ("a", "c"): 10.0})
    again = replace(one, distances_km=dict(reversed(list(one.distances_km.items()))))
    assert solve(one).plan == solve(again).plan != ()


def test_a_ring_needs_no_credit_and_a_chain_does() -> None:
    names = [f"l{number:02}" for number in range(30)]

    def chain(limit: int, closed: bool) -> Instance:
        pairs = list(zip(names, names[1:] + names[:1], strict=True))[: None if closed else -1]
        return instance(
            dict.fromkeys(names, (0, limit)),
            [Colleague(f"c-{home}", home, (f"for-{host}",), (MONDAY,), 1) for home, host in pairs],
            [Wish(f"r-{host}", host, (f"for-{host}",), (MONDAY,), 1) for _, host in pairs],
        )

    assert days(solve(chain(0, closed=True))) == 30
    assert days(solve(chain(0, closed=False))) == 0
    assert days(solve(chain(1, closed=False))) == 29


def test_nothing_is_asked_for_or_nobody_offers() -> None:
    nothing = instance({}, [], [])
    assert (solve(nothing).status, solve(nothing).bound) == ("optimal", 0)
    alone = instance(
        {"a": (0, 5)}, [], [Wish("r", "a", ("s",), (MONDAY,), 1), Wish("z", "a", (), (MONDAY,), 0)]
    )
    assert [(one.request, one.reason) for one in solve(alone).unmet] == [("r", "no_candidate")]


def two_for_one() -> Instance:
    """Two requests for the same skill on Monday, one who has it."""
    return instance(
        {"a": (0, 2), "b": (0, 2), "c": (0, 2)},
        [Colleague("kari", "a", ("weeding",), (MONDAY,), 1)],
        [Wish("rb", "b", ("weeding",), (MONDAY,), 1), Wish("rc", "c", ("weeding",), (MONDAY,), 1)],
    )


def test_who_lacks_a_colleague_is_told_so_and_one_more_helps() -> None:
    one = two_for_one()
    (lack,) = solve(one).unmet
    assert lack.reason == "nobody_free"
    assert "weeding" in lack.text
    assert "hadde gitt dere én dag til" in lack.text
    more = replace(one, colleagues=(*one.colleagues, Colleague("ola", "a", ("weeding",), (MONDAY,), 1)))
    assert days(solve(more)) == days(solve(one)) + 1


def test_who_is_stopped_by_the_own_limit_is_told_so_and_one_day_more_helps() -> None:
    one = replace(two_for_one(), libraries=(Library("a", 0, 2), Library("b", 0, 0), Library("c", 0, 0)))
    ours = solve(one)
    assert (days(ours), {lack.reason for lack in ours.unmet}) == (0, {"own_limit"})
    higher = (Library("a", 0, 2), Library("b", 1, 0), Library("c", 0, 0))
    assert days(solve(replace(one, libraries=higher))) == 1


def test_what_reasons_claim_holds_when_the_round_is_solved_again() -> None:
    claims = 0
    for seed in range(60):
        one = random_instance(Random(seed), same_person=False, most=3)
        ours = solve(one, "days")
        hosts = {wish.id: wish for wish in one.requests}
        for lack in ours.unmet:
            wish = hosts[lack.request]
            if lack.reason == "own_limit":
                libraries = tuple(
                    replace(at, limit_days=at.limit_days + (at.id == wish.library)) for at in one.libraries
                )
                assert days(solve(replace(one, libraries=libraries), "days")) == days(ours) + 1
                claims += 1
            elif "hadde gitt dere" in lack.text and lack.reason == "nobody_free":
                served = {day.date for day in ours.plan if day.request == lack.request}
                home = next(at.id for at in one.libraries if at.id != wish.library)
                dates = tuple(day for day in wish.dates if day not in served)
                more = Colleague("zz", home, ("a", "b"), dates, 1)
                richer = replace(one, colleagues=(*one.colleagues, more))
                if one.compatible is not None:
                    richer = replace(richer, compatible=one.compatible | {("zz", wish.id)})
                assert days(solve(richer, "days")) == days(ours) + 1
                claims += 1
    assert claims > 10


def test_days_come_first_then_even_balances_then_short_ways() -> None:
    far = {("a", "b"): 10.0, ("b", "a"): 10.0, ("a", "c"): 90.0, ("c", "a"): 90.0}
    by_way = replace(two_for_one(), distances_km=far)
    assert solve(by_way).plan == (PlannedDay("rb", "kari", MONDAY),)
    owed = (Library("a", 0, 2), Library("b", 0, 2), Library("c", 1, 2))
    assert solve(replace(by_way, libraries=owed)).plan == (PlannedDay("rc", "kari", MONDAY),)


def test_a_library_below_its_limit_is_brought_back_or_no_plan_is_feasible() -> None:
    below = replace(two_for_one(), libraries=(Library("a", -3, 2), Library("b", 0, 2), Library("c", 0, 2)))
    assert violations(below, solve(below).plan) == []
    deeper = replace(below, libraries=(Library("a", -4, 2), *below.libraries[1:]))
    assert (solve(deeper).status, solve(deeper).plan, solve(deeper).bound) == ("infeasible", (), 0)
    assert {one.text.partition(".")[0] for one in solve(deeper).unmet if one.reason == "no_place"} == {
        "Et bibliotek er forbi grensen før runden begynner, og ingen plan får det tilbake"
    }


def test_without_time_the_plan_is_feasible_and_the_bound_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.matching.rounds.solving.HERE", -1)
    one = two_for_one()
    ours = solve(one, time_limit=0.0)
    assert violations(one, ours.plan) == []
    assert ours.bound >= 1
    assert ours.status in ("optimal", "feasible")


def test_a_search_that_had_no_time_plans_no_less_than_who_takes_what_comes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.matching.rounds.search.QUICK_DIVE", -1)
    colleagues = [Colleague(f"c{n}", "a", (), (MONDAY, TUESDAY), 2) for n in range(3)]
    wishes = [Wish(f"w{n}", "b", (), (MONDAY, TUESDAY), 2, True) for n in range(3)]
    ours = solve(instance({"a": (0, 0), "b": (4, 0)}, colleagues, wishes), time_limit=0.0)
    assert days(ours) == 4


def test_more_possible_days_than_fit_into_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(possible_module, "MOST_DAYS", 1)
    with pytest.raises(RoundTooLarge, match="Divide the round"):
        possible_days(two_for_one())


def test_a_flow_that_is_not_the_cheapest_has_no_potentials() -> None:
    ints = [np.array(column) for column in ((0, 1), (1, 0), (1, 1), (0, 0))]
    network, cost = Network(2, ints[0], ints[1], ints[2], ints[3], np.arange(2)), np.array([-1, 0])
    assert network.least_cost(cost).tolist() == [1, 1]
    with pytest.raises(FlowWrong):
        network.potentials(cost, np.array([0, 0]))


def _command(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["rounds", *arguments])
    monkeypatch.setattr("signal.signal", lambda number, handler: None)
    return command.main()


def test_the_command_writes_the_plan_as_the_format_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = document()
    content["requests"][0]["same_person"] = False
    (tmp_path / "round.json").write_text(json.dumps(content))
    assert _command(monkeypatch, str(tmp_path / "round.json"), "--json", "--objective", "days") == 0
    said = json.loads(capsys.readouterr().out)
    assert list(said) == ["status", "days_served", "bound", "certificate", "seconds", "plan", "unmet"]
    assert (said["status"], said["days_served"], said["bound"]) == ("optimal", 3, 3)
    assert {"request": "w1", "colleague": "kari", "date": "2027-03-01"} in said["plan"]
    assert _command(monkeypatch, str(tmp_path / "round.json")) == 0
    assert "Days served: 3, at most possible: 3. best possible, proven." in capsys.readouterr().out


def test_the_command_says_what_is_wrong_with_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "round.json").write_text("{")
    assert _command(monkeypatch, str(tmp_path / "round.json"), "--json") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("byttebank: ")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_an_outcome_is_written_whatever_the_terminal_can_show(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, encoding: str
) -> None:
    content = document()
    content["name"], content["requests"][0]["id"] = "\ud800\x1b[31mNavn\n😀", "Guovdageaidnu 😀"
    (tmp_path / "round.json").write_text(json.dumps(content))
    for wishes in (["--json"], []):
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
        assert _command(monkeypatch, str(tmp_path / "round.json"), *wishes) == 0
        sys.stdout.flush()
        if wishes:
            said = json.loads(raw.getvalue().decode("utf-8"))
            assert "Guovdageaidnu 😀" in {day["request"] for day in said["plan"] + said["unmet"]}
        else:
            assert raw.getvalue().decode(encoding).splitlines()[0].startswith("[31mNavn ")


@pytest.mark.parametrize("same_person", [False, True])
def test_a_library_is_brought_back_where_that_serves_fewer_days(same_person: bool) -> None:
    """Only x of a brings a back; y could serve all three days that b can pay otherwise."""
    days_ = (MONDAY, TUESDAY, WEDNESDAY)
    colleagues = [Colleague("x", "a", (), days_[:1], 1), Colleague("y", "z", (), days_, 3)]
    wishes = [Wish("q", "b", (), days_, 3, same_person), Wish("r", "b", (), days_[:1], 1)]
    accounts = {"a": (-1, 0), "b": (0, 3), "z": (0, 0)}
    ours = solve(instance(accounts, colleagues, wishes))
    assert any(day.colleague == "x" for day in ours.plan)
    assert (ours.status, days(ours), ours.bound) == ("optimal", 1 if same_person else 3, len(ours.plan))
