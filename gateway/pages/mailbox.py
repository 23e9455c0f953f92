"""The demonstration's mailbox: every e-mail as it was written, instead of sent."""

from flask import Blueprint, render_template

from byttebank.contracts.refusals import NotFound
from gateway.here import here

pages = Blueprint("mailbox", __name__)


@pages.get("/postkasse")
def show() -> str:
    """The newest first. Refuses: NotFound outside the demonstration."""
    if not here().settings.is_demo:
        raise NotFound(kind="mailbox")
    return render_template("mailbox.html", mails=here().backend.notify.mailbox())
