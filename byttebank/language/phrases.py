"""Numbers, dates and lists as people write them. Between a number and its unit stands a no-break space."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from byttebank.language.vocabulary import NO_BREAK, Vocabulary, vocabulary

MINUS = "\u2212"
EN_DASH = "\u2013"


def days_phrase(half_days: int, language: str = "nb") -> str:
    """An amount of days inside a sentence: ingen dager, en halv dag, en dag, 1,5 dager, 2 dager.

    Refuses: `ValueError` below zero: which way the days went is said by the sentence.
    """
    words = vocabulary(language)
    _not_below_zero(half_days, "half_days")
    if half_days in (0, 1, 2):
        return (words.no_days, words.half_day, words.one_day)[half_days]
    return f"{days_column(half_days, language=language)}{NO_BREAK}{words.days}"


def days_count(half_days: int, language: str = "nb") -> str:
    """An amount of days where the figure stands out: 0 dager, en halv dag, 1 dag, 1,5 dager, 4 dager.

    Refuses: `ValueError` below zero, as `days_phrase`.
    """
    words = vocabulary(language)
    _not_below_zero(half_days, "half_days")
    if half_days == 1:
        return words.half_day
    unit = words.counted_day if half_days == 2 else words.days
    return f"{days_column(half_days, language=language)}{NO_BREAK}{unit}"


def days_column(half_days: int, signed: bool = False, language: str = "nb") -> str:
    """An amount of days in a column of figures: 0,5, 1, −2; `signed` also writes +1."""
    words = vocabulary(language)
    if not isinstance(half_days, int):
        raise TypeError(f"half_days is a whole number of half-days, not {half_days!r}")
    whole, half = divmod(abs(half_days), 2)
    sign = MINUS if half_days < 0 else "+" if signed and half_days > 0 else ""
    decimals = f"{words.decimal_comma}5" if half else ""
    return f"{sign}{_grouped(whole, words)}{decimals}"


def date_sentence(day: date, language: str, today: date) -> str:
    """A date inside a sentence: torsdag 4. mars; in another year than `today`'s 4. mars 2027."""
    words = vocabulary(language)
    if day.year != today.year:
        return f"{_day_month(day, words)} {day.year}"
    return f"{words.weekdays[day.weekday()]} {_day_month(day, words)}"


def date_short(day: date, language: str, today: date) -> str:
    """A date in a list, kept on one line: tor. 4. mars, tor. 26. nov.; in another year 4. mars 2027."""
    words = vocabulary(language)
    day_month = f"{day.day}{words.ordinal} {words.short_months[day.month - 1]}"
    if day.year != today.year:
        return f"{day_month} {day.year}".replace(" ", NO_BREAK)
    return f"{words.short_weekdays[day.weekday()]} {day_month}".replace(" ", NO_BREAK)


def date_near(day: date, language: str, today: date) -> str:
    """i går, i dag or i morgen where it is so, otherwise `date_sentence`. Not for anything kept."""
    distance = (day - today).days
    if -1 <= distance <= 1:
        return vocabulary(language).near_days[distance + 1]
    return date_sentence(day, language, today)


def date_span(first: date, last: date, language: str, today: date) -> str:
    """4.–6. mars; 30. mars–2. april; with years where they are not `today`'s; one day as a sentence.

    Refuses: `ValueError` when the last day is before the first.
    """
    words = vocabulary(language)
    if last < first:
        raise ValueError(f"a span cannot end on {last} when it begins on {first}")
    if first == last:
        return date_sentence(first, language, today)
    if first.year != last.year:
        start, end = (f"{_day_month(day, words)} {day.year}" for day in (first, last))
        return f"{start}{EN_DASH}{end}"
    year = f" {last.year}" if last.year != today.year else ""
    is_one_month = first.month == last.month
    start = f"{first.day}{words.ordinal}" if is_one_month else _day_month(first, words)
    return f"{start}{EN_DASH}{_day_month(last, words)}{year}"


