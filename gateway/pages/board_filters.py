"""What somebody looks for on the board: the filters of the address and what they may be."""

from datetime import date
from typing import Any

from flask import request

from byttebank.identifiers import is_slug
from gateway import speech
from gateway.forms import Form
from gateway.here import here
from gateway.pages.choices import Options, skill_options
from gateway.speech import say
from gateway.words.categories import category_name

SHOWS = ("all", "needs", "offers")
DISTANCES_KM = (50, 100, 200)
MAX_WORDS = 200
FOLDED = ("ferdighet", "kategori", "fylke", "reise", "fra", "til")
"""The filters that stand folded while none of them is used."""


def sent_filters() -> Form:
    """The filters of the address; what is none of ours counts as not chosen, dates in the wrong order are
    said to be.
    """
    vis, reise = request.args.get("vis", "all"), request.args.get("reise", "")
    fylke = request.args.get("fylke", "")
    values = {
        "ord": request.args.get("ord", "").strip()[:MAX_WORDS].replace("\x00", ""),
        "vis": vis if vis in SHOWS else "all",
        "ferdighet": request.args.get("ferdighet", "")[:MAX_WORDS],
        "kategori": request.args.get("kategori", "")[:MAX_WORDS],
        "fylke": fylke if is_slug(fylke) else "",
        "reise": reise if reise in [str(km) for km in DISTANCES_KM] else "",
        "fra": _day(request.args.get("fra", "")),
        "til": _day(request.args.get("til", "")),
    }
    labels = {"ord": say("Søk"), "fra": say("Fra og med"), "til": say("Til og med")}
    form = Form(labels, values)
    if values["fra"] and values["til"] and values["til"] < values["fra"]:
        form.errors["til"] = say("Siste dag er før første dag. Bytt om datoene.")
    return form


def question_of(form: Form) -> dict[str, Any]:
    """The filters as the directory takes them; days that make no sense are left out."""
    days = {} if form.errors else {"first_on": form.text("fra"), "last_on": form.text("til")}
    return {
        "show": form.text("vis"),
        "skill": form.text("ferdighet") or None,
        "category": form.text("kategori") or None,
        "county": form.text("fylke") or None,
        "text": form.text("ord") or None,
        "max_km": int(form.text("reise")) if form.text("reise") else None,
        **{name: day or None for name, day in days.items()},
    }


def has_folded(form: Form) -> bool:
    """Whether a filter that stands folded is used."""
    return any(form.text(name) for name in FOLDED) or form.text("vis") != "all"


def choices() -> dict[str, Options]:
    """What each filter may be."""
    names = here().names
    counties = [(here().settings.county, names.own_county())]
    counties += [(peer["county"], peer["name"]) for peer in names.peers() if peer["state"] != "left"]
    categories = {skill["category"]: category_name(skill["category"]) for skill in names.skills()}
    return {
        "vis": [("all", say("Alt")), ("needs", say("Trenger hjelp")), ("offers", say("Tilbyr en dag"))],
        "ferdighet": [("", say("Alle")), *skill_options(kept=None)],
        "kategori": [("", say("Alle")), *sorted(categories.items(), key=lambda one: one[1].casefold())],
        "fylke": [("", say("Alle fylker")), *counties],
        "reise": [
            ("", say("Uansett avstand")),
            *((str(km), say("Inntil {km}", km=speech.km(km))) for km in DISTANCES_KM),
        ],
    }


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
