"""Putting a date to three parties, and showing what came of it."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import Refusal
from gateway.here import here, person
from gateway.once import is_again
from gateway.pages.participation import refusal_words
from gateway.speech import say


def propose(proposal: dict[str, Any], back: str) -> ResponseReturnValue:
    """To the engagement that was proposed, or back with the reason why not. Two presses propose once."""
    user = person()
    try:
        here().backend.matching.propose(proposal, user.actor)
    except Refusal as refusal:
        flash(refusal_words(refusal), "danger")
        return redirect(back)
    if is_again(here().settings.database, user.user_id, proposal["id"]):
        flash(say("Dette er alt mottatt, én gang. Dere trenger ikke sende det igjen."), "info")
    else:
        flash(say("Forslaget er sendt. De andre får beskjed."), "success")
    return redirect(url_for("engagements.show", engagement_id=proposal["id"]))
