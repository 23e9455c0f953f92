"""What the county must decide: days two libraries disagree about, and days other counties want back."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import NotFound, Refusal
from byttebank.identifiers import is_id, new_id
from gateway import speech
from gateway.auth.guard import signed_in
from gateway.here import here, person
from gateway.pages.county_book import act
from gateway.pages.promises import form_id
from gateway.reading import reader_of
from gateway.speech import say
from gateway.words.engagements import sentence, title
from gateway.words.history import line_sentence
from gateway.words.refusals import refusal_sentence

pages = Blueprint("rulings", __name__)
Document = dict[str, Any]


@pages.get("/fylket/uenigheter")
@signed_in("county", "operator")
def index() -> str:
    """The disagreements with what both have said, and what is asked of us and by us."""
    user, county = person(), here().settings.county
    found = [(one, reader_of(one, user)) for one in here().backend.matching.disputes(user.actor)]
    return render_template(
        "rulings.html",
        disputes=[
            {
                "id": one["id"],
                "title": title(one, reader),
                "sentence": sentence(one, reader),
                "history": [(line["at"], line_sentence(line, one, reader)) for line in one["history"]],
                "is_ours": one["home_county"] == county,
                "home": speech.county_name(one["home_county"]),
                "transfer_id": one["transfer_id"],
            }
            for one, reader in found
        ],
        requests=[_request(one) for one in here().backend.ledger.reversal_requests()],
        act_id=new_id(),
    )


@pages.post("/fylket/uenigheter/<engagement_id>/avgjor")
@signed_in("county", "operator")
def rule(engagement_id: str) -> ResponseReturnValue:
    """It happened, or it did not: `svar` is `ja` or `nei`."""
    if not is_id(engagement_id):
        raise NotFound(kind="engagement", id=engagement_id)
    answer, reason = request.form.get("svar"), request.form.get("grunn", "")
    if answer not in ("ja", "nei"):
        flash(say("Svar ja eller nei."), "danger")
        return redirect(url_for("rulings.index"))
    try:
        here().backend.matching.rule(engagement_id, answer == "ja", reason, person().actor)
        flash(say("Uenigheten er avgjort. Begge bibliotekene får beskjed."), "success")
    except Refusal as refusal:
        flash(refusal_sentence(refusal, {"reason": say("Grunn")}), "danger")
    return redirect(url_for("rulings.index"))


@pages.post("/fylket/tilbakeforinger/<transfer_id>/avsla")
@signed_in("county", "operator")
def decline(transfer_id: str) -> ResponseReturnValue:
    """The other county is told that the days stay where they are."""
    declining = {"id": form_id(), "transfer_id": transfer_id, "reason": request.form.get("grunn", "")}
    try:
        here().backend.ledger.decline_reversal(declining, person().actor)
        flash(say("Det andre fylket får beskjed om at dagene står."), "success")
    except Refusal as refusal:
        flash(refusal_sentence(refusal, {"reason": say("Grunn")}), "danger")
    return redirect(url_for("rulings.index"))


def _request(request_: Document) -> Document:
    standing = here().backend.ledger.transfer(request_["transfer_id"])
    return {
        **request_,
        "what": act({**standing, "kind": "work"}),
        "work_date": standing["work_date"],
        "half_days": request_["amount_half_days"],
    }
