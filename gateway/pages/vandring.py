"""Vandring rounds: the county library invites, looks at who would visit whom, publishes, and follows up."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import Malformed, Refusal
from byttebank.contracts.vandring import SIZE_RULES
from byttebank.identifiers import is_id
from gateway import speech
from gateway.auth.guard import signed_in
from gateway.forms import Form, sent_form
from gateway.here import here, person
from gateway.pages.acting import known, press
from gateway.pages.dates import dates_from_text
from gateway.pictures.dots import Place
from gateway.pictures.ways import WayMap, way_map
from gateway.speech import say, say_many
from gateway.words import vandring as words

pages = Blueprint("vandring", __name__)
Document = dict[str, Any]
COUNTY_ROLES = ("county", "operator")
LIBRARIES_AT_A_TIME = 200
PLACES = {
    "/name": "navn",
    "/first_on": "fra",
    "/last_on": "til",
    "/reply_by_on": "frist",
    "/max_km": "km",
    "/closed_dates": "fri",
    "date_order": "til",
    "date_past": "fra",
    "date_too_far": "til",
    "vandring_too_long": "til",
    "too_few_libraries": "bibliotek",
    "vandring_open": "navn",
}


@pages.get("/fylket/vandring")
@signed_in(*COUNTY_ROLES)
def index() -> str:
    """Every round, the newest first, and the form that begins one."""
    return _index(Form(_fields(), {"storrelse": "any", "hvem": "alle"}))


@pages.post("/fylket/vandring")
@signed_in(*COUNTY_ROLES)
def create() -> ResponseReturnValue:
    """A round is begun and the libraries are asked."""
    form = sent_form(_fields(), many=("bibliotek",))
    form.need("navn", "fra", "til", "frist")
    if not form.errors:
        try:
            here().backend.matching.create_vandring_round(_given(form), person().actor)
        except Refusal as refusal:
            form.refuse(refusal, PLACES)
    if form.errors:
        return _index(form), 422
    flash(say("Bibliotekene er spurt om de vil være med på vandringen."), "success")
    return redirect(url_for("vandring.show", round_id=form.id))


@pages.get("/fylket/vandring/<round_id>")
@signed_in(*COUNTY_ROLES)
def show(round_id: str) -> str:
    """One round: the answers, who visits whom on a list and a map, who sits out and why, how it goes."""
    round_ = here().backend.matching.vandring_round(_known(round_id))
    stage, visits = round_["stage"], round_["visits"]
    return render_template(
        "vandring_round.html",
        round=round_,
        badge=words.BADGES[stage],
        standing=words.standing(round_),
        answers=words.answers(round_),
        sizes=say(words.SIZES[round_["sizes"]]),
        libraries=[(one, words.answer(one)) for one in round_["libraries"]],
        visits=[
            (one, words.visit_when(one), words.visit_state(one), words.reflections(one)) for one in visits
        ],
        is_followed_up=any(words.reflections(one) for one in visits),
        sits_out=[words.sits_out(one) for one in round_["libraries"] if one["sits_out"]],
        picture=_picture(round_),
        chosen=Form({}, {}),
        answering=[(one["library_id"], one["library_name"]) for one in round_["libraries"]],
        is_awaiting=words.is_awaiting(round_),
        may_answer=stage in ("inviting", "planned"),
        may_plan=stage in ("inviting", "planned"),
        may_publish=stage == "planned",
        may_discard=stage in ("inviting", "planned"),
        may_remind=stage == "published" and any(words.is_missing_reflection(one) for one in visits),
    )


@pages.post("/fylket/vandring/<round_id>/svar")
@signed_in(*COUNTY_ROLES)
def answer(round_id: str) -> ResponseReturnValue:
    """The county library answers for a library that has told it."""
    library_id = request.form.get("bibliotek", "")
    takes_part = request.form.get("svar") == "ja"

    def act(known_id: str, actor: Document) -> Document:
        if not is_id(library_id):
            raise Malformed(errors=[{"pointer": "/library_id", "detail": "Not an identifier."}])
        given = {"takes_part": takes_part}
        return here().backend.matching.answer_vandring(known_id, library_id, given, actor)

    return _act(round_id, act, say("Svaret er tatt vare på."))


@pages.post("/fylket/vandring/<round_id>/oppsett")
@signed_in(*COUNTY_ROLES)
def plan(round_id: str) -> ResponseReturnValue:
    """The best plan for those who have said yes; nobody is told."""
    said = say("Oppsettet er laget. Ingen har fått beskjed ennå.")
    return _act(round_id, here().backend.matching.plan_vandring_round, said)


@pages.post("/fylket/vandring/<round_id>/legg-ut")
@signed_in(*COUNTY_ROLES)
def publish(round_id: str) -> ResponseReturnValue:
    """Everybody who takes part is told whom they visit and who comes."""
    said = say("Oppsettet er lagt ut, og alle som er med, får beskjed.")
    return _act(round_id, here().backend.matching.publish_vandring_round, said)


@pages.post("/fylket/vandring/<round_id>/legg-bort")
@signed_in(*COUNTY_ROLES)
def discard(round_id: str) -> ResponseReturnValue:
    """The round is put away before anything came of it."""
    said = say("Vandringen er lagt bort.")
    return _act(round_id, here().backend.matching.discard_vandring_round, said)


@pages.post("/fylket/vandring/<round_id>/minn")
@signed_in(*COUNTY_ROLES)
def remind(round_id: str) -> ResponseReturnValue:
    """Those who have not written about a visit that is over are asked, at most once a day."""
    asked = here().backend.matching.remind_of_reflections(_known(round_id), person().actor)
    flash(say_many("1 bibliotek får en påminnelse.", "{n} bibliotek får en påminnelse.", asked), "success")
    return redirect(url_for("vandring.show", round_id=round_id))


def _index(form: Form) -> str:
    return render_template(
        "vandring_rounds.html",
        form=form,
        sizes=[(code, say(words.SIZES[code])) for code in SIZE_RULES],
        who=[("alle", say("Alle bibliotek i fylket")), ("valgte", say("Bare dem jeg velger"))],
        libraries=_libraries(),
        rounds=[
            (one, words.BADGES[one["stage"]], words.answers(one))
            for one in here().backend.matching.vandring_rounds()
        ],
    )


def _libraries() -> list[tuple[str, str]]:
    """Id and name of the county's open libraries, by name."""
    gateway, found, cursor = here(), [], None
    while True:
        page = gateway.backend.directory.list_libraries(
            gateway.settings.county, cursor=cursor, limit=LIBRARIES_AT_A_TIME
        )
        found += [(one["id"], one["short_name"]) for one in page["items"] if one["state"] == "open"]
        cursor = page["next_cursor"]
        if cursor is None:
            return sorted(found, key=lambda pair: str(pair[1]).casefold())