def dates_phrase(days: Sequence[date], language: str, today: date) -> str:
    """Some dates inside a sentence, in order: days in a row as a span, the others one by one.

    Refuses: `ValueError` for no dates.
    """
    if not days:
        raise ValueError("there are no dates to write")
    ordered = sorted(set(days))
    runs: list[list[date]] = [[ordered[0]]]
    for day in ordered[1:]:
        if day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return list_phrase([date_span(run[0], run[-1], language, today) for run in runs], language)


@dataclass(frozen=True)
class CalendarLeaf:
    """The three lines of a calendar leaf: tor. / 26. / nov."""

    weekday: str
    day: str
    month: str


def calendar_leaf(day: date, language: str = "nb") -> CalendarLeaf:
    """A date as the leaf of a calendar shows it."""
    words = vocabulary(language)
    return CalendarLeaf(
        words.short_weekdays[day.weekday()], f"{day.day}{words.ordinal}", words.short_months[day.month - 1]
    )


def weekday_name(day: date, language: str = "nb") -> str:
    """torsdag."""
    return vocabulary(language).weekdays[day.weekday()]


def month_name(month: int, language: str = "nb") -> str:
    """mars, for 3. Refuses: `ValueError` for a number that is no month."""
    if not 1 <= month <= 12:
        raise ValueError(f"{month} is not a month; months are 1 to 12")
    return vocabulary(language).months[month - 1]


def week_phrase(week: int, language: str = "nb") -> str:
    """uke 12."""
    return f"{vocabulary(language).week}{NO_BREAK}{week}"


def time_phrase(moment: time, language: str = "nb") -> str:
    """A time of the day, already in the reader's time zone: kl. 09.30; in English 09:30."""
    vocabulary(language)
    if language == "en":
        return f"{moment:%H:%M}"
    return f"kl.{NO_BREAK}{moment:%H.%M}"


def list_phrase(items: Sequence[str], language: str = "nb") -> str:
    """Grue, Tolga og Rendalen. An empty list is an empty text."""
    words = vocabulary(language)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {words.conjunction} {items[-1]}"


def quoted(text: str, language: str = "nb") -> str:
    """The text between the language's quotation marks."""
    opening, closing = vocabulary(language).quotation_marks
    return f"{opening}{text}{closing}"


def distance_phrase(km: float, language: str = "nb") -> str:
    """80 km, in whole kilometres. Refuses: `ValueError` below zero."""
    _not_below_zero(km, "km")
    return f"{_grouped(round(km), vocabulary(language))}{NO_BREAK}km"


def travel_time_phrase(minutes: int, language: str = "nb") -> str:
    """52 min, 2 timer, 1 time 20 min. Refuses: `ValueError` below zero."""
    words = vocabulary(language)
    _not_below_zero(minutes, "minutes")
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours}{NO_BREAK}{words.hour if hours == 1 else words.hours}"] if hours else []
    if rest or not hours:
        parts.append(f"{rest}{NO_BREAK}min")
    return " ".join(parts)


def money_phrase(ore: int, language: str = "nb") -> str:
    """An amount of øre in kroner: 1 250 kr, 1 250,50 kr; in English NOK 1,250.50."""
    words = vocabulary(language)
    kroner, rest = divmod(abs(ore), 100)
    decimals = f"{words.decimal_comma}{rest:02}" if rest else ""
    amount = f"{MINUS if ore < 0 else ''}{_grouped(kroner, words)}{decimals}"
    return f"NOK{NO_BREAK}{amount}" if language == "en" else f"{amount}{NO_BREAK}kr"


def capitalised(text: str) -> str:
    """The text with its first letter as a capital: for a sentence that begins with a date."""
    return text[:1].upper() + text[1:]


def _day_month(day: date, words: Vocabulary) -> str:
    return f"{day.day}{words.ordinal} {words.months[day.month - 1]}"


def _grouped(number: int, words: Vocabulary) -> str:
    return f"{number:,}".replace(",", words.thousands)


def _not_below_zero(number: float, name: str) -> None:
    if number < 0:
        raise ValueError(f"{name} is {number}; say which way by the sentence, not by a sign")
