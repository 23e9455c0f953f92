"""A round of matching: what it asks for, its stages, its matches, and the hashes of its input and plan."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from byttebank.contracts.refusals import DateOrder, DatePast, DateTooFar, FieldMissing, NotNow
from services.matching.domain.instance import PlannedDay
from services.matching.domain.proposal import FULL_DAY, MAX_MONTHS_AHEAD, months_after

AWAITING = frozenset({"gathering", "collecting", "comparing"})
"""The ledger or other counties have the next word."""
AT_WORK = AWAITING | {"waiting", "computing", "publishing"}
"""Something happens by itself; another round of the county would look at the same requests."""
DISCARDABLE = AWAITING | {"waiting", "computed", "interrupted", "failed"}
AGAIN = frozenset({"interrupted", "failed"})

Document = dict[str, Any]


@dataclass(frozen=True)
class Terms:
    """What the county library asks for. `days_each`: the most days of one colleague."""

    name: str
    first_on: date
    last_on: date
    reply_by_on: date
    days_each: int


def check_terms(terms: Terms, today: date) -> None:
    """The round can be asked for today: a name, days to come in order, and time to answer before the last.

    Refuses: FieldMissing (name), DatePast, DateOrder, DateTooFar.
    """
    if not terms.name.strip():
        raise FieldMissing(field="name")
    if terms.first_on > terms.last_on:
        raise DateOrder(first_on=terms.first_on.isoformat(), last_on=terms.last_on.isoformat())
    for day in (terms.last_on, terms.reply_by_on):
        if day < today:
            raise DatePast(date=day.isoformat())
    if terms.reply_by_on > terms.last_on:
        raise DateOrder(first_on=terms.reply_by_on.isoformat(), last_on=terms.last_on.isoformat())
    if terms.last_on > months_after(today, MAX_MONTHS_AHEAD):
        raise DateTooFar(date=terms.last_on.isoformat(), months=MAX_MONTHS_AHEAD)


def check_stage(stage: str, allowed: frozenset[str], act: str) -> None:
    """The act is possible in this stage. Refuses: NotNow."""
    if stage not in allowed:
        raise NotNow(state=stage, act=act)


def canonical(document: Any) -> str:
    """The document as the one JSON text that is hashed: keys in order, no spaces, no escapes (RFC 8785's)."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hash_of(text: str) -> str:
    """SHA-256 of the text in UTF-8, hexadecimal."""
    return sha256(text.encode()).hexdigest()


def pseudonym(salt: str, kind: str, *ids: str) -> str:
    """The name of a thing in the input: the same within the round, and nothing outside it."""
    return sha256("\n".join((salt, kind, *ids)).encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Match:
    """One colleague helps with one request on these dates, on the last perhaps for half a day."""

    engagement_id: str
    request_id: str
    offer_id: str
    colleague_id: str
    dates: tuple[date, ...]
    half_days: int


def matches_of(
    plan: Sequence[PlannedDay], names: Mapping[str, Any], engagement_id: Callable[[str, str], str]
) -> list[Match]:
    """The plan's days gathered by request and colleague, in the order of their ids.

    `names`: as `round_input.RoundInput` holds them. `engagement_id`: of the request and the colleague.
    """
    days: dict[tuple[str, str], list[tuple[date, str]]] = {}
    end_half = {names["requests"][one] for one in names.get("end_half", ())}
    for day in plan:
        helper = names["helpers"][day.colleague]
        request_id = names["requests"][day.request]
        offer_id = helper["offers"][request_id]
        days.setdefault((request_id, helper["colleague_id"]), []).append((day.date, offer_id))
    return [
        Match(
            engagement_id(request_id, colleague_id),
            request_id,
            min(found)[1],
            colleague_id,
            tuple(sorted(day for day, _ in found)),
            FULL_DAY * len(found) - (request_id in end_half),
        )
        for (request_id, colleague_id), found in sorted(days.items())
    ]


def plan_hash(plan: Sequence[PlannedDay]) -> str:
    """The hash of a plan, which anybody who solves the same input gets too."""
    return hash_of(canonical([[one.request, one.colleague, one.date.isoformat()] for one in sorted(plan)]))
