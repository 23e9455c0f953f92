"""The settlement rules alone: each answer, then every interleaving that a hostile wire can make of them."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from ledger_cast import ASKER, EIDSKOG, NOW, number

from byttebank.contracts.peer import REJECT_CODES
from byttebank.contracts.refusals import Contradiction, NotNow
from services.ledger.domain import settlement
from services.ledger.domain.settlement import (
    FULFILLED,
    REJECTED,
    Act,
    Circumstances,
    Decision,
    Original,
    Verdict,
    judge,
    leaves_claim,
)
from services.ledger.domain.transfers import Transfer

ORDER = Transfer(
    id=number(101),
    payer_library_id=EIDSKOG,
    payee_library_id=ASKER,
    payer_county="innlandet",
    payee_county="akershus",
    amount=2,
    unit="half_day",
    engagement_id=number(501),
    part=1,
    skill=None,
    work_date=date(2026, 11, 20),
)
USUAL = Circumstances(
    today=date(2026, 11, 22),
    now=NOW,
    received_at=NOW,
    peer_is_active=True,
    room_half_days=200,
    payee_county="akershus",
    payer_county="innlandet",
    id_is_taken=False,
    is_fulfilled=False,
    original=None,
)


def judged(order: dict[str, Any], facts: dict[str, Any]) -> tuple[str, str | None]:
    verdict = judge(replace(ORDER, **order), replace(USUAL, **facts))
    return verdict.kind, verdict.code


@pytest.mark.parametrize(
    ("order", "facts", "verdict"),
    [
        ({}, {}, (FULFILLED, None)),
        ({}, {"room_half_days": 2}, (FULFILLED, None)),
        ({}, {"room_half_days": 1}, ("waiting", "fuse")),
        ({}, {"peer_is_active": False}, ("waiting", "frozen")),
        ({"amount": 0}, {"peer_is_active": False}, ("waiting", "frozen")),
        ({}, {"payee_county": None}, ("waiting", "payee_unknown")),
        ({}, {"payee_county": None, "now": NOW + timedelta(hours=24)}, (REJECTED, "payee_unknown")),
        ({}, {"payee_county": "oslo"}, (REJECTED, "payee_unknown")),
        ({}, {"payer_county": None}, (FULFILLED, None)),
        ({}, {"payer_county": "akershus"}, (REJECTED, "malformed")),
        ({}, {"id_is_taken": True}, (REJECTED, "malformed")),
        ({}, {"is_fulfilled": True}, (REJECTED, "already_fulfilled")),
        ({}, {"is_fulfilled": True, "room_half_days": 0}, (REJECTED, "already_fulfilled")),
        ({"amount": 0}, {}, (REJECTED, "malformed")),
        ({"unit": "nok_ore"}, {}, (REJECTED, "malformed")),
        ({"payee_library_id": EIDSKOG}, {}, (REJECTED, "malformed")),
        ({"work_date": date(2040, 1, 1)}, {}, (REJECTED, "malformed")),
    ],
)
def test_a_prepare_is_judged(order: dict[str, Any], facts: dict[str, Any], verdict: tuple[str, str]) -> None:
    assert judged(order, facts) == verdict


WENT_BEFORE = replace(
    ORDER,
    id=number(100),
    payer_library_id=ASKER,
    payee_library_id=EIDSKOG,
    payer_county="akershus",
    payee_county="innlandet",
)
BACK = {"reverses": number(100)}


@pytest.mark.parametrize(
    ("original", "facts", "verdict"),
    [
        (Original(WENT_BEFORE, "posted", 2), {}, (FULFILLED, None)),
        (Original(WENT_BEFORE, "posted", 2), {"room_half_days": -5}, (FULFILLED, None)),
        (Original(WENT_BEFORE, "posted", 2), {"peer_is_active": False}, ("waiting", "frozen")),
        (Original(WENT_BEFORE, "posted", 1), {}, (REJECTED, "malformed")),
        (Original(WENT_BEFORE, "prepared", 2), {}, ("waiting", "original_unanswered")),
        (Original(WENT_BEFORE, "pending", 2), {}, (REJECTED, "malformed")),
        (Original(WENT_BEFORE, "voided", 0), {}, (REJECTED, "malformed")),
        (None, {}, (REJECTED, "malformed")),
        (Original(replace(WENT_BEFORE, payee_county="oslo"), "posted", 2), {}, (REJECTED, "malformed")),
        (
            Original(replace(WENT_BEFORE, payee_library_id=number(9)), "posted", 2),
            {},
            (REJECTED, "malformed"),
        ),
        (Original(replace(WENT_BEFORE, part=2), "posted", 2), {}, (REJECTED, "malformed")),
        (Original(replace(WENT_BEFORE, reverses=number(99)), "posted", 2), {}, (REJECTED, "malformed")),
    ],
)
def test_a_reversal_is_judged_by_its_original(
    original: Original | None, facts: dict[str, Any], verdict: tuple[str, str]
) -> None:
    assert judged(BACK, {**facts, "original": original}) == verdict


def test_no_is_only_for_reasons_that_last() -> None:
    """Whatever a limit, a freeze or a silence can change makes a PREPARE wait."""
    for facts in ({"room_half_days": -(10**6)}, {"peer_is_active": False}, {"payee_county": None}):
        assert judged({}, facts)[0] == "waiting"


def test_every_code_of_a_no_is_one_that_peers_know() -> None:
    codes = {"malformed", "payee_unknown", "already_fulfilled", "cancelled"}
    assert codes <= set(REJECT_CODES)


def test_a_delivered_day_that_was_turned_down_is_claimed_unless_it_is_paid() -> None:
    assert leaves_claim(ORDER, "cancelled")
    assert leaves_claim(ORDER, "payee_unknown")
    assert not leaves_claim(ORDER, "already_fulfilled")
    assert not leaves_claim(replace(ORDER, reverses=number(1)), "cancelled")


@pytest.mark.parametrize("state", [None, "pending", "voided", "expired"])
def test_a_fulfil_out_of_the_blue_contradicts(state: str | None) -> None:
    with pytest.raises(Contradiction):
        settlement.take_fulfil("akershus", number(101), state, "h", "h")


@pytest.mark.parametrize("state", [None, "pending", "posted", "expired"])
def test_a_reject_out_of_the_blue_contradicts(state: str | None) -> None:
    with pytest.raises(Contradiction):
        settlement.take_reject("akershus", number(101), state)


# Every interleaving, small scope: one engagement, two transfers for it, each of which the payer's county may
# send, cancel and ask for again at any moment it is allowed to. The wire keeps everything ever sent and may
# deliver any of it at any time, any number of times, in any order: loss is what is not delivered yet, and a
# crash before a commit is the same as not delivered.

IDS = (number(101), number(102))
Message = tuple[str, str]


@dataclass(frozen=True)
class World:
    """Both counties and the wire. One place per transfer."""

    payer: tuple[str, ...] = ("pending", "pending")
    received: tuple[bool, ...] = (False, False)
    decisions: tuple[Decision | None, ...] = (None, None)
    is_frozen: bool = True
    sent: frozenset[Message] = frozenset()


def put(values: tuple[Any, ...], place: int, value: Any) -> tuple[Any, ...]:
    return (*values[:place], value, *values[place + 1 :])


def next_worlds(world: World) -> Iterator[World]:
    """All worlds one step away."""
    for place, transfer_id in enumerate(IDS):
        if world.payer[place] == "pending":
            sent = world.sent | {("PREPARE", transfer_id)}
            yield replace(world, payer=put(world.payer, place, "prepared"), sent=sent)
        try:
            settlement.check_cancel(world.payer[place])
        except NotNow:
            continue
        yield replace(world, sent=world.sent | {("CANCEL", transfer_id)})
    yield decide_waiting(replace(world, is_frozen=not world.is_frozen))
    for message in world.sent:
        yield delivered(world, message)


def delivered(world: World, message: Message) -> World:
    kind, transfer_id = message
    place = IDS.index(transfer_id)
    decision = world.decisions[place]
    if kind == "PREPARE":
        known = transfer_id if world.received[place] else None
        act = settlement.take_prepare("innlandet", transfer_id, known, decision, transfer_id)
        world = replace(world, received=put(world.received, place, True))
        return answered(world, place) if act is Act.ANSWER else decide_waiting(world)
    if kind == "CANCEL":
        if settlement.take_cancel(decision) is Act.ANSWER:
            return answered(world, place)
        return answered(decided(world, place, Verdict(REJECTED, "cancelled")), place)
    if kind == "FULFIL":
        act = settlement.take_fulfil("akershus", transfer_id, world.payer[place], transfer_id, transfer_id)
    else:
        act = settlement.take_reject("akershus", transfer_id, world.payer[place])
    state = {Act.POST: "posted", Act.VOID: "voided", Act.NOTHING: world.payer[place]}[act]
    return replace(world, payer=put(world.payer, place, state))


def decide_waiting(world: World) -> World:
    for place, transfer_id in enumerate(IDS):
        if world.received[place] and world.decisions[place] is None:
            others = [one for one in world.decisions if one and one.verdict == FULFILLED]
            facts = replace(USUAL, peer_is_active=not world.is_frozen, is_fulfilled=bool(others))
            verdict = settlement.judge(replace(ORDER, id=transfer_id), facts)
            if verdict.kind != "waiting":
                world = answered(decided(world, place, verdict), place)
    return world


def decided(world: World, place: int, verdict: Verdict) -> World:
    decision = Decision(verdict.kind, verdict.code, IDS[place] if world.received[place] else None)
    return replace(world, decisions=put(world.decisions, place, decision))


def answered(world: World, place: int) -> World:
    decision = world.decisions[place]
    assert decision is not None
    kind = "FULFIL" if decision.verdict == FULFILLED else "REJECT"
    return replace(world, sent=world.sent | {(kind, IDS[place])})


def broken_in(world: World) -> list[str]:
    broken = []
    for place, decision in enumerate(world.decisions):
        verdict = decision.verdict if decision else None
        if world.payer[place] == "posted" and verdict != FULFILLED:
            broken.append("posted without being fulfilled")
        if world.payer[place] == "voided" and verdict != REJECTED:
            broken.append("voided without being rejected")
    if sum(1 for one in world.decisions if one and one.verdict == FULFILLED) > 1:
        broken.append("one part fulfilled twice")
    return broken


steps = next_worlds
"""Replaced where a test wants to see a mistake found."""


def every_world() -> set[World]:
    start = World()
    seen, queue = {start}, deque([start])
    while queue:
        for world in steps(queue.popleft()):
            assert broken_in(world) == []
            if world not in seen:
                seen.add(world)
                queue.append(world)
    return seen


def healed(world: World) -> World:
    """Everything sent is delivered, the peer thawed, until nothing changes."""
    while True:
        after = decide_waiting(replace(world, is_frozen=False))
        for message in sorted(after.sent):
            after = delivered(after, message)
        if after == world:
            return world
        world = after


def test_no_interleaving_breaks_the_books_and_every_one_of_them_heals() -> None:
    worlds = every_world()
    assert len(worlds) > 400
    for world in worlds:
        after = healed(world)
        assert "prepared" not in after.payer
        assert broken_in(after) == []


def test_both_ends_are_reached_by_some_interleaving() -> None:
    ends = {world.payer for world in every_world()}
    assert {("posted", "voided"), ("voided", "posted"), ("voided", "voided")} <= ends
    assert ("posted", "posted") not in ends


def test_the_search_sees_a_county_that_forgets_its_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settlement, "take_cancel", lambda _decision: Act.TURN_DOWN)
    with pytest.raises((AssertionError, Contradiction)):
        every_world()


def test_the_search_sees_a_county_that_fulfils_a_part_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settlement, "judge", lambda order, facts: Verdict(FULFILLED))
    with pytest.raises(AssertionError):
        every_world()


def test_the_search_sees_a_county_that_gives_up_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    def impatient(world: World) -> Iterator[World]:
        yield from next_worlds(world)
        for place, state in enumerate(world.payer):
            if state == "prepared":
                yield replace(world, payer=put(world.payer, place, "voided"))

    monkeypatch.setattr("test_ledger_settlement_rules.steps", impatient)
    with pytest.raises((AssertionError, Contradiction)):
        every_world()


def test_the_clock_of_the_rules_is_an_argument() -> None:
    assert judged({}, {"payee_county": None, "now": datetime(2030, 1, 1, tzinfo=UTC)})[0] == REJECTED
