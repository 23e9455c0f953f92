"""How do we stand: one figure in words, the picture, and the parts behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway import speech
from gateway.pictures.blocks import Blocks, day_blocks
from gateway.speech import say
from gateway.statements import other_name

Document = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """The panel. `before`, `figure`, `after`: the main figure as three parts of one sentence."""

    before: str
    figure: str
    after: str
    hint: str
    picture: Blocks | None
    picture_words: str
    free_words: str
    held_words: str
    sums: tuple[tuple[str, str], ...]

    @property
    def sentence(self) -> str:
        return " ".join(part for part in (self.before, self.figure, self.after) if part)


def standing(account: Document, reservations: Sequence[Document] = ()) -> Standing:
    """The account as its own library reads it. Never a minus sign in the main figure."""
    available, reserved = account["available_half_days"], account["reserved_half_days"]
    picture = day_blocks(available, reserved)
    before, figure, after, hint = _figure(account)
    free = speech.days_count(max(available, 0))
    held = speech.days_count(reserved)
    return Standing(
        before=before,
        figure=figure,
        after=after,
        hint=hint,
        picture=picture if picture.blocks else None,
        picture_words=say(
            "Ruter, én for hver dag: {free} kan dere be om, {held} er satt av.", free=free, held=held
        ),
        free_words=say("{free} kan dere be om", free=free) if available > 0 else "",
        held_words=_held_words(held, reservations) if reserved else "",
        sums=_sums(account),
    )


def _figure(account: Document) -> tuple[str, str, str, str]:
    available, balance = account["available_half_days"], account["balance_half_days"]
    if available > 0:
        return say("Dere kan be om"), speech.days_count(available), say("nå"), ""
    hint = say("Tilby en dag, så kan dere be om hjelp igjen.")
    if balance < 0:
        return say("Dere har lovet"), speech.days_count(-balance), "", hint
    if account["reserved_half_days"] > 0:
        return say("Alt er satt av:"), speech.days_count(account["reserved_half_days"]), "", hint
    return say("Dere har gitt like mye som dere har fått"), "", "", hint


def _held_words(held: str, reservations: Sequence[Document]) -> str:
    if not reservations:
        return say("{held} er satt av", held=held)
    who = speech.names(
        [
            say("{library} {date}", library=other_name(one), date=speech.short(one["work_date"]))
            for one in reservations[:4]
        ]
    )
    return say("{held} er satt av: {who}", held=held, who=who)


def _sums(account: Document) -> tuple[tuple[str, str], ...]:
    balance, reserved, limit = (
        account[name] for name in ("balance_half_days", "reserved_half_days", "limit_half_days")
    )
    if balance < 0:
        first = (say("Lovet: dager dere har fått mer enn dere har gitt"), f"− {speech.days_count(-balance)}")
    else:
        first = (say("Dager å bruke: dere har gitt mer enn dere har fått"), speech.days_count(balance))
    available = account["available_half_days"]
    last = speech.days_count(available) if available >= 0 else f"− {speech.days_count(-available)}"
    promised = account.get("promised_half_days", 0)
    covered = ((say("Lovet tilbake, og med i regnestykket"), f"+ {speech.days_count(promised)}"),)
    return (
        first,
        (say("Kan lånes mot et løfte"), f"+ {speech.days_count(limit)}"),
        *(covered if promised else ()),
        (say("Satt av til avtaler"), f"{'− ' if reserved else ''}{speech.days_count(reserved)}"),
        (say("Dere kan be om"), last),
    )
