"""Libraries: who takes part, and a page for each with what it offers, what it needs, and whom to ask."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import NotFound, Refusal
from byttebank.identifiers import is_id
from gateway import speech
from gateway.accounts import User
from gateway.auth.guard import signed_in
from gateway.forms import Form
from gateway.here import here, person
from gateway.language_choice import choose_library_language
from gateway.languages import PARAMETER, spoken
from gateway.pages.board import need_facts, when_words
from gateway.pages.direct_requests import may_ask
from gateway.pages.library_page import PLACES, contact_of, facts_of, may_change, page_form, sent_page
from gateway.pages.me import language_name, language_options
from gateway.pages.participation import library_standing
from gateway.speech import say
from gateway.words.refusals import refusal_sentence

pages = Blueprint("libraries", __name__)
Document = dict[str, Any]
PAGE_LENGTH = 50
MAX_QUERY = 100


@pages.get("/bibliotek")
def index() -> str:
    """Who takes part; searchable."""
    query = request.args.get("q", "").strip()[:MAX_QUERY]
    found = here().backend.directory.list_libraries(
        query=query or None, cursor=request.args.get("fra") or None, limit=PAGE_LENGTH
    )
    return render_template(
        "libraries.html",
        query=query,
        libraries=found["items"],
        next_url=url_for("libraries.index", q=query or None, fra=found["next_cursor"])
        if found["next_cursor"]
        else None,
    )


@pages.get("/bibliotek/<library_id>")
@signed_in()
def show(library_id: str) -> str:
    """One library, as far as its people share with the reader."""
    return _show(library_id, None)


@pages.post("/bibliotek/<library_id>/side")
@signed_in("library_manager", "county")
def change_page(library_id: str) -> ResponseReturnValue:
    """Others see the contact point, the web site and the closed days as they were written."""
    if not is_id(library_id):
        raise NotFound(kind="library", id=library_id)
    form, page = sent_page()
    if page is not None:
        try:
            here().backend.directory.set_library_page(library_id, page, person().actor)
        except Refusal as refusal:
            form.refuse(refusal, PLACES)
    if form.errors:
        return _show(library_id, form), 422
    here().names.forget_library(library_id)
    flash(say("Siden er endret."), "success")
    return redirect(url_for("libraries.show", library_id=library_id))


def _show(library_id: str, form: Form | None) -> str:
    if not is_id(library_id):
        raise NotFound(kind="library", id=library_id)
    directory, user = here().backend.directory, person()
    library = directory.get_library(library_id)
    try:
        colleagues = directory.list_colleagues(library_id, user.actor)
    except Refusal:
        colleagues = []
    is_own = library_id == user.library_id
    managers = [one for one in colleagues if one["is_manager"] and one["name"]]
    return render_template(
        "library.html",
        library=library,
        is_own=is_own,
        may_ask=may_ask(library, user),
        facts=facts_of(library),
        participation=library_standing(library, user),
        contact=contact_of(library, managers),
        form=form or (page_form(library) if may_change(user, library) else None),
        colleagues=[(one, speech.skills(one["can"])) for one in colleagues if is_own or one["name"]],
        unnamed=sum(1 for one in colleagues if not is_own and not one["name"]),
        managers=managers,
        offers=[
            (one, speech.skills(one["skills"]), when_words(one))
            for one in directory.list_offers(library_id)["items"]
        ],
        requests=[
            (one, speech.skills(one["skills"]), need_facts(one, library["short_name"]))
            for one in directory.list_requests(library_id)["items"]
            if _is_shown(one, is_own=is_own)
        ],
        **_language_choice(library, user),
    )


def _is_shown(request: Document, *, is_own: bool) -> bool:
    """Whether a request stands on the library's page: until its days have been, also when it is covered."""
    is_coming = request["last_on"] >= speech.speech().today.isoformat()
    return request["state"] != "closed" and is_coming and (is_own or request["is_open"])


@pages.post("/bibliotek/<library_id>/sprak")
@signed_in("library_manager", "county")
def choose_language(library_id: str) -> ResponseReturnValue:
    """Those of the library who have not chosen read in the language from now on."""
    if not is_id(library_id):
        raise NotFound(kind="library", id=library_id)
    wanted = request.form.get(PARAMETER, "")
    if wanted and not spoken(wanted):
        flash(say("Velg et av språkene."), "danger")
        return redirect(url_for("libraries.show", library_id=library_id))
    try:
        choose_library_language(person(), library_id, wanted or None)
    except Refusal as refusal:
        flash(refusal_sentence(refusal), "danger")
    else:
        flash(say("Språket er endret."), "success")
    return redirect(url_for("libraries.show", library_id=library_id))


def _language_choice(library: dict[str, Any], user: User) -> dict[str, Any]:
    """The form for whoever decides for the library, nothing for others."""
    if library["id"] != user.library_id or user.role not in ("library_manager", "county"):
        return {}
    of_county = spoken(here().names.county_language()) or speech.SOURCE
    as_county = say("Som fylket ({language})", language=language_name(of_county))
    label = say("Språket for dem som ikke har valgt selv")
    return {
        "language_form": Form({PARAMETER: label}, {PARAMETER: library.get("language") or ""}),
        "languages": [("", as_county), *language_options()],
    }
