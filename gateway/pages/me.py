"""The person's own page: language, who sees the name, what is kept, and having it erased."""

import json
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import Refusal
from byttebank.language import LANGUAGE_NAMES
from gateway import speech
from gateway.auth.guard import signed_in
from gateway.forms import Form, sent_form
from gateway.here import here, person, speak_to
from gateway.language_choice import choose_own_language
from gateway.languages import PARAMETER, spoken
from gateway.own_record import erase, export_of, own_colleague
from gateway.pages.choices import Options, skill_options
from gateway.speech import say
from gateway.words.refusals import refusal_sentence

pages = Blueprint("me", __name__)
Document = dict[str, Any]
FIELDS_OF_SKILLS = {"can": "kan", "can_teach": "laerer", "wants_to_learn": "vil", "own_words": "ord"}


@pages.get("/meg")
@signed_in()
def show() -> str:
    """Who one is here, the language one reads in, and what one has chosen."""
    return _page()


def _page(refused: Form | None = None) -> str:
    """The page, with what was ticked and refused just now as it was ticked."""
    user = person()
    of_library = here().library_language(user.library_id)
    as_library = say("Som biblioteket ({language})", language=language_name(of_library))
    colleague = own_colleague(user)
    return render_template(
        "me.html",
        form=Form({PARAMETER: say("Språket mitt")}, {PARAMETER: user.language or ""}),
        languages=[("", as_library), *language_options()],
        choices=_choices_form(colleague) if colleague else None,
        can=refused or (skills_form(colleague) if colleague else None),
        has=colleague["can"] if colleague else [],
        skills=skill_options(kept=_skills_of(colleague)),
        sharings=sharing_options(),
        legal_basis=here().names.county_document().get("legal_basis", ""),
    )


def _skills_of(colleague: Document | None) -> list[str]:
    """What she has chosen; she keeps it also when it is retired."""
    names = ("can", "can_teach", "wants_to_learn")
    return [code for name in names for code in colleague[name]] if colleague else []


def _choices_form(colleague: Document) -> Form:
    labels = {"navn": say("Hvem kan se navnet mitt?"), "tilbys": say("Lederen kan tilby meg")}
    return Form(labels, {"navn": colleague["sharing"], "tilbys": "1" if colleague["may_be_offered"] else ""})


def _skills_fields() -> dict[str, str]:
    return {
        "kan": say("Kan"),
        "laerer": say("Kan lære bort"),
        "vil": say("Vil lære"),
        "ord": say("Med egne ord"),
    }


def skills_form(colleague: Document) -> Form:
    """What the person can, can teach and wants to learn, as it stands."""
    values = {
        "kan": colleague["can"],
        "laerer": colleague["can_teach"],
        "vil": colleague["wants_to_learn"],
        "ord": colleague["own_words"],
    }
    return Form(_skills_fields(), values)


@pages.post("/meg/kompetanse")
@signed_in()
def write_skills() -> ResponseReturnValue:
    """What the person can, can teach and wants to learn is as it was ticked."""
    form = sent_form(_skills_fields(), many=("kan", "laerer", "vil"))
    skills = {name: form.values[field] for name, field in FIELDS_OF_SKILLS.items()}
    try:
        here().backend.directory.set_skills(person().person_id, skills, person().actor)
    except Refusal as refusal:
        places = {f"/{name}{end}": field for name, field in FIELDS_OF_SKILLS.items() for end in ("", "/0")}
        places[refusal.code] = FIELDS_OF_SKILLS.get(str(refusal.parameters.get("field")), "")
        form.refuse(refusal, places)
        return _page(form), 422
    flash(say("Det du kan, er skrevet ned."), "success")
    return redirect(url_for("me.show"))


def sharing_options() -> Options:
    """How far a name may show."""
    return [
        ("library", say("Bare biblioteket mitt")),
        ("county", say("Fylket")),
        ("all", say("Alle fylker")),
    ]


@pages.post("/meg/valg")
@signed_in()
def choose() -> ResponseReturnValue:
    """The name shows as far as was chosen, from now on and everywhere."""
    choices = {"sharing": request.form.get("navn", ""), "may_be_offered": request.form.get("tilbys") == "1"}
    try:
        here().backend.directory.set_choices(person().person_id, choices, person().actor)
    except Refusal as refusal:
        flash(refusal_sentence(refusal), "danger")
    else:
        flash(say("Valget ditt gjelder nå, overalt."), "success")
    return redirect(url_for("me.show"))


@pages.get("/meg/alt-om-meg.json")
@signed_in()
def download() -> Response:
    """Everything that is kept of the person, as a file."""
    text = json.dumps(export_of(person()), ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": 'attachment; filename="byttebank.json"', "Cache-Control": "no-store"}
    return Response(text + "\n", content_type="application/json; charset=utf-8", headers=headers)


@pages.post("/meg/slett")
@signed_in()
def erase_me() -> ResponseReturnValue:
    """Nothing of the person is left here, the other counties are asked to forget, and nobody is signed in."""
    if request.form.get("sikker") != "1":
        flash(say("Kryss av for at alt om deg skal slettes."), "danger")
        return redirect(url_for("me.show"))
    try:
        told = erase(person())
    except Refusal as refusal:
        flash(refusal_sentence(refusal), "danger")
        return redirect(url_for("me.show"))
    others = [speech.county_name(one["county"]) for one in told if one["confirmed_at"] is None]
    flash(say("Opplysningene om deg er slettet her, og du er logget ut."), "success")
    if others:
        flash(say("Vi har bedt {counties} om det samme.", counties=speech.names(others)), "info")
    return redirect(url_for("public.front"))


@pages.post("/meg/sprak")
@signed_in()
def choose_language() -> ResponseReturnValue:
    """Pages and mails are in the language from now on, this answer too."""
    wanted = request.form.get(PARAMETER, "")
    if wanted and not spoken(wanted):
        flash(say("Velg et av språkene."), "danger")
        return redirect(url_for("me.show"))
    try:
        speak_to(choose_own_language(person(), wanted or None))
    except Refusal as refusal:
        flash(refusal_sentence(refusal), "danger")
    else:
        flash(say("Språket er endret."), "success")
    return redirect(url_for("me.show"))


def language_options() -> list[tuple[str, str]]:
    """The languages, each called what it calls itself."""
    return [(language, language_name(language)) for language in speech.spoken_languages()]


def language_name(language: str) -> str:
    """What the language calls itself."""
    return LANGUAGE_NAMES[language]
