"""An agreed day that does not suit after all: another one is asked for, and answered."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from gateway.auth.guard import signed_in
from gateway.forms import sent_form
from gateway.here import here, person
from gateway.pages import acting
from gateway.pages.engagements import find_engagement, show_engagement
from gateway.pages.move_form import date_fields
from gateway.speech import say

pages = Blueprint("moving", __name__)


@pages.post("/avtaler/<engagement_id>/flytt")
@signed_in()
def ask(engagement_id: str) -> ResponseReturnValue:
    """Other dates are asked for; what is agreed on holds until all three have said yes."""
    engagement = find_engagement(engagement_id)
    fields = date_fields(engagement)
    form = sent_form(fields)
    form.need(*fields)
    dates = [form.text(name) for name in fields]
    first = next(iter(fields))
    refusals = ("date_count", "date_past", "date_too_far", "library_closed", "colleague_busy", "day_closed")
    places = {
        **dict.fromkeys((*refusals, "too_many_away", "/dates"), first),
        **{f"/dates/{number}": name for number, name in enumerate(fields)},
    }
    return acting.act(
        form,
        lambda: here().backend.matching.ask_move(engagement_id, dates, person().actor),
        say("Spørsmålet er sendt. Avtalen står til alle har sagt ja."),
        lambda: show_engagement(engagement_id),
        url_for("engagements.show", engagement_id=engagement_id),
        places,
    )


@pages.post("/avtaler/<engagement_id>/flytt/svar")
@signed_in()
def answer(engagement_id: str) -> ResponseReturnValue:
    """Yes or no to the dates that stood on the page; `svar` is `ja` or `nei`."""
    accepts = request.form.get("svar") == "ja"
    dates = request.form.getlist("dato")
    done = say("Svaret er sendt: ja.") if accepts else say("Dagen står som avtalt.")
    return acting.press(
        lambda: here().backend.matching.answer_move(engagement_id, dates, accepts, person().actor),
        done,
        url_for("engagements.show", engagement_id=find_engagement(engagement_id)["id"]),
    )
