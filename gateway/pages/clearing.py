"""Clearing between counties: what rounds have come to, in plain words, and the two acts of a county."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.clock import parse_time
from byttebank.contracts.refusals import NotFound, Refusal
from byttebank.identifiers import is_id, new_id
from gateway.auth.guard import signed_in
from gateway.here import here, person
from gateway.pages.acting import press
from gateway.speech import say
from gateway.words import clearing as words
from gateway.words.refusals import refusal_sentence

pages = Blueprint("clearing", __name__)
COUNTY_ROLES = ("county", "operator")
OPEN = ("stated", "accepted", "closing")


@pages.get("/fylket/avregning")
@signed_in(*COUNTY_ROLES)
def index() -> str:
    """Every round, the newest first, and the button that begins one."""
    rounds = here().backend.ledger.clearing_rounds()
    return render_template(
        "clearing.html",
        rounds=[(one, words.BADGES[one["stage"]], words.explanation(one)) for one in rounds],
        is_open=any(one["stage"] in OPEN for one in rounds),
        act_id=new_id(),
    )


@pages.get("/fylket/avregning/<round_id>")
@signed_in(*COUNTY_ROLES)
def show(round_id: str) -> str:
    """One round: who owed whom, what is struck out, what is left."""
    if not is_id(round_id):
        raise NotFound(kind="clearing_round", id=round_id)
    round_ = here().backend.ledger.clearing_round(round_id)
    now = here().settings.database.clock.now()
    return render_template(
        "clearing_round.html",
        round=round_,
        badge=words.BADGES[round_["stage"]],
        standing=words.standing(round_),
        explanation=words.explanation(round_),
        result=words.result(round_),
        left_out=words.left_out(round_),
        silent=words.silent(round_),
        may_close=round_["stage"] == "accepted"
        and round_["coordinator"] != here().settings.county
        and now >= parse_time(round_["accept_by_at"]),
    )


@pages.post("/fylket/avregning")
@signed_in(*COUNTY_ROLES)
def propose() -> ResponseReturnValue:
    """A round is proposed to every other county."""
    sent = request.form.get("id", "")
    try:
        proposed = here().backend.ledger.propose_clearing(sent if is_id(sent) else new_id(), person().actor)
    except Refusal as refusal:
        flash(refusal_sentence(refusal), "danger")
        return redirect(url_for("clearing.index"))
    flash(say("De andre fylkene er spurt. Svarene kommer her etter hvert."), "success")
    return redirect(url_for("clearing.show", round_id=proposed["id"]))


@pages.post("/fylket/avregning/<round_id>/avslutt")
@signed_in(*COUNTY_ROLES)
def close(round_id: str) -> ResponseReturnValue:
    """The others are asked to end a round whose coordinator is silent."""
    ledger, actor = here().backend.ledger, person().actor
    said = say("De andre fylkene er bedt om å avslutte runden.")
    back = url_for("clearing.show", round_id=round_id)
    return press(lambda: ledger.close_clearing(round_id, actor), said, back)
