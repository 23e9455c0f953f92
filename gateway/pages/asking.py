"""The form to ask for help: seven fields, few choices folded, and what it says to the directory."""

from typing import Any

from flask import render_template

from byttebank.contracts.refusals import Refusal
from byttebank.identifiers import new_id
from gateway import speech
from gateway.accounts import User
from gateway.amounts import half_days_from_text
from gateway.forms import Form
from gateway.here import here, person
from gateway.pages.choices import (
    amount_options,
    colleague_options,
    library_options,
    own_colleagues,
    place_options,
    skill_options,
)
from gateway.speech import say

Document = dict[str, Any]

PLACES = {
    "date_order": "til",
    "date_past": "fra",
    "date_too_far": "til",
    "below_half_day": "mengde",
    "not_half_steps": "mengde",
    "too_many_days": "mengde",
    "host_contact_missing": "vert",
    "own_library": "bibliotek",
    "not_found": "bibliotek",
    "county_frozen": "bibliotek",
    "county_unknown": "bibliotek",
    "/to_library_id": "bibliotek",
    "field_missing": "kunnskap",
    "skill_retired": "kunnskap",
    "no_open_day": "til",
    "/dates": "datoer",
    "/urgency": "haster",
    "/own_words": "hva",
    "/skills": "kunnskap",
    "/skills/0": "kunnskap",
    "/half_days": "mengde",
    "/days": "mengde",
    "/first_on": "fra",
    "/last_on": "til",
    "/place": "sted",
    "/host_contact_id": "vert",
}
"""Refusal or document pointer, to the field of the form."""
PLACES_OF_DATES = {
    **PLACES,
    **dict.fromkeys(("date_past", "date_too_far", "no_open_day", "date_order", "/first_on"), "datoer"),
}
"""As `PLACES` when single dates were given."""
FOLDED = ("bibliotek", "datoer", "samme", "haster")
"""What few need stands folded, until it is used or wrong."""
USUAL = {"mengde": "1", "sted": "host", "haster": "normal"}


def ask_fields() -> dict[str, str]:
    """The fields with their labels."""
    return {
        "hva": say("Hva trenger dere hjelp til?"),
        "kunnskap": say("Hva må de kunne?"),
        "mengde": say("Hvor mye?"),
        "fra": say("Første dag som passer"),
        "til": say("Siste dag som passer"),
        "sted": say("Hvor kan arbeidet gjøres?"),
        "vert": say("Hvem tar imot hos dere?"),
        "bibliotek": say("Vil dere spørre ett bibliotek direkte?"),
        "datoer": say("Bare på disse datoene"),
        "samme": say("Samme person alle dagene"),
        "haster": say("Haster det?"),
    }


def wanted_of(form: Form, dates: list[str]) -> Document:
    """The request as the form says it. Single dates count before the window. Refuses: of the amount."""
    return {
        "id": form.id,
        "library_id": person().library_id,
        "skills": [form.text("kunnskap")],
        "first_on": dates[0] if dates else form.text("fra"),
        "last_on": dates[-1] if dates else form.text("til"),
        "dates": dates,
        "half_days": half_days_from_text(form.text("mengde")),
        "same_person": form.text("samme") == "1",
        "place": form.text("sted"),
        "urgency": form.text("haster") or USUAL["haster"],
        "own_words": form.text("hva"),
        "host_contact_id": form.text("vert"),
        "to_library_id": form.text("bibliotek") or None,
    }


def ask_page(form: Form) -> str:
    """The form as it is filled in."""
    user = person()
    return render_template(
        "ask.html",
        form=form,
        skills=[("", say("Velg")), *skill_options()],
        amounts=amount_options(),
        places=place_options(),
        urgencies=[
            ("low", say("Det haster ikke")),
            ("normal", say("Som vanlig")),
            ("high", say("Det haster")),
        ],
        libraries=library_options(user.library_id, form.text("bibliotek")),
        is_unfolded=any(name in form.errors or form.text(name) != USUAL.get(name, "") for name in FOLDED),
        colleagues=colleague_options(own_colleagues(user)),
        available=_available(user.library_id),
        needs_promise=_needs_promise(user),
        promise_amounts=amount_options()[:3],
        act_id=new_id(),
    )


def _needs_promise(user: User) -> bool:
    """Whether all the library has given and promised is used or set aside: one click promises more."""
    if user.role not in ("library_manager", "colleague"):
        return False
    try:
        account = here().backend.ledger.account(user.library_id)
    except Refusal:
        return False
    left = account["balance_half_days"] - account["reserved_half_days"]
    left += account.get("promised_half_days", 0)
    return bool(account.get("state", "open") == "open" and left <= 0)


def _available(library_id: str) -> str | None:
    try:
        available = here().backend.ledger.account(library_id)["available_half_days"]
    except Refusal:
        return None
    return speech.days_count(available) if available > 0 else None
