"""The county's own skills, beside those that every county has."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import Refusal
from gateway import speech
from gateway.auth.guard import signed_in
from gateway.forms import Form, sent_form
from gateway.here import here, person
from gateway.speech import say
from gateway.words.categories import NAMES, category_name

pages = Blueprint("vocabulary", __name__)
Document = dict[str, Any]
COUNTY_ROLES = ("county", "operator")
LANGUAGES = {"nb": "navn", "nn": "nynorsk", "en": "engelsk"}
PLACES = {"/names": "navn", "/code": "navn", "/category": "kategori", "/maps_to": "felles"}


@pages.get("/fylket/ferdigheter")
@signed_in(*COUNTY_ROLES)
def index() -> str:
    """The county's own skills, and a form for a new one, or for the one that is asked for."""
    skills = here().backend.directory.list_skills()
    asked = request.args.get("kode")
    chosen = next((one for one in skills if one["is_own"] and one["code"] == asked), None)
    return _index(Form(_fields(), _values(chosen) if chosen else {}), skills)


@pages.post("/fylket/ferdigheter")
@signed_in("county")
def write() -> ResponseReturnValue:
    """The skill has these names from now on. Its code is made once, of the form, and never changes."""
    form = sent_form({**_fields(), "kode": ""})
    form.need("navn")
    name = form.text("navn").strip()
    code = form.text("kode") or f"egen-{form.id.rpartition('-')[2]}"
    if not form.errors:
        names = {language: form.text(field).strip() for language, field in LANGUAGES.items()}
        skill = {
            "code": code,
            "category": form.text("kategori"),
            "names": {language: words for language, words in names.items() if words},
            "maps_to": form.text("felles") or None,
            "is_retired": form.text("brukes") == "nei",
        }
        try:
            here().backend.directory.write_skill(skill, person().actor)
            here().names.forget_skills()
        except Refusal as refusal:
            form.refuse(refusal, PLACES)
    if form.errors:
        return _index(form, here().backend.directory.list_skills()), 422
    flash(say("{skill} er med blant fylkets ferdigheter.", skill=name), "success")
    return redirect(url_for("vocabulary.index"))


def _index(form: Form, skills: list[Document]) -> str:
    shared = [(one["code"], _name(one)) for one in skills if not one["is_own"]]
    known = dict(shared)
    own = [one for one in skills if one["is_own"]]
    return render_template(
        "vocabulary.html",
        form=form,
        may_write=person().role == "county",
        own=[(one, _name(one), category_name(one["category"]), known.get(one["maps_to"])) for one in own],
        categories=[(code, say(words)) for code, words in NAMES.items()],
        uses=[("ja", say("Ja")), ("nei", say("Nei. De som har den, beholder den."))],
        shared=[("", say("Ingen. Den brukes bare i fylket vårt.")), *shared],
    )


def _name(skill: Document) -> str:
    return speech.capitalised(skill["names"].get(speech.speech().language) or skill["names"]["nb"])


def _values(skill: Document) -> Document:
    names = {field: skill["names"].get(language, "") for language, field in LANGUAGES.items()}
    names["brukes"] = "nei" if skill["is_retired"] else "ja"
    chosen = {"kategori": skill["category"], "felles": skill["maps_to"] or "", "kode": skill["code"]}
    return {**names, **chosen}


def _fields() -> dict[str, str]:
    return {
        "navn": say("Navn på bokmål"),
        "nynorsk": say("Navn på nynorsk"),
        "engelsk": say("Navn på engelsk"),
        "kategori": say("Kategori"),
        "felles": say("Ligner mest på"),
        "brukes": say("Kan den velges?"),
    }
