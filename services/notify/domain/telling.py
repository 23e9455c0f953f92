"""Who is told what when an engagement has come to a state.

The rules look at the state alone, never at which state it came from, so that messages may arrive twice,
late and out of order: a notice is told once for its (engagement, key, occasion, recipient), whichever
version brought it. Keys are those of the word list, section 4, and the states of section 2.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.notify.domain.engagement import Engagement

PARTIES = ("lender", "host", "colleague", "county")
"""The lender's and the host's library, the colleague in person, and the county library of the home."""

NAMING_KEYS = ("agreed", "reminder_1")
"""Only these carry the names of the colleague and the host contact: before, nobody has agreed to it."""


@dataclass(frozen=True)
class Telling:
    """One party is told one thing. `occasion` sets apart what may be told again in one engagement."""

    party: str
    key: str
    occasion: str = ""
    is_mailed: bool = True


@dataclass(frozen=True)
class _Rule:
    key: str
    parties: Callable[[Engagement], Iterable[str]]
    is_mailed: bool = True
    occasion: str = ""
    is_counted: bool = False
    """Told again for each wish to move the engagement."""
    is_repeated: bool = False
    """Told again when the state is entered again, instead of once per occasion."""
    applies: Callable[[Engagement], bool] = lambda engagement: True


def _those_who_have_not_answered(engagement: Engagement) -> Iterable[str]:
    return engagement.unanswered_parties()


def _everybody(engagement: Engagement) -> Iterable[str]:
    return ("lender", "host", "colleague")


def _all_but_the_one_who_acted(engagement: Engagement) -> Iterable[str]:
    return [party for party in _everybody(engagement) if party != engagement.actor]


def _those_who_do_not_know(engagement: Engagement) -> Iterable[str]:
    """A proposal that the host's county turned down by rule is news to the lender's side only."""
    return ("lender", "colleague") if engagement.refusal else _all_but_the_one_who_acted(engagement)


def _silent_sides_and_colleague(engagement: Engagement) -> Iterable[str]:
    return (*engagement.silent_sides(), "colleague")


def _silent_sides(engagement: Engagement) -> Iterable[str]:
    return engagement.silent_sides()


def _both_sides(engagement: Engagement) -> Iterable[str]:
    return ("lender", "host")


def _both_sides_and_the_county(engagement: Engagement) -> Iterable[str]:
    return ("lender", "host", "county")


def _host(engagement: Engagement) -> Iterable[str]:
    return ("host",)


def _colleague(engagement: Engagement) -> Iterable[str]:
    return ("colleague",)


def _county(engagement: Engagement) -> Iterable[str]:
    return ("county",)


def _everybody_and_the_county(engagement: Engagement) -> Iterable[str]:
    return PARTIES


def _those_asked_to_move(engagement: Engagement) -> Iterable[str]:
    return engagement.asked_to_move()


def _is_asked_to_move(engagement: Engagement) -> bool:
    return engagement.move is not None


def _has_moved(engagement: Engagement) -> bool:
    return engagement.move_lines[-1:] == ("moved",)


def _stays(engagement: Engagement) -> bool:
    return engagement.move_lines[-1:] == ("move_declined",)


def _cannot_move(engagement: Engagement) -> bool:
    return engagement.move_lines[-1:] == ("move_turned_down",)


def _is_answered(engagement: Engagement) -> bool:
    return bool(engagement.happened)


def _is_first_asked(engagement: Engagement) -> bool:
    return engagement.replaces is None


def _is_asked_instead(engagement: Engagement) -> bool:
    return engagement.replaces is not None


def _is_turned_down(engagement: Engagement) -> bool:
    return engagement.is_turned_down


def _is_disagreed(engagement: Engagement) -> bool:
    return not engagement.is_turned_down


def _has_deadline(engagement: Engagement) -> bool:
    return engagement.confirm_by_on is not None


def _has_none(engagement: Engagement) -> bool:
    return engagement.confirm_by_on is None


def _both_answered(engagement: Engagement) -> bool:
    return not engagement.silent_sides()


def _silence_answered(engagement: Engagement) -> bool:
    return bool(engagement.silent_sides())


_CONFIRMED = (
    _Rule("confirmed", _both_sides, applies=_both_answered),
    _Rule("confirmed_by_silence", _both_sides, applies=_silence_answered),
    _Rule("confirmed", _colleague),
)

RULES: Mapping[str, tuple[_Rule, ...]] = {
    "proposed": (
        _Rule("proposal", _those_who_have_not_answered, applies=_is_first_asked),
        _Rule("replacement", _those_who_have_not_answered, applies=_is_asked_instead),
    ),
    "reserving": (),
    "refused": (_Rule("refused", _host, is_repeated=True),),
    # A first answer "no" leaves it agreed, and the other side is asked.
    "agreed": (
        _Rule("agreed", _everybody),
        _Rule("did_it_happen", _silent_sides, applies=_is_answered),
        _Rule("move", _those_asked_to_move, applies=_is_asked_to_move, is_counted=True),
        _Rule("moved", _everybody, applies=_has_moved, is_counted=True),
        _Rule("move_declined", _both_sides, applies=_stays, is_counted=True),
        _Rule("move_turned_down", _both_sides, applies=_cannot_move, is_counted=True),
    ),
    "carried_out": (
        _Rule("did_it_happen_again", _silent_sides, applies=_has_deadline),
        _Rule("did_it_happen", _silent_sides, applies=_has_none),
    ),
    "confirmed": _CONFIRMED,
    # Whoever missed "confirmed" because "settled" overtook it is told now. Settling itself asks nobody to
    # do anything, so it is a notice without a mail.
    "settled": (*_CONFIRMED, _Rule("settled", _both_sides, is_mailed=False)),
    "declined": (_Rule("declined", _those_who_do_not_know),),
    "expired": (_Rule("expired", _everybody),),
    "cancelled": (_Rule("cancelled", _all_but_the_one_who_acted),),
    "no_show": (_Rule("no_show", _both_sides, is_mailed=False),),
    "disputed": (
        _Rule("disputed", _everybody_and_the_county, applies=_is_disagreed),
        _Rule("turned_down", _both_sides_and_the_county, applies=_is_turned_down),
    ),
    "unanswered": (
        _Rule("did_it_happen", _silent_sides, occasion="unanswered"),
        _Rule("nobody_answered", _county),
    ),
}
"""By state, every state of `contracts.resources.ENGAGEMENT_STATES`."""

REMINDERS: Mapping[str, Callable[[Engagement], Iterable[str]]] = {
    "proposal_reminder": _those_who_have_not_answered,
    "reminder_7": _everybody,
    "reminder_1": _everybody,
    "did_it_happen": _silent_sides_and_colleague,
}
"""By key: who is told when the time has come (`domain.reminders` says when)."""


def tellings(engagement: Engagement, previous_state: str | None) -> tuple[Telling, ...]:
    """Everyone who must know that the engagement has come to its state, in all counties.

    `previous_state` is what was known before this version, None for nothing; it only keeps a second
    message about the same stay in a state from counting as a new one.
    Refuses: `KeyError` for a state without rules.
    """
    told = []
    for rule in RULES[engagement.state]:
        if not rule.applies(engagement) or (rule.is_repeated and previous_state == engagement.state):
            continue
        occasion = str(engagement.version) if rule.is_repeated else rule.occasion
        if rule.is_counted:
            occasion = f"move {engagement.move_lines.count('move_asked')}"
        told += [Telling(party, rule.key, occasion, rule.is_mailed) for party in rule.parties(engagement)]
    return tuple(told)


def reminder_tellings(engagement: Engagement, key: str) -> tuple[Telling, ...]:
    """Everyone who is told when a reminder's time has come. Refuses: `KeyError` for an unknown key."""
    return tuple(Telling(party, key) for party in REMINDERS[key](engagement))


