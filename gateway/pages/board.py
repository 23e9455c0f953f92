"""The board: who needs help and who offers a day, nearest first, with the reasons."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for

from gateway import speech
from gateway.accounts import User
from gateway.auth.guard import signed_in
from gateway.here import here, person
from gateway.languages import PARAMETER
from gateway.pages.board_filters import choices, has_folded, question_of, sent_filters
from gateway.pictures.dots import DotMap, Place, dot_map
from gateway.speech import say, say_many
from gateway.words.reasons import reason_sentence
from gateway.words.weekdays import every

pages = Blueprint("board", __name__)
Document = dict[str, Any]
DOTS_SHOWN = 200
PAGE_LENGTH = 12
SAID_ALREADY = ("no_travel", "offered_dates", "offered_span", "standing_offer")
"""Reasons that the facts of the item say."""


@dataclass(frozen=True)
class Line:
    """A reason as it is read."""

    sentence: str
    is_favourable: bool


@dataclass(frozen=True)
class Item:
    """A need or an offer on the board."""

    kind: str
    title: str
    href: str
    facts: str
    own_words: str
    county: str
    library: str
    travel: str
    button: str
    is_possible: bool
    is_travel: bool
    lines: tuple[Line, ...]


@pages.get("/tavle")
@signed_in()
def show() -> str:
    """The list by the filters in the address; what the library cannot take stands folded below, with why."""
    user, chosen = person(), sent_filters()
    question, after = question_of(chosen), request.args.get("etter") or None
    only_possible = "kan" in request.args or not set(request.args) - {PARAMETER}
    board = here().backend.directory.board
    page = board(user.library_id, **question, only_possible=only_possible, cursor=after)
    items = [item_of(one) for one in page["items"]]
    others = board(user.library_id, **question)["items"] if only_possible and not after else []
    room, shown = _room(), [one for one in items if one.is_possible or not only_possible]
    return render_template(
        "board.html",
        chosen=chosen,
        only_possible=only_possible,
        items=shown[:room],
        heading=_heading(len(shown), is_all=page["next_cursor"] is None, is_first=after is None),
        more_url=_more_url(room, len(shown), page["next_cursor"]),
        impossible=[item_of(one) for one in others if not one["is_possible"]],
        choices=choices(),
        has_filters=has_folded(chosen),
        travel=_travel_table([*items, *(item_of(one) for one in others if not one["is_possible"])]),
        picture=_picture(user, [*page["items"], *others]),
        has_times=any(one["travel_minutes"] is not None for one in [*page["items"], *others]),
    )


def _heading(found: int, *, is_all: bool, is_first: bool) -> str:
    """How many there are, as far as we have looked."""
    if not is_first:
        return say("Flere treff")
    return say_many("1 treff", "{n} treff", found) if is_all else say("Mer enn {n} treff", n=found)


def _room() -> int:
    """How many items the page shows: as many as the address says, in whole pages."""
    asked = request.args.get("antall", "")
    pages_asked = int(asked) // PAGE_LENGTH if asked.isdecimal() and len(asked) < 5 else 1
    return PAGE_LENGTH * max(pages_asked, 1)


def _more_url(room: int, found: int, next_cursor: str | None) -> str | None:
    """The same board, one page longer; or, when all is shown that was found so far, what comes after it."""
    filters = {**({"kan": "1"} if not request.args else {}), **request.args.to_dict()}
    values: dict[str, Any] = {**filters, "antall": str(room + PAGE_LENGTH)}
    if found <= room:
        if next_cursor is None:
            return None
        values = {**filters, "etter": next_cursor, "antall": str(PAGE_LENGTH)}
    return url_for("board.show", **values)


def item_of(one: Document) -> Item:
    """An item of the directory's board as the page shows it."""
    document, library = one["document"], one["library"]["short_name"]
    is_need = one["kind"] == "need"
    endpoint, key = ("requests.show", "request_id") if is_need else ("offers.show", "offer_id")
    return Item(
        kind=one["kind"],
        title=speech.skills(document["skills"]),
        href=url_for(endpoint, **{key: document["id"]}),
        facts=need_facts(document, library) if is_need else offer_facts(document, library),
        own_words=document["own_words"],
        county=speech.county_name(one["library"]["county"]),
        library=library,
        travel=_way_words(one),
        button=say("Vi kan hjelpe") if is_need else say("Spør {library}", library=library),
        is_possible=one["is_possible"],
        is_travel=_travels(one),
        lines=tuple(
            Line(reason_sentence(reason), reason["is_favourable"])
            for reason in one["reasons"]
            if reason["code"] not in SAID_ALREADY
        ),
    )


