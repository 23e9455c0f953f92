"""The participation agreement: for everybody to read, and for a library's manager to accept."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from byttebank.contracts.participation import CAPACITIES, PARTICIPATION_VERSION
from byttebank.contracts.participation_refusals import ParticipationMissing
from byttebank.contracts.refusals import FieldMissing, NotFound, Refusal
from byttebank.identifiers import is_id
from gateway import speech
from gateway.accounts import User
from gateway.agreement import AgreementText, agreement_text
from gateway.auth.guard import signed_in
from gateway.forms import Form, sent_form
from gateway.here import here, person
from gateway.pages.choices import Options
from gateway.pages.tasks import Task
from gateway.speech import N_, say
from gateway.words.refusals import refusal_sentence

pages = Blueprint("participation", __name__)
Document = dict[str, Any]
CAPACITY_WORDS = {
    "delegate": N_("Jeg har fullmakt fra ledelsen til å godkjenne"),
    "management": N_("Ledelsen i kommunen har godkjent, og jeg skriver det inn"),
}
APPROVER_KEY = "godkjenner"
APPROVER_FIELDS = {"approved_by": "godkjent_av", "approver_title": "tittel"}
PLACES = {
    "/capacity": "rolle",
    "/acceptance/capacity": "rolle",
    "field_missing": "godkjent_av",
    "agreement_changed": "rolle",
}


@pages.get("/deltakeravtale")
def text() -> str:
    """The agreement that counts now, for whoever is to approve it."""
    return render_template("public/agreement.html", agreement=current_text())


@pages.get("/bibliotek/<library_id>/avtale")
@signed_in()
def show(library_id: str) -> str:
    """The agreement, who has accepted it for the library, and the form to accept it."""
    return _show(library_id, Form(acceptance_fields()))


@pages.post("/bibliotek/<library_id>/avtale")
@signed_in("library_manager")
def accept(library_id: str) -> ResponseReturnValue:
    """The library may agree on days from now on."""
    if not is_id(library_id):
        raise NotFound(kind="library", id=library_id)
    form = sent_form(acceptance_fields())
    acceptance = acceptance_of(form)
    if acceptance is not None:
        try:
            here().backend.directory.accept_participation(library_id, acceptance, person().actor)
        except Refusal as refusal:
            form.refuse(refusal, PLACES)
    if form.errors:
        return _show(library_id, form), 422
    flash(say("Avtalen er godkjent. Dere kan avtale dager."), "success")
    return redirect(url_for("participation.show", library_id=library_id))


@pages.post("/bibliotek/<library_id>/avtale/godkjenner")
@signed_in("library_manager")
def name_approver(library_id: str) -> ResponseReturnValue:
    """Another one in the management is named, or nobody; the acceptance stands."""
    if not is_id(library_id):
        raise NotFound(kind="library", id=library_id)
    form = sent_form(_approver_fields())
    form.key = APPROVER_KEY
    approver = {field: form.text(name).strip() for field, name in APPROVER_FIELDS.items()}
    try:
        here().backend.directory.name_approver(library_id, approver, person().actor)
    except FieldMissing as refusal:
        at = APPROVER_FIELDS[str(refusal.parameters["field"])]
        form.refuse(FieldMissing(field=at), {refusal.code: at})
    except Refusal as refusal:
        form.refuse(refusal, {f"/{field}": name for field, name in APPROVER_FIELDS.items()})
    if form.errors:
        return _show(library_id, Form(acceptance_fields()), form), 422
    flash(say("Lagret. Utgaven og dagen avtalen ble godkjent, står som før."), "success")
    return redirect(url_for("participation.show", library_id=library_id))


def _show(library_id: str, form: Form, approver: Form | None = None) -> str:
    if not is_id(library_id):
        raise NotFound(kind="library", id=library_id)
    user = person()
    participation = here().backend.directory.participation(library_id, user.actor)
    may_accept = user.role == "library_manager" and user.library_id == library_id
    if approver is None and may_accept and participation["capacity"] == "management":
        values = {name: participation[field] for field, name in APPROVER_FIELDS.items()}
        approver = Form(_approver_fields(), values, key=APPROVER_KEY)
    return render_template(
        "participation.html",
        agreement=current_text(),
        participation=participation,
        standing=standing(participation),
        form=form if may_accept and not participation["is_accepted"] else None,
        approver=approver,
        about_approver=about_approver(),
        capacities=capacity_options(),
    )


def current_text() -> AgreementText:
    """The version that counts now, in the reader's language."""
    return agreement_text(PARTICIPATION_VERSION, speech.speech().language)


