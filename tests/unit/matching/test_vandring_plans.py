"""Everyone visits one and is visited by one, as near as the rules allow; swaps and repairs keep to them."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from random import Random

import numpy as np
import pytest

from services.matching.domain.vandring import (
    ANY_SIZE,
    OTHER_SIZE,
    SAME_SIZE,
    Participant,
    Rules,
    SwapRefused,
    Visit,
    dated,
    faults,
    objections,
    swapped,
)
from services.matching.rounds import vandring
from services.matching.rounds.vandring import assign, repaired

WEEKS = [date(2027, 9, 6) + timedelta(weeks=number) for number in range(4)]
HAMAR = Participant("hamar", (60.79, 11.07), 20, frozenset(WEEKS))
EIDSKOG = Participant("eidskog", (60.03, 12.07), 3, frozenset(WEEKS[:2]))
STANGE = Participant("stange", (60.72, 11.19), 8, frozenset(WEEKS[1:]))
NOWHERE = Participant("nowhere", None, 2, frozenset(WEEKS[3:]))


@pytest.mark.parametrize(
    ("rules", "visitor", "host", "codes"),
    [
        (Rules(), HAMAR, EIDSKOG, []),
        (Rules(), HAMAR, HAMAR, ["own_library"]),
        (Rules(frozenset({("hamar", "eidskog")})), HAMAR, EIDSKOG, ["visited_before"]),
        (Rules(frozenset({("eidskog", "hamar")})), HAMAR, EIDSKOG, []),
        (Rules(max_km=100), HAMAR, EIDSKOG, ["too_far"]),
        (Rules(max_km=101), HAMAR, EIDSKOG, []),
        (Rules(max_km=10_000), HAMAR, NOWHERE, ["too_far"]),
        (Rules(sizes=SAME_SIZE), HAMAR, STANGE, ["wrong_size"]),
        (Rules(sizes=SAME_SIZE), replace(HAMAR, size=16), STANGE, []),
        (Rules(sizes=OTHER_SIZE), replace(HAMAR, size=16), STANGE, ["wrong_size"]),
        (Rules(sizes=OTHER_SIZE), HAMAR, STANGE, []),
        (Rules(), EIDSKOG, NOWHERE, ["no_common_week"]),
    ],
)
def test_what_the_rules_forbid_has_a_reason(
    rules: Rules, visitor: Participant, host: Participant, codes: list[str]
) -> None:
    assert objections(rules, visitor, host) == codes


def test_nobody_is_away_in_the_week_of_a_visit_where_that_can_be_avoided() -> None:
    visits = dated([(HAMAR, STANGE), (STANGE, EIDSKOG), (EIDSKOG, HAMAR)])
    assert (
        visits
        == [
            Visit("eidskog", "hamar", WEEKS[0]),
            Visit("hamar", "stange", WEEKS[2]),
            Visit("stange", "eidskog", WEEKS[1]),
        ]
        or len({one.week for one in visits}) == 3
    )


def test_two_exchange_their_hosts_unless_a_rule_forbids_it() -> None:
    people = [HAMAR, EIDSKOG, STANGE, replace(NOWHERE, weeks=frozenset(WEEKS))]
    visits = dated(
        [(people[0], people[1]), (people[1], people[0]), (people[2], people[3]), (people[3], people[2])]
    )
    after = swapped(Rules(), people, visits, "hamar", "stange")
    assert {(one.visitor, one.host) for one in after} == {
        ("hamar", "nowhere"),
        ("stange", "eidskog"),
        ("eidskog", "hamar"),
        ("nowhere", "stange"),
    }
    assert faults(Rules(), people, after) == []
    with pytest.raises(SwapRefused) as refusal:
        swapped(Rules(), people, visits, "hamar", "eidskog")
    assert refusal.value.objections == [
        ("hamar", "hamar", "own_library"),
        ("eidskog", "eidskog", "own_library"),
    ]


def test_faults_of_a_plan_are_told() -> None:
    twice = [
        Visit("hamar", "eidskog", WEEKS[0]),
        Visit("hamar", "eidskog", WEEKS[3]),
        Visit("x", "hamar", WEEKS[0]),
    ]
    assert faults(Rules(), [HAMAR, EIDSKOG], twice) == [
        "hamar visits 2 libraries",
        "eidskog is visited by 2 libraries",
        "hamar to eidskog: not in a week of both",
        "x to hamar: somebody does not take part",
    ]


def _people(random: Random, count: int) -> list[Participant]:
    return [
        Participant(
            f"l{number:04}",
            None if random.random() < 0.05 else (random.uniform(58, 62), random.uniform(5, 12)),
            random.randint(1, 20),
            frozenset(random.sample(WEEKS, random.randint(1, 4))),
        )
        for number in range(count)
    ]


def _rules(random: Random, people: list[Participant]) -> Rules:
    names = [one.id for one in people]
    pairs = {(random.choice(names), random.choice(names)) for _ in range(len(names))}
    return Rules(
        frozenset(pairs),
        random.choice([None, None, 200, 400]),
        random.choice([ANY_SIZE, ANY_SIZE, SAME_SIZE, OTHER_SIZE]),
    )


def _km(people: list[Participant], pairs: list[tuple[Participant, Participant]]) -> int:
    arcs = vandring._Arcs(people, Rules())
    at = {one.id: number for number, one in enumerate(people)}
    numbers = np.array([[at[one.id], at[other.id]] for one, other in pairs], dtype=np.int64).reshape(-1, 2)
    return int(arcs.cost(numbers[:, 0], numbers[:, 1]).sum())


def _best(people: list[Participant], rules: Rules) -> tuple[int, int]:
    """How many sit out, and the cost of the ways, of the best plan: by trying every permutation."""
    best = []
    for hosts in permutations(people):
        pairs = [(one, other) for one, other in zip(people, hosts, strict=True) if one is not other]
        if not any(objections(rules, one, other) for one, other in pairs):
            best.append((len(people) - len(pairs), _km(people, pairs)))
    return min(best)


def test_the_plan_is_the_best_of_all_permutations() -> None:
    for seed in range(60):
        random = Random(seed)
        people = _people(random, random.randint(0, 5))
        rules = _rules(random, people) if people else Rules()
        plan = assign(random.sample(people, len(people)), rules)
        assert faults(rules, people, plan.visits) == []
        by_id = {one.id: one for one in people}
        pairs = [(by_id[one.visitor], by_id[one.host]) for one in plan.visits]
        assert plan.without_host == plan.without_visitor == plan.sits_out
        assert (len(plan.sits_out), _km(people, pairs)) == _best(people, rules)


def test_a_repair_keeps_every_other_visit_and_joins_as_many_of_those_left_over_as_possible() -> None:
    joined = 0
    for seed in range(60):
        random = Random(seed)
        people = _people(random, random.randint(2, 12))
        rules = _rules(random, people)
        before = assign(people, rules)
        gone = random.choice(people).id
        left = [one for one in people if one.id != gone]
        after = repaired(people, rules, before.visits, gone)
        kept = [one for one in before.visits if gone not in (one.visitor, one.host)]
        assert set(kept) <= set(after.visits)
        assert faults(rules, left, after.visits) == []
        joined += len(after.visits) - len(kept)
        for one in left:
            for other in left:
                if one.id in after.without_host and other.id in after.without_visitor:
                    assert objections(rules, one, other)
    assert joined > 20


def test_near_pairs_alone_are_hardly_longer_and_nobody_sits_out_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = Random(1)
    people = _people(random, 300)
    far = [Participant(f"far{number}", (69.0, 25.0 + number), 5, frozenset(WEEKS)) for number in range(2)]
    people = [*far, *(replace(one, weeks=frozenset(WEEKS), at=one.at or (60.0, 9.0)) for one in people)]
    rules = Rules(frozenset({("far0", "far1"), ("far1", "far0")}))
    whole = assign(people, rules)
    monkeypatch.setattr(vandring, "MOST_PAIRS", 20_000)
    monkeypatch.setattr(vandring, "NEAR", 40)
    cut = assign(people, rules)
    assert whole.sits_out == cut.sits_out == ()
    assert faults(rules, people, cut.visits) == []
    assert (whole.is_shortest, cut.is_shortest) == (True, False)
    by_id = {one.id: one for one in people}
    shortest, short = (
        _km(people, [(by_id[one.visitor], by_id[one.host]) for one in plan.visits]) for plan in (whole, cut)
    )
    assert shortest <= short <= 1.01 * shortest


def test_what_cannot_be_planned_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="takes part twice"):
        assign([HAMAR, HAMAR], Rules())
    with pytest.raises(ValueError, match="no people"):
        assign([replace(HAMAR, size=0)], Rules())
    years = frozenset(WEEKS[0] + timedelta(weeks=number) for number in range(63))
    with pytest.raises(ValueError, match="63 different weeks"):
        assign([replace(HAMAR, weeks=years)], Rules())
