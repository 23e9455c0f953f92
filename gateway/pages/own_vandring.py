"""Vandring as a library meets it: yes or no, whom it visits and who comes, swapping, and dropping out."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import NotFound, Refusal
from byttebank.identifiers import is_id, new_id
from gateway import speech
from gateway.accounts import User
from gateway.auth.guard import signed_in
from gateway.forms import Form, sent_form
from gateway.here import here, person
from gateway.pages.acting import known, press
from gateway.pages.choices import colleague_options, own_colleagues
from gateway.pages.tasks import Task
from gateway.speech import say
from gateway.words import vandring as words

pages = Blueprint("own_vandring", __name__)
Document = dict[str, Any]
MANAGER = "library_manager"
PLACES = {"/day": "dag", "/dates": "dag", "day_closed": "dag", "date_past": "dag", "colleague_busy": "hvem"}


@pages.get("/vandring")
@signed_in()
def index() -> str:
    """The rounds the library is invited to, the newest first."""
    found = here().backend.matching.library_vandrings(person().library_id)
    return render_template(
        "own_vandrings.html",
        rounds=[
            (one, words.BADGES[one["stage"]], words.own_answer(one["libraries"][0]), words.is_awaiting(one))
            for one in found
        ],
    )


@pages.get("/vandring/<round_id>")
@signed_in()
def show(round_id: str) -> str:
    """One round from the library's side."""
    return _show(round_id, Form(_fields()))


@pages.post("/vandring/<round_id>/svar")
@signed_in(MANAGER)
def answer(round_id: str) -> ResponseReturnValue:
    """The library takes part or not; who would go can be said later."""
    user, form = person(), sent_form({"svar": say("Svar"), "hvem": say("Hvem reiser?")})
    given = {"takes_part": form.text("svar") == "ja", "colleague_id": form.text("hvem") or None}
    said = say("Dere er med.") if given["takes_part"] else say("Dere står over denne gangen.")
    return _act(
        round_id,
        lambda: here().backend.matching.answer_vandring(round_id, user.library_id, given, user.actor),
        said,
    )


@pages.post("/vandring/<round_id>/forslag")
@signed_in()
def propose(round_id: str) -> ResponseReturnValue:
    """The library says who visits, and on which day; the host and the colleague are asked."""
    form = sent_form(_fields())
    form.need("hvem", "dag")
    if not form.errors:
        visit_id = request.form.get("besok", "")
        if not is_id(visit_id):
            raise NotFound(kind="vandring_visit", id=visit_id)
        try:
            here().backend.matching.propose_visit(
                visit_id, form.id, form.text("hvem"), form.text("dag"), person().actor
            )
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal, PLACES)
    if form.errors:
        return _show(round_id, form), 422
    flash(say("Forslaget er sendt til verten og kollegaen."), "success")
    return redirect(url_for("own_vandring.show", round_id=_known(round_id)))


@pages.post("/vandring/<round_id>/bytt")
@signed_in(MANAGER)
def ask_swap(round_id: str) -> ResponseReturnValue:
    """Another library is asked to exchange hosts."""
    other, swap_id = request.form.get("med", ""), request.form.get("id", "")
    return _act(
        round_id,
        lambda: here().backend.matching.ask_vandring_swap(
            round_id, swap_id if is_id(swap_id) else new_id(), _known(other), person().actor
        ),
        say("Biblioteket er spurt. Besøkene bytter plass når begge har sagt ja."),
    )


@pages.post("/vandring/<round_id>/bytte/<swap_id>")
@signed_in(MANAGER)
def answer_swap(round_id: str, swap_id: str) -> ResponseReturnValue:
    """Yes or no to another library's wish."""
    accepts = request.form.get("svar") == "ja"
    return _act(
        round_id,
        lambda: here().backend.matching.answer_vandring_swap(_known(swap_id), accepts, person().actor),
        say("Byttet er gjort.") if accepts else say("Dere beholder besøket deres."),
    )


@pages.post("/vandring/<round_id>/avbud")
@signed_in(MANAGER)
def leave(round_id: str) -> ResponseReturnValue:
    """The library cannot after all; nobody asks why, and the others' visits are mended."""
    user = person()
    return _act(
        round_id,
        lambda: here().backend.matching.leave_vandring(round_id, user.library_id, user.actor),
        say("Avbudet er registrert. De det gjelder, får beskjed."),
    )