def _way_words(one: Document) -> str:
    """How far it is, and how that is known: by the county's table of travel times, or as the crow flies."""
    if not _travels(one):
        return say("Ingen reise")
    if one["travel_minutes"] is not None:
        return say("{time} etter reisetabellen", time=speech.travel_time(one["travel_minutes"]))
    return say("{km} i luftlinje", km=speech.km(one["distance_km"])) if one["distance_km"] is not None else ""


def _travels(one: Document) -> bool:
    document = one["document"]
    return bool(document["place"] == "host" if one["kind"] == "need" else "host" in document["places"])


def when_words(document: Document) -> str:
    """When a need or an offer is: dates, weekdays, a span, or as agreed."""
    weekdays = document.get("weekdays")
    if weekdays and document["last_on"]:
        return say("{weekdays} {span}", weekdays=every(weekdays), span=_span_words(document))
    if weekdays:
        return every(weekdays)
    if document.get("dates"):
        return speech.on_days(document["dates"])
    return _span_words(document) if document["last_on"] else say("dato avtales")


def _span_words(document: Document) -> str:
    first_on = document["first_on"] or ""
    if first_on <= speech.speech().today.isoformat():
        return say("til {date}", date=speech.on(document["last_on"]))
    return speech.span(first_on, document["last_on"])


def need_facts(document: Document, library: str) -> str:
    """Who, when, how much and where, of a need."""
    where = {"host": say("hos dem"), "home": say("hjemmefra"), "online": say("på nett")}[document["place"]]
    return say(
        "{library} · {when} · {days} {where}",
        library=library,
        when=when_words(document),
        days=speech.days_count(document["half_days"]),
        where=where,
    )


def offer_facts(document: Document, library: str) -> str:
    """Who, when and how much, of an offer."""
    return say(
        "{library}, {name} · {when} · inntil {days}",
        library=library,
        name=document["colleague_name"] or say("en kollega"),
        when=when_words(document),
        days=speech.days_count(document["half_days"]),
    )


def _travel_table(items: list[Item]) -> list[tuple[str, str, str]]:
    """One row for each library: its name, its county and the way there."""
    rows = {item.library: (item.library, item.county, item.travel or say("ukjent")) for item in items[::-1]}
    return sorted(rows.values())


def _picture(user: User, board: list[Document]) -> DotMap | None:
    gateway = here()
    kinds: dict[str, str] = {}
    libraries: dict[str, Document] = {}
    for one in board:
        libraries[one["library"]["id"]] = one["library"]
        if kinds.get(one["library"]["id"]) != "need":
            kinds[one["library"]["id"]] = one["kind"]
    own = gateway.names.library_document(user.library_id)
    others = gateway.backend.directory.list_libraries(gateway.settings.county, limit=DOTS_SHOWN)["items"]
    for library in [*others, *([own] if own else [])]:
        libraries.setdefault(library["id"], library)
    kinds[user.library_id] = "own"
    return dot_map(
        [
            Place(one["short_name"], one["latitude"], one["longitude"], kinds.get(one["id"], "other"))
            for one in libraries.values()
            if one["latitude"] is not None and one["longitude"] is not None
        ]
    )