def capacity_options(*, with_later: bool = False) -> Options:
    """In which capacity one accepts; `with_later`: or that somebody else must do it first."""
    options = [(capacity, say(CAPACITY_WORDS[capacity])) for capacity in CAPACITIES]
    later = ("senere", say("Ledelsen må godkjenne først. Vi ser oss om imens"))
    return [*options, later] if with_later else options


def acceptance_fields() -> dict[str, str]:
    """The form's fields in reading order."""
    return {
        "rolle": say("Hvem godkjenner?"),
        "godkjent_av": say("Navnet på den i ledelsen som har godkjent"),
        "tittel": say("Tittel"),
    }


def _approver_fields() -> dict[str, str]:
    fields = acceptance_fields()
    return {name: fields[name] for name in APPROVER_FIELDS.values()}


def about_approver() -> str:
    """What the name of somebody in the management is used for, how long it is kept, and on what grounds."""
    said = say(
        "Navnet og tittelen viser biblioteket og fylkesbiblioteket hvem i kommunen som har godkjent avtalen, "
        "og brukes ikke til annet. De står til biblioteket bytter eller fjerner dem."
    )
    legal_basis = here().names.county_document().get("legal_basis", "")
    grounds = say("Grunnlaget for å lagre det: {legal_basis}", legal_basis=legal_basis) if legal_basis else ""
    return f"{said} {grounds}".strip()


def acceptance_of(form: Form) -> Document | None:
    """A `NewAcceptance` of the form; None, with the errors in the form, while something must be put right."""
    capacity = form.text("rolle")
    if capacity not in CAPACITIES:
        form.errors["rolle"] = say("Velg hvem som godkjenner.")
        return None
    if capacity == "management":
        form.need("godkjent_av", "tittel")
    return (
        None
        if form.errors
        else {
            "version": PARTICIPATION_VERSION,
            "capacity": capacity,
            "approved_by": form.text("godkjent_av").strip() if capacity == "management" else "",
            "approver_title": form.text("tittel").strip() if capacity == "management" else "",
        }
    )


def standing(participation: Document) -> str:
    """Who has accepted what, in one sentence or two."""
    if participation["version"] is None:
        return say("Avtalen er ikke godkjent ennå. Til da kan biblioteket ikke avtale dager.")
    when = speech.on(participation["accepted_at"][:10])
    values = {"version": participation["version"], "date": when}
    if participation["capacity"] == "management" and not participation["approved_by"]:
        said = say("Utgave {version} ble godkjent {date} av ledelsen i kommunen.", **values)
    elif participation["capacity"] == "management":
        values |= {"name": participation["approved_by"], "title": participation["approver_title"]}
        said = say("Utgave {version} ble godkjent {date} av {name}, {title}.", **values)
    else:
        said = say("Utgave {version} ble godkjent {date} av lederen, med fullmakt.", **values)
    if participation["is_accepted"]:
        return said
    more = say(
        "Det er kommet en ny utgave. Det som er avtalt, står, og nye dager venter til den er godkjent."
    )
    return f"{said} {more}"


def participation_tasks(user: User) -> list[Task]:
    """What a manager's library must do before it can agree on days; nothing once it is done."""
    if user.role != "library_manager":
        return []
    participation = here().backend.directory.participation(user.library_id, user.actor)
    if participation["is_accepted"]:
        return []
    href = url_for("participation.show", library_id=user.library_id)
    title, button = say("Godkjenn deltakeravtalen"), say("Les og godkjenn")
    return [Task(title, standing(participation), "", button, href)]


def library_standing(library: Document, user: User) -> str:
    """What its own people and the county see of a library of ours; nothing for others."""
    is_ours = library["county"] == here().settings.county and library["state"] == "open"
    if not is_ours or not (user.library_id == library["id"] or user.role in ("county", "operator")):
        return ""
    try:
        return standing(here().backend.directory.participation(library["id"], user.actor))
    except Refusal:
        return ""


def refusal_words(refusal: Refusal) -> str:
    """The refusal as a person reads it; with the way to the agreement where that is what is missing."""
    sentence = refusal_sentence(refusal)
    library_id = refusal.parameters.get("library_id")
    if not isinstance(refusal, ParticipationMissing) or library_id != person().library_id:
        return sentence
    href = url_for("participation.show", library_id=library_id)
    link = Markup('<a class="ds-link" href="{}">{}</a>').format(href, say("Les og godkjenn avtalen"))
    return Markup("{} {}").format(sentence, link)