def vandring_tasks(rounds: list[Document], user: User) -> list[Task]:
    """What of the library's vandring rounds waits for this user: an invitation, a wish to swap."""
    if user.role != MANAGER:
        return []
    today = speech.speech().today.isoformat()
    found = []
    for one in rounds:
        href = url_for("own_vandring.show", round_id=one["id"])
        due = say("Svar innen {date}", date=speech.short(one["reply_by_on"]))
        is_asked = one["stage"] in ("inviting", "planned") and one["libraries"][0]["answer"] is None
        if is_asked and today <= one["reply_by_on"]:
            title = say("Vil dere være med på vandringen {season}?", season=one["name"])
            text = say("Alle som er med, besøker ett bibliotek og får besøk av ett.")
            found.append(Task(title, text, due, say("Les og svar"), href))
        for swap in _waiting_swaps(one, user.library_id):
            title = say("{library} vil bytte besøk", library=swap["asker_library_name"])
            found.append(Task(title, say("Begge må si ja."), "", say("Les og svar"), href))
    return found


def _show(round_id: str, form: Form) -> str:
    user = person()
    round_ = here().backend.matching.library_vandring(_known(round_id), user.library_id)
    own = round_["libraries"][0]
    out = next((one for one in round_["visits"] if one["visitor_library_id"] == user.library_id), None)
    into = next((one for one in round_["visits"] if one["host_library_id"] == user.library_id), None)
    is_manager = user.role == MANAGER
    is_in = bool(own["answer"]) and not own["has_left"]
    is_open = round_["stage"] in ("inviting", "planned")
    is_free = out is not None and (out["engagement_state"] is None or out["engagement_state"] in words.OVER)
    may_answer = is_manager and is_open and speech.speech().today.isoformat() <= round_["reply_by_on"]
    colleagues = colleague_options(own_colleagues(user)) if may_answer or is_free else []
    if "hvem" not in form.values and own["colleague_id"]:
        form.values["hvem"] = own["colleague_id"]
    return render_template(
        "own_vandring.html",
        round=round_,
        badge=words.BADGES[round_["stage"]],
        answer=words.own_answer(own),
        form=form,
        out=out and (out, words.visit_when(out), words.visit_state(out)),
        into=into and (into, words.visit_when(into), words.visit_state(into)),
        sits_out=words.sits_out(own) if own["sits_out"] and not out else "",
        colleagues=colleagues,
        later=[("", say("Det vet vi ikke ennå")), *colleagues],
        may_answer=may_answer,
        may_propose=is_free and is_in and user.role in ("colleague", MANAGER),
        may_leave=is_manager and is_in and round_["stage"] == "published",
        swap_with=[
            (
                one["visitor_library_id"],
                say(
                    "{library}, som besøker {host}",
                    library=one["visitor_library_name"],
                    host=one["host_library_name"],
                ),
            )
            for one in round_["swap_with"]
        ]
        if is_manager and is_in and is_free
        else [],
        waiting=_waiting_swaps(round_, user.library_id) if is_manager else [],
        asked=[
            one
            for one in round_["swaps"]
            if one["state"] == "asked" and one["asker_library_id"] == user.library_id
        ],
        to_write=[
            (one["engagement_id"], other)
            for one, other, side in (
                (out, out and out["host_library_name"], "visitor"),
                (into, into and into["visitor_library_name"], "host"),
            )
            if one and one["engagement_state"] in words.CARRIED_OUT and side not in one["has_reflection_of"]
        ],
    )


def _waiting_swaps(round_: Document, library_id: str) -> list[Document]:
    return [
        one for one in round_["swaps"] if one["state"] == "asked" and one["other_library_id"] == library_id
    ]


def _act(round_id: str, act: Any, said: str) -> ResponseReturnValue:
    return press(act, said, url_for("own_vandring.show", round_id=_known(round_id)))


def _known(thing_id: str) -> str:
    return known(thing_id, "vandring_round")


def _fields() -> dict[str, str]:
    return {"hvem": say("Hvem reiser?"), "dag": say("Hvilken dag?")}
