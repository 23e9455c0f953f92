"""What the forms let one choose from."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from byttebank.contracts.refusals import Refusal
from byttebank.identifiers import is_id
from byttebank.public_holidays import public_holidays
from gateway import speech
from gateway.accounts import User
from gateway.amounts import half_days_from_text
from gateway.forms import Form
from gateway.here import here
from gateway.speech import say

Document = dict[str, Any]
Options = list[tuple[str, str]]
AMOUNTS = (1, 2, 4, 6, 10)
"""Half-days one may ask for with one press; the programming interface takes any."""
WEEKEND = (5, 6)
MAX_DATE_OPTIONS = 40
MOST_LIBRARIES = 200


def skill_options(*, kept: Collection[str] | None = ()) -> Options:
    """The vocabulary, by name: what may be chosen now, and of what is retired those `kept` (None: all).

    Refuses: what the directory refuses.
    """
    options = [
        (skill["code"], speech.capitalised(speech.skill_name(skill["code"])))
        for skill in here().names.skills()
        if not skill["is_retired"] or kept is None or skill["code"] in kept
    ]
    return sorted(options, key=lambda option: option[1].casefold())


def amount_options(most_half_days: int = AMOUNTS[-1]) -> Options:
    """Half a day, a day, and more, up to the most; always at least one."""
    amounts = [amount for amount in AMOUNTS if amount <= most_half_days] or [most_half_days]
    return [(days_text(amount), speech.capitalised(speech.days_count(amount))) for amount in amounts]


def days_text(half_days: int) -> str:
    """The amount as a form sends it: `0.5`, `2`."""
    return f"{half_days / 2:g}"


def place_options() -> Options:
    """Where the work may be done, as the host says it."""
    return [("host", say("Hos oss")), ("home", say("Hjemmefra")), ("online", say("På nett"))]


def own_colleagues(user: User) -> list[Document]:
    """The colleagues of the user's library. Refuses: what the directory refuses."""
    return here().backend.directory.list_colleagues(user.library_id, user.actor)


def colleague_options(colleagues: list[Document]) -> Options:
    """Colleagues by name."""
    return [(one["id"], one["name"] or say("en kollega")) for one in colleagues]


def library_options(own_id: str, chosen_id: str) -> Options:
    """Nobody in particular, then the county's other libraries by name, and the chosen one wherever it is."""
    listed = here().backend.directory.list_libraries(here().settings.county, limit=MOST_LIBRARIES)["items"]
    found = {one["id"]: one["short_name"] for one in listed if one["id"] != own_id}
    chosen = here().names.library_document(chosen_id) if is_id(chosen_id) else None
    if chosen is not None:
        found.setdefault(chosen_id, f"{chosen['short_name']} ({speech.county_name(chosen['county'])})")
    return [("", say("Nei, vis hvem som passer")), *sorted(found.items(), key=lambda one: one[1].casefold())]


def date_windows(days: list[str], half_days: int) -> Options:
    """So many of the days in a row as the amount needs: the choices of a form, as `day,day` and in words."""
    needed = max(1, -(-half_days // 2))
    windows = [days[start : start + needed] for start in range(len(days) - needed + 1)]
    return [
        (",".join(window), speech.capitalised(speech.on_days(window)))
        for window in windows[:MAX_DATE_OPTIONS]
    ]


def amount_of(form: Form) -> int | None:
    """The half-days of the form's `mengde`, or None: not chosen, or said beside the field to be wrong."""
    if not form.text("mengde"):
        return None
    try:
        return half_days_from_text(form.text("mengde"))
    except Refusal as refusal:
        form.refuse(refusal, {refusal.code: "mengde", "/days": "mengde"})
        return None


def days_from(days: list[str], first: str, half_days: int) -> list[str] | None:
    """The first day and as many of the next as the amount needs, or None when there are too few."""
    needed = max(1, -(-half_days // 2))
    rest = [day for day in days if day >= first]
    return rest[:needed] if len(rest) >= needed and rest[0] == first else None


def working_days(first: str, last: str, today: date, weekdays: Sequence[int] = ()) -> list[str]:
    """The days of these weekdays (1 Monday) from the first to the last day, none before today.

    Without weekdays: Monday to Friday; or a weekend, if that is all.
    """
    day, end, found = max(date.fromisoformat(first), today), date.fromisoformat(last), []
    while day <= end:
        found.append(day)
        day += timedelta(days=1)
    if weekdays:
        return [day.isoformat() for day in found if day.isoweekday() in weekdays]
    return [day.isoformat() for day in found if day.weekday() not in WEEKEND] or [
        day.isoformat() for day in found
    ]


def open_days(days: list[str], library: Document | None) -> list[str]:
    """Those of the days on which somebody can come: no public holiday there, no closed day of its own."""
    if library is None:
        return days
    country, closed = library["country"], set(library["closed_dates"])
    return [
        day
        for day in days
        if day not in closed
        and not (country and date.fromisoformat(day) in public_holidays(country, int(day[:4])))
    ]


def chosen_days(text: str) -> list[str] | None:
    """The days of a form's choice, or None when it is none."""
    days = text.split(",")
    try:
        return [date.fromisoformat(day).isoformat() for day in days]
    except ValueError:
        return None
