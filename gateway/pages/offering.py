"""The form to offer a day: who, what and how much; what few need stands folded."""

from typing import Any

from flask import render_template

from byttebank.contracts import resources
from gateway import speech
from gateway.forms import Form, sent_form
from gateway.here import here, person
from gateway.pages.choices import (
    Options,
    amount_of,
    amount_options,
    colleague_options,
    own_colleagues,
    skill_options,
)
from gateway.pages.dates import dates_from_text
from gateway.speech import say
from gateway.words.weekdays import weekday_options

Document = dict[str, Any]
PLACES = {
    "date_order": "til",
    "date_past": "til",
    "date_too_far": "til",
    "below_half_day": "mengde",
    "not_half_steps": "mengde",
    "too_many_days": "mengde",
    "field_missing": "kunnskap",
    "skill_retired": "kunnskap",
    "not_your_role": "hvem",
    "colleague_not_agreed": "hvem",
    "offer_overlaps": "ukedager",
    "offer_closed": "til",
    "county_unknown": "fylker",
    "too_few_at_home": "hjemme",
    "/colleague_id": "hvem",
    "/skills": "kunnskap",
    "/skills/0": "kunnskap",
    "/half_days": "mengde",
    "/first_on": "fra",
    "/last_on": "til",
    "/dates": "datoer",
    "/weekdays": "ukedager",
    "/expires_on": "utgaar",
    "/places": "sted",
    "/own_words": "hva",
    "/max_km": "reise",
}
"""Refusal or document pointer, to the field of the form."""
OF_DATES = {**PLACES, "date_past": "datoer", "date_too_far": "datoer", "offer_closed": "datoer"}
OF_EXPIRY = {**PLACES, "date_past": "utgaar", "date_too_far": "utgaar"}
MANY = ("ukedager", "fylker", "sted", "flere")
USUAL: Document = {
    "mengde": "1",
    "formaal": "help",
    "rekkevidde": "all",
    "sted": list(resources.PLACES),
}
FOLDED = ("flere", "datoer", "ukedager", "utgaar", "formaal", "sted", "rekkevidde", "fylker", "hjemme")
"""What few need, until it is used or wrong."""
DIGITS_OF_NUMBER = 4


def offer_fields() -> dict[str, str]:
    """The fields with their labels."""
    return {
        "hvem": say("Hvem kan hjelpe?"),
        "kunnskap": say("Hva kan kollegaen?"),
        "mengde": say("Hvor mye, høyst?"),
        "fra": say("Første dag som passer"),
        "til": say("Siste dag som passer"),
        "reise": say("Hvor langt, i kilometer?"),
        "hva": say("Noe mer å si?"),
        "flere": say("Kan også"),
        "datoer": say("Bare på disse datoene"),
        "ukedager": say("Bare på disse ukedagene"),
        "utgaar": say("Tilbudet gjelder til"),
        "formaal": say("Hva er formålet?"),
        "sted": say("Hvor kan arbeidet gjøres?"),
        "rekkevidde": say("Hvem kan se tilbudet?"),
        "fylker": say("Hvilke fylker?"),
        "hjemme": say("Så mange må være igjen hos oss"),
    }


def sent_offer() -> tuple[Form, Document | None]:
    """The form as it was sent, and the offer it makes; None while something must be put right."""
    form = sent_form(offer_fields(), many=MANY)
    form.need("hvem", "kunnskap", "mengde")
    half_days = amount_of(form)
    max_km = _number(form, "reise", say("Skriv et helt tall, som 80, eller la feltet stå tomt."))
    at_home = _number(form, "hjemme", say("Skriv et helt tall, som 2, eller la feltet stå tomt."))
    dates = dates_from_text(form.text("datoer"), speech.speech().today)
    if dates is None:
        form.errors["datoer"] = say("Skriv datoene som 7.12.2026, med komma mellom.")
    if form.text("rekkevidde") == "counties" and not form.values["fylker"]:
        form.errors["fylker"] = say("Velg minst ett fylke, eller la alle se tilbudet.")
    if not form.values["sted"]:
        form.errors["sted"] = say("Velg minst ett sted.")
    if form.errors:
        return form, None
    skills = [form.text("kunnskap"), *form.values["flere"]]
    return form, {
        "id": form.id,
        "library_id": person().library_id,
        "colleague_id": form.text("hvem"),
        "skills": list(dict.fromkeys(skills)),
        "purpose": form.text("formaal") or USUAL["formaal"],
        "dates": dates or [],
        "first_on": form.text("fra") or None,
        "last_on": form.text("til") or None,
        "weekdays": [int(one) for one in form.values["ukedager"] if one in set("1234567")],
        "expires_on": form.text("utgaar") or None,
        "max_km": max_km,
        "places": form.values["sted"],
        "reach": form.text("rekkevidde") or USUAL["rekkevidde"],
        "counties": form.values["fylker"] if form.text("rekkevidde") == "counties" else [],
        "min_at_home": at_home,
        "own_words": form.text("hva"),
        "half_days": half_days,
    }


def places_of(offer: Document) -> dict[str, str]:
    """Where the refusals of this offer stand: the dates that are meant are those that were given."""
    starts = min(offer["dates"]) if offer["dates"] else offer["first_on"]
    if starts and offer["expires_on"] and offer["expires_on"] < starts <= (offer["last_on"] or starts):
        return {**PLACES, "date_order": "utgaar"}
    if offer["dates"]:
        return OF_DATES
    return PLACES if offer["last_on"] or not offer["expires_on"] else OF_EXPIRY


def offering_page(form: Form) -> str:
    """The form as it is filled in."""
    user = person()
    colleagues = own_colleagues(user)
    if user.role == "colleague":
        colleagues = [one for one in colleagues if one["id"] == user.person_id]
    return render_template(
        "offer_new.html",
        form=form,
        colleagues=colleague_options(colleagues),
        skills=[("", say("Velg")), *skill_options()],
        amounts=amount_options(),
        weekdays=weekday_options(),
        purposes=purpose_options(),
        where=[("host", say("Hos dem som spør")), ("home", say("Hjemmefra")), ("online", say("På nett"))],
        reaches=[
            ("all", say("Alle fylkene vi samarbeider med")),
            ("counties", say("Noen fylker")),
            ("county", here().names.own_county()),
        ],
        counties=_counties(),
        is_unfolded=any(name in form.errors or _is_used(form, name) for name in FOLDED),
    )


def purpose_options() -> Options:
    """What a day may be for."""
    return [("help", say("Hjelp")), ("hospitering", say("Hospitering")), ("vandring", say("Vandring"))]


def _counties() -> Options:
    return [(peer["county"], peer["name"]) for peer in here().names.peers() if peer["state"] != "left"]


def _is_used(form: Form, name: str) -> bool:
    value = form.values.get(name) or ""
    return bool(value) and value != USUAL.get(name, "")


def _number(form: Form, name: str, sentence: str) -> int | None:
    """A whole number, or None when nothing is written; what is none is said to be."""
    written = form.text(name).strip()
    if not written:
        return None
    if not (written.isascii() and written.isdecimal() and len(written) <= DIGITS_OF_NUMBER):
        form.errors[name] = sentence
        return None
    return int(written)
