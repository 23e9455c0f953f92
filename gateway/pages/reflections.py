"""Reflections: what libraries took home from visits, found by words, and the form for writing one."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import FieldMissing, NotFound, Refusal
from byttebank.identifiers import is_id
from gateway.auth.guard import signed_in
from gateway.forms import Form, sent_form
from gateway.here import here, person
from gateway.reading import moves_days
from gateway.speech import say
from gateway.words.vandring import QUESTIONS

pages = Blueprint("reflections", __name__)
Document = dict[str, Any]
MAX_QUERY = 100
ANSWERS = {"saw": "sa", "learned": "larte", "advice": "rad"}
"""The contract's name of an answer, to the form's."""
PLACES = {**{f"/{name}": field for name, field in ANSWERS.items()}, "field_missing": "sa"}


@pages.get("/refleksjoner")
@signed_in()
def index() -> str:
    """The newest, or those in which all the words stand."""
    query = request.args.get("q", "").strip()[:MAX_QUERY]
    found = here().backend.matching.reflections(query)
    return render_template(
        "reflections.html",
        query=query,
        chosen=Form({}, {"q": query}),
        reflections=[(one, _answered(one)) for one in found],
    )


@pages.get("/refleksjoner/skriv/<engagement_id>")
@signed_in()
def new(engagement_id: str) -> str:
    """Three questions about a visit, with what the library has written before."""
    engagement = _visit(engagement_id)
    before = here().backend.matching.reflection(engagement_id, person().library_id) or {}
    values = {field: before.get(name, "") for name, field in ANSWERS.items()}
    return _form(engagement, Form(_fields(engagement), values))


@pages.post("/refleksjoner/skriv/<engagement_id>")
@signed_in("library_manager", "colleague")
def write(engagement_id: str) -> ResponseReturnValue:
    """The reflection is stored and everybody in the county can read it."""
    engagement = _visit(engagement_id)
    form = sent_form(_fields(engagement))
    if not any(form.text(field).strip() for field in ANSWERS.values()):
        form.refuse(FieldMissing(field="sa"), PLACES)
    if not form.errors:
        answers = {name: form.text(field) for name, field in ANSWERS.items()}
        try:
            given = {"id": form.id, "engagement_id": engagement_id, **answers}
            here().backend.matching.write_reflection(given, person().actor)
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal, PLACES)
    if form.errors:
        return _form(engagement, form), 422
    flash(say("Refleksjonen er lagret. Takk for at dere deler."), "success")
    return redirect(url_for("reflections.index"))


def _visit(engagement_id: str) -> Document:
    """The visit, of the reader's library. Refuses: NotFound, also for help."""
    if not is_id(engagement_id):
        raise NotFound(kind="engagement", id=engagement_id)
    engagement = here().backend.matching.get_engagement(engagement_id, person().actor)
    own = (engagement["host_library_id"], engagement["lender_library_id"])
    if moves_days(engagement) or person().library_id not in own:
        raise NotFound(kind="engagement", id=engagement_id)
    return engagement


def _form(engagement: Document, form: Form) -> str:
    is_host = engagement["host_library_id"] == person().library_id
    other = engagement["lender_library_name"] if is_host else engagement["host_library_name"]
    title = say("Hva ga besøket fra {lender} dere?", lender=other)
    if not is_host:
        title = say("Hva tok dere med hjem fra {host}?", host=other)
    return render_template(
        "reflection_new.html", engagement=engagement, form=form, title=title, fields=list(ANSWERS.values())
    )


def _fields(engagement: Document) -> dict[str, str]:
    side = "host" if engagement["host_library_id"] == person().library_id else "visitor"
    return {field: say(QUESTIONS[side][name]) for name, field in ANSWERS.items()}


def _answered(one: Document) -> list[tuple[str, str]]:
    """Each question that was answered, with the answer."""
    return [(say(question), one[name]) for name, question in QUESTIONS[one["side"]].items() if one[name]]