def _picture(round_: Document) -> WayMap | None:
    visiting = {one["visitor_library_name"] for one in round_["visits"]}
    places = [
        Place(
            one["library_name"],
            one["latitude"],
            one["longitude"],
            "need" if one["library_name"] in visiting else "offer",
        )
        for one in round_["libraries"]
        if one["answer"] and one["latitude"] is not None and one["longitude"] is not None
    ]
    ways = [(one["visitor_library_name"], one["host_library_name"]) for one in round_["visits"]]
    return way_map(places, ways) if ways else None


def _act(round_id: str, act: Callable[[str, Document], Document], said: str) -> ResponseReturnValue:
    round_id, actor = _known(round_id), person().actor
    return press(lambda: act(round_id, actor), said, url_for("vandring.show", round_id=round_id))


def _known(round_id: str) -> str:
    return known(round_id, "vandring_round")


def _given(form: Form) -> Document:
    closed = dates_from_text(form.text("fri"), speech.speech().today)
    if closed is None:
        raise Malformed(errors=[{"pointer": "/closed_dates", "detail": "Not a date such as 2026-11-23."}])
    km = form.text("km").strip()
    if km and not km.isdecimal():
        raise Malformed(errors=[{"pointer": "/max_km", "detail": "Not a valid integer."}])
    return {
        "id": form.id,
        "name": form.text("navn").strip(),
        "first_on": form.text("fra"),
        "last_on": form.text("til"),
        "reply_by_on": form.text("frist"),
        "max_km": int(km) if km else None,
        "sizes": form.text("storrelse") or "any",
        "library_ids": form.values["bibliotek"] if form.text("hvem") == "valgte" else None,
        "closed_dates": closed,
    }


def _fields() -> dict[str, str]:
    return {
        "navn": say("Navn på vandringen"),
        "fra": say("Fra og med"),
        "til": say("Til og med"),
        "frist": say("Svar innen"),
        "km": say("Lengste reise i kilometer"),
        "storrelse": say("Hvem kan besøke hvem?"),
        "hvem": say("Hvem inviteres?"),
        "bibliotek": say("Bibliotek"),
        "fri": say("Dager der ingen reiser"),
    }