def is_told_here(engagement: Engagement, party: str, county: str) -> bool:
    """Whether the party belongs to the county; the other county tells its own."""
    home = engagement.lender_county if party in ("lender", "colleague") else engagement.home_county
    return home == county


def parameters(engagement: Engagement, telling: Telling, short_names: Mapping[str, str]) -> dict[str, Any]:
    """What the words of a notice are made with: JSON values, dates as `YYYY-MM-DD`.

    Always `party`, `host`, `lender`, `library` (the other library, or the one that acted), `dates`,
    `purpose`, `proposed_by`; `half_days` where days move; `reply_by`, `confirm_by`, `release_on`,
    `dispute_by`, `contact`, `name`, `refusal` and `move_to` (dates asked for) where they are known and
    belong.
    `short_names`: library id to the name people use.
    """
    host = short_names.get(engagement.host_library_id, engagement.host_library_name)
    lender = short_names.get(engagement.lender_library_id, engagement.lender_library_name)
    is_unanswered = engagement.state == "unanswered"
    found: dict[str, Any] = {
        "party": telling.party,
        "host": host,
        "lender": lender,
        "library": _named_library(engagement, telling, host, lender),
        "dates": [day.isoformat() for day in engagement.dates],
        "purpose": engagement.purpose,
        "proposed_by": engagement.proposed_by,
        "half_days": engagement.half_days if engagement.moves_days else None,
        "reply_by": _text(engagement.reply_by_on),
        "confirm_by": _text(engagement.confirm_by_on),
        "release_on": _text(engagement.release_on) if is_unanswered else None,
        "dispute_by": _text(engagement.dispute_by_on),
        "move_to": _move_to(engagement, telling),
        "refusal": engagement.refusal if telling.key in ("refused", "declined") else None,
    }
    if telling.key in NAMING_KEYS and telling.party != "county":
        found["contact"] = engagement.host_contact_name
        found["name"] = engagement.colleague_name
    return {name: value for name, value in found.items() if value is not None}


def _move_to(engagement: Engagement, telling: Telling) -> list[str] | None:
    return list(engagement.move["dates"]) if engagement.move and telling.key == "move" else None


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _named_library(engagement: Engagement, telling: Telling, host: str, lender: str) -> str:
    """The one that said no where somebody did, never the colleague; otherwise the reader's other party."""
    if telling.key == "move" and engagement.move is not None:
        return host if engagement.move["asked_by"] == engagement.host_library_id else lender
    if telling.key == "declined" and engagement.actor is not None:
        return host if engagement.actor == "host" else lender
    return lender if telling.party == "host" else host
