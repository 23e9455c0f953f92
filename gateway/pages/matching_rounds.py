"""Rounds of matching: the county library sees all needs together, looks at the plan, sends the proposals."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import Malformed, Refusal
from gateway.auth.guard import signed_in
from gateway.forms import Form, sent_form
from gateway.here import here, person
from gateway.pages.acting import known, press
from gateway.speech import say
from gateway.words import matching_rounds as words

pages = Blueprint("matching_rounds", __name__)
Document = dict[str, Any]
COUNTY_ROLES = ("county", "operator")
AWAITING = ("gathering", "collecting", "waiting", "computing", "comparing")
AT_WORK = (*AWAITING, "publishing")
DISCARDABLE = ("gathering", "collecting", "waiting", "comparing", "computed", "interrupted", "failed")
DAYS_EACH = "5"
PLACES = {
    "/name": "navn",
    "/first_on": "fra",
    "/last_on": "til",
    "/reply_by_on": "frist",
    "/days_each": "hver",
    "county_unknown": "fylker",
    "county_frozen": "fylker",
    "date_order": "til",
    "date_past": "fra",
    "date_too_far": "til",
}


@pages.get("/fylket/fordeling")
@signed_in(*COUNTY_ROLES)
def index() -> str:
    """Every round, the newest first, and the form that begins one."""
    return _index(Form(_fields(), {"hver": DAYS_EACH}))


@pages.post("/fylket/fordeling")
@signed_in(*COUNTY_ROLES)
def create() -> ResponseReturnValue:
    """A round is begun. Nothing is sent to anybody before the county library has looked at it."""
    form = sent_form(_fields(), many=("fylker",))
    form.need("navn", "fra", "til", "frist", "hver")
    if not form.errors:
        try:
            here().backend.matching.create_matching_round(_given(form), person().actor)
        except Refusal as refusal:
            form.refuse(refusal, PLACES)
    if form.errors:
        return _index(form), 422
    flash(say("Fordelingsrunden er i gang. Ingenting sendes før dere har sett over den."), "success")
    return redirect(url_for("matching_rounds.show", round_id=form.id))


@pages.get("/fylket/fordeling/<round_id>")
@signed_in(*COUNTY_ROLES)
def show(round_id: str) -> str:
    """One round: how it goes, who would help whom, who gets no help and why, and the libraries' days."""
    round_ = here().backend.matching.matching_round(_known(round_id))
    stage = round_["stage"]
    is_to_come = not words.is_over(round_)
    return render_template(
        "matching_round.html",
        round=round_,
        badge=words.badge(round_),
        counties=words.counties(round_),
        standing=words.standing(round_),
        progress=words.progress(round_),
        totals=words.totals(round_),
        unmet=[(one, words.unmet(one)) for one in round_["unmet"]],
        matches=[(one, words.answer(one)) for one in round_["matches"]],
        is_at_work=stage in AT_WORK,
        may_stop=stage == "computing" and not round_["is_stopping"],
        may_publish=stage == "computed" and round_["match_count"] > 0 and round_["is_settled"] and is_to_come,
        may_run=is_to_come
        and (stage == "interrupted" or (stage == "failed" and round_["coordinator"] is None)),
        may_discard=stage in DISCARDABLE,
    )


@pages.get("/fylket/fordeling/<round_id>/grunnlag.json")
@signed_in(*COUNTY_ROLES)
def download(round_id: str) -> Response:
    """What the round was computed from, exactly as it is hashed: `byttebank rounds solve` reads it."""
    text = here().backend.matching.matching_round_input(_known(round_id))
    response = Response(text, content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="fordelingsrunde-{round_id}.json"'
    return response


@pages.post("/fylket/fordeling/<round_id>/stopp")
@signed_in(*COUNTY_ROLES)
def stop(round_id: str) -> ResponseReturnValue:
    """The computation ends with the best plan so far."""
    said = say("Fordelingen avsluttes med det beste som er funnet til nå.")
    return _act(round_id, here().backend.matching.stop_matching_round, said)


@pages.post("/fylket/fordeling/<round_id>/igjen")
@signed_in(*COUNTY_ROLES)
def run(round_id: str) -> ResponseReturnValue:
    """A round that was interrupted, or had nothing to go by, is computed again."""
    said = say("Fordelingsrunden er i gang igjen.")
    return _act(round_id, here().backend.matching.run_matching_round, said)


@pages.post("/fylket/fordeling/<round_id>/send")
@signed_in(*COUNTY_ROLES)
def publish(round_id: str) -> ResponseReturnValue:
    """Every match becomes a proposal that the libraries and the colleague answer."""
    said = say("Forslagene sendes nå. Bibliotekene får beskjed og svarer ja eller nei.")
    return _act(round_id, here().backend.matching.publish_matching_round, said)


@pages.post("/fylket/fordeling/<round_id>/legg-bort")
@signed_in(*COUNTY_ROLES)
def discard(round_id: str) -> ResponseReturnValue:
    """The round is put away; nothing was sent."""
    said = say("Fordelingen er lagt bort. Ingenting ble sendt til noen.")
    return _act(round_id, here().backend.matching.discard_matching_round, said)


@pages.get("/fordelingsrunder")
def public() -> str:
    """What anybody may know: totals of each round, and the hashes that name what it was computed from."""
    try:
        rounds = here().backend.matching.published_rounds()
    except Refusal:
        rounds = None
    shown = None if rounds is None else [(one, words.totals(one)) for one in rounds]
    return render_template("public/matching_rounds.html", rounds=shown)


def _index(form: Form) -> str:
    rounds = here().backend.matching.matching_rounds()
    return render_template(
        "matching_rounds.html",
        form=form,
        peers=[(peer["county"], peer["name"]) for peer in here().names.peers() if peer["state"] == "active"],
        rounds=[(one, words.badge(one), words.totals(one) or words.standing(one)) for one in rounds],
        collectors=words.collectors(rounds),
        at_work=next((one for one in rounds if one["stage"] in AT_WORK), None),
    )


def _act(round_id: str, act: Callable[[str, Document], Document], said: str) -> ResponseReturnValue:
    round_id, actor = _known(round_id), person().actor
    return press(lambda: act(round_id, actor), said, url_for("matching_rounds.show", round_id=round_id))


def _known(round_id: str) -> str:
    return known(round_id, "matching_round")


def _given(form: Form) -> Document:
    each = form.text("hver").strip()
    if not each.isdecimal():
        raise Malformed(errors=[{"pointer": "/days_each", "detail": "Not a valid integer."}])
    return {
        "id": form.id,
        "name": form.text("navn").strip(),
        "first_on": form.text("fra"),
        "last_on": form.text("til"),
        "reply_by_on": form.text("frist"),
        "days_each": int(each),
        "counties": list(form.values.get("fylker", [])),
    }


def _fields() -> dict[str, str]:
    return {
        "navn": say("Navn på runden"),
        "fra": say("Fra og med"),
        "til": say("Til og med"),
        "frist": say("Svar innen"),
        "hver": say("Mest mulig av hver kollega"),
        "fylker": say("Sammen med"),
    }
