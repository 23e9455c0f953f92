"""Days of the week that come again."""

from datetime import date

from byttebank.language import weekday_name
from gateway import speech
from gateway.speech import N_, say

EVERY = (
    N_("mandager"),
    N_("tirsdager"),
    N_("onsdager"),
    N_("torsdager"),
    N_("fredager"),
    N_("lørdager"),
    N_("søndager"),
)


def weekday_options() -> list[tuple[str, str]]:
    """Monday to Sunday as a form's choices, `1` to `7` (ISO 8601)."""
    language = speech.speech().language
    return [
        (str(number), speech.capitalised(weekday_name(date(2024, 1, number), language)))
        for number in range(1, 8)
    ]


def every(weekdays: list[int]) -> str:
    """mandager og onsdager."""
    return speech.names([say(EVERY[number - 1]) for number in weekdays])
