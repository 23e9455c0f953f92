"""What a library says of itself: its numbers and days, whom to ask, and the form to change it."""

from typing import Any
from urllib.parse import quote

from gateway import speech
from gateway.accounts import User
from gateway.forms import Form, sent_form
from gateway.here import here
from gateway.pages.dates import dates_from_text, dates_to_text
from gateway.speech import N_, say

Document = dict[str, Any]
KINDS = {
    "public": N_("Folkebibliotek"),
    "upper_secondary": N_("Bibliotek i videregående skole"),
    "county": N_("Fylkesbibliotek"),
    "other": N_("Annet bibliotek"),
}
SIZES = {"small": N_("Lite"), "medium": N_("Middels"), "large": N_("Stort")}
CLOSED_SHOWN = 10
PLACES = {
    "/contact_name": "kontaktperson",
    "/contact_email": "epost",
    "/contact_phone": "telefon",
    "/website": "nettsted",
    "/closed_dates": "stengt",
}
"""Document pointer to the field of the form."""


def may_change(user: User, library: Document) -> bool:
    """Whether the user writes what others see of the library: its manager, and the county."""
    is_own = library["county"] == here().settings.county and library["state"] == "open"
    is_manager = user.role == "library_manager" and user.library_id == library["id"]
    return is_own and (user.role == "county" or is_manager)


def facts_of(library: Document) -> list[tuple[str, str]]:
    """What the library is, as label and words; nothing that is not known."""
    today = speech.speech().today.isoformat()
    coming = [day for day in library["closed_dates"] if day >= today][:CLOSED_SHOWN]
    facts = [
        (say("Type"), say(KINDS[library["kind"]])),
        (say("Kommune"), library["municipality_name"] or ""),
        (say("Størrelse"), say(SIZES[library["size_class"]]) if library["size_class"] else ""),
        (say("Biblioteknummer"), library["national_number"] or ""),
        (say("Tidligere nummer"), ", ".join(library["former_numbers"])),
        (say("Åpnet"), speech.on(library["opened_on"]) if library["opened_on"] else ""),
        (say("Nedlagt"), speech.on(library["closed_on"]) if library["closed_on"] else ""),
        (say("Stengt, utenom helligdager"), speech.capitalised(speech.on_days(coming)) if coming else ""),
    ]
    return [(label, words) for label, words in facts if words]


def contact_of(library: Document, managers: list[Document]) -> Document:
    """Whom to ask and how: the library's own contact point, or a manager who shows the own name."""
    manager = next((one for one in managers if one["email"]), {})
    email = library["contact_email"] or manager.get("email")
    phone = library["contact_phone"]
    website = library["website"] or ""
    return {
        "name": library["contact_name"] or manager.get("name"),
        "email": email,
        "mailto": f"mailto:{quote(email, safe='@')}" if email else None,
        "phone": phone,
        "tel": f"tel:{quote(phone.replace(' ', ''), safe='+')}" if phone else None,
        "website": website if website.startswith(("https://", "http://")) else None,
    }


def page_form(library: Document) -> Form:
    """What others see, as it stands."""
    return Form(
        _fields(),
        {
            "kontaktperson": library["contact_name"] or "",
            "epost": library["contact_email"] or "",
            "telefon": library["contact_phone"] or "",
            "nettsted": library["website"] or "",
            "stengt": dates_to_text(library["closed_dates"]),
        },
    )


def sent_page() -> tuple[Form, Document | None]:
    """The form as it was sent, and the page it makes; None while something must be put right."""
    form = sent_form(_fields())
    closed = dates_from_text(form.text("stengt"), speech.speech().today)
    if closed is None:
        form.errors["stengt"] = say("Skriv datoene som 7.12.2026, med komma mellom.")
    if form.text("epost").strip() and "@" not in form.text("epost"):
        form.errors["epost"] = say(
            "Skriv en e-postadresse, som post@biblioteket.no, eller la feltet stå tomt."
        )
    nettsted = form.text("nettsted").strip()
    if nettsted and not nettsted.startswith(("https://", "http://")):
        form.errors["nettsted"] = say("Skriv hele adressen, som https://www.biblioteket.no.")
    if form.errors:
        return form, None
    return form, {
        "contact_name": form.text("kontaktperson").strip() or None,
        "contact_email": form.text("epost").strip() or None,
        "contact_phone": form.text("telefon").strip() or None,
        "website": nettsted or None,
        "closed_dates": closed or [],
    }


def _fields() -> dict[str, str]:
    return {
        "kontaktperson": say("Hvem kan andre spørre?"),
        "epost": say("E-post"),
        "telefon": say("Telefon"),
        "nettsted": say("Nettsted"),
        "stengt": say("Dager dere har stengt"),
    }
