"""What the county must decide: days two libraries disagree about, and days other counties want back."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import NotFound
from byttebank.identifiers import is_id
from gateway import speech
from gateway.auth.guard import signed_in
from gateway.forms import sent_form
from gateway.here import here, person
from gateway.pages import county_book
from gateway.pages.acting import act
from gateway.reading import reader_of
from gateway.speech import say
from gateway.words.engagements import sentence, title
from gateway.words.history import line_sentence

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
    )


@pages.post("/fylket/uenigheter/<engagement_id>/avgjor")
@signed_in("county", "operator")
def rule(engagement_id: str) -> ResponseReturnValue:
    """It happened, or it did not: `svar` is `ja` or `nei`."""
    if not is_id(engagement_id):
        raise NotFound(kind="engagement", id=engagement_id)
    form, user = sent_form({"grunn": say("Grunn"), "svar": say("Svar")}), person()
    form.need("grunn")
    answer, reason = form.text("svar"), form.text("grunn")
    if answer not in ("ja", "nei"):
        form.errors["svar"] = say("Svar ja eller nei.")
    done = say("Uenigheten er avgjort. Begge bibliotekene får beskjed.")
    return act(
        form,
        lambda: here().backend.matching.rule(engagement_id, answer == "ja", reason, user.actor),
        done,
        index,
        url_for("rulings.index"),
    )


@pages.post("/fylket/tilbakeforinger/<transfer_id>/avsla")
@signed_in("county", "operator")
def decline(transfer_id: str) -> ResponseReturnValue:
    """The other county is told that the days stay where they are."""
    form, user = sent_form({"grunn": say("Hvorfor blir dagene stående?")}), person()
    form.need("grunn")
    declining = {"id": form.id, "transfer_id": transfer_id, "reason": form.text("grunn")}
    return act(
        form,
        lambda: here().backend.ledger.decline_reversal(declining, user.actor),
        say("Det andre fylket får beskjed om at dagene står."),
        index,
        url_for("rulings.index"),
    )


def _request(request_: Document) -> Document:
    standing = here().backend.ledger.transfer(request_["transfer_id"])
    return {
        **request_,
        "what": county_book.act({**standing, "kind": "work"}),
        "work_date": standing["work_date"],
        "half_days": request_["amount_half_days"],
    }
