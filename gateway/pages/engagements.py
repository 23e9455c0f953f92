"""Engagements: the list, and one with its steps, the acts that are possible, the facts and the history."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import NotFound, NotNow, Refusal
from byttebank.identifiers import is_id
from gateway import reading, speech
from gateway.accounts import User
from gateway.auth.guard import signed_in
from gateway.here import here, person
from gateway.pages.choices import colleague_options, own_colleagues
from gateway.pages.move_form import moving_of
from gateway.pages.overview import place_words
from gateway.pages.participation import refusal_words
from gateway.pages.timeline import timeline
from gateway.reading import Reader, reader_of
from gateway.speech import say
from gateway.words import engagements as words
from gateway.words.history import line_sentence
from gateway.words.links import agreeing_waits, engagement_waits
from gateway.words.refusals import refusal_sentence, sentence_of

pages = Blueprint("engagements", __name__)
Document = dict[str, Any]


@pages.get("/avtaler")
@signed_in()
def index() -> str:
    """The library's engagements: those that go on, and those that are over."""
    user = person()
    found = here().backend.matching.list_engagements(user.library_id)
    listed = [(one, reader_of(one, user)) for one in found]
    rows: list[Document] = [
        {
            "engagement": one,
            "title": words.title(one, reader),
            "sentence": words.sentence(one, reader),
            "href": url_for("engagements.show", engagement_id=one["id"]),
            "must_act": reading.must_act(one, reader, speech.speech().today),
            "place": place_words(one, reader),
        }
        for one, reader in listed
    ]
    ongoing = [row for row in rows if row["engagement"]["state"] in reading.ONGOING]
    over = [row for row in rows if row["engagement"]["state"] not in reading.ONGOING]
    over.sort(key=lambda row: row["engagement"]["dates"][0], reverse=True)
    return render_template("engagements.html", ongoing=ongoing, over=over)


@pages.get("/avtaler/<engagement_id>")
@signed_in()
def show(engagement_id: str) -> str:
    """One engagement, from the reader's side."""
    return show_engagement(engagement_id)


def show_engagement(engagement_id: str) -> str:
    """The page of an engagement, with the form that was refused just now, if one was."""
    user, engagement = person(), find_engagement(engagement_id)
    reader, today = reader_of(engagement, user), speech.speech().today
    acts = {
        "accept": reading.may_accept(engagement, reader),
        "decline": reading.may_decline(engagement, reader),
        "confirm": reading.may_confirm(engagement, reader, today),
        "cancel": reading.may_cancel(engagement, reader, today),
        "dispute": reading.may_dispute(engagement, reader, today),
    }
    needs_contact = acts["accept"] and "host_manager" in reader.roles
    return render_template(
        "engagement.html",
        engagement=engagement,
        reader=reader,
        title=words.title(engagement, reader),
        steps=timeline(engagement, reader, today),
        acts=acts,
        due=_due(engagement, reader),
        refusal=_refusal(engagement),
        waits=engagement_waits(engagement) or agreeing_waits(engagement),
        contacts=colleague_options(own_colleagues(user)) if needs_contact else [],
        lender=words.lender_name(engagement),
        host=words.host_name(engagement),
        place=place_words(engagement, reader),
        history=[(line["at"], line_sentence(line, engagement, reader)) for line in engagement["history"]],
        must_act=reading.must_act(engagement, reader, today),
        search=_search(engagement, user),
        moving=moving_of(engagement, reader),
    )


@pages.get("/engagements/<engagement_id>")
def follow(engagement_id: str) -> ResponseReturnValue:
    """Where the links in mails lead: addresses that stand in people's letters do not change."""
    return redirect(url_for("engagements.show", engagement_id=engagement_id))


def _due(engagement: Document, reader: Reader) -> str:
    """What happens when nobody answers, beside the deadline."""
    last = reading.deadline(engagement)
    if last is None:
        return ""
    if engagement["state"] in ("proposed", "refused"):
        return say("Frist {date}: svarer ikke alle innen da, går forslaget ut.", date=speech.short(last))
    if engagement["state"] == "carried_out":
        return say("Frist {date}: uten svar føres det som gjennomført.", date=speech.short(last))
    return say("Frist {date}: uten svar blir dagene ledige igjen.", date=speech.short(last))


def _search(engagement: Document, user: User) -> list[Document]:
    """Whom the host has asked instead, for the host: the latest first. Nobody else is told who was asked."""
    first = engagement["replaces"] or engagement["id"]
    if engagement["state"] not in reading.CALLED_OFF or user.library_id != engagement["host_library_id"]:
        return []
    found = [
        one
        for one in here().backend.matching.list_engagements(user.library_id)
        if one["replaces"] == first and one["id"] != engagement["id"]
    ]
    found.sort(key=lambda one: one["history"][0]["at"], reverse=True)
    return [
        {
            "href": url_for("engagements.show", engagement_id=one["id"]),
            "name": words.lender_name(one),
            "sentence": words.sentence(one, reader_of(one, user)),
        }
        for one in found
    ]


def _refusal(engagement: Document) -> str:
    refusal = engagement["refusal"]
    return sentence_of(refusal["code"], refusal.get("parameters") or {}) if refusal else ""


def find_engagement(engagement_id: str) -> Document:
    """The engagement, for a library that takes part. Refuses: NotFound, also for what is no id."""
    if not is_id(engagement_id):
        raise NotFound(kind="engagement", id=engagement_id)
    return here().backend.matching.get_engagement(engagement_id, person().actor)


@pages.post("/avtaler/<engagement_id>/ja")
@signed_in()
def accept(engagement_id: str) -> ResponseReturnValue:
    """Yes, in every role the reader has; the host's manager says who receives the visitor."""
    contact = request.form.get("vert") or None

    def say_yes(user: User) -> Document:
        return here().backend.matching.accept(engagement_id, user.actor, host_contact_id=contact)

    return _act(engagement_id, say_yes, _has_accepted, say("Svaret er sendt: ja."))


@pages.post("/avtaler/<engagement_id>/nei")
@signed_in()
def decline(engagement_id: str) -> ResponseReturnValue:
    """No, and nobody asks why."""
    matching = here().backend.matching
    return _act(
        engagement_id,
        lambda user: matching.decline(engagement_id, user.actor),
        lambda engagement, _: engagement["state"] == "declined",
        say("Svaret er sendt: det passet ikke. Ingen spør hvorfor."),
    )


@pages.post("/avtaler/<engagement_id>/avlys")
@signed_in()
def cancel(engagement_id: str) -> ResponseReturnValue:
    """The agreed day is called off."""
    matching = here().backend.matching
    return _act(
        engagement_id,
        lambda user: matching.cancel(engagement_id, user.actor),
        lambda engagement, _: engagement["state"] == "cancelled",
        say("Oppdraget er avlyst. De andre får beskjed."),
    )


@pages.post("/avtaler/<engagement_id>/gjort")
@signed_in()
def confirm(engagement_id: str) -> ResponseReturnValue:
    """Whether it happened: `svar` is `ja` or `nei`."""
    answer = request.form.get("svar")
    if answer not in ("ja", "nei"):
        flash(say("Svar ja eller nei."), "danger")
        return redirect(url_for("engagements.show", engagement_id=engagement_id))
    happened = answer == "ja"
    matching = here().backend.matching
    return _act(
        engagement_id,
        lambda user: matching.confirm(engagement_id, happened, user.actor),
        lambda engagement, reader: engagement["happened"].get(reader.bank_side) is happened,
        say("Svaret er sendt. Takk for innsatsen.")
        if happened
        else say("Svaret er sendt: det ble ikke noe av."),
    )


@pages.post("/avtaler/<engagement_id>/uenig")
@signed_in()
def dispute(engagement_id: str) -> ResponseReturnValue:
    """We disagree: the day stands still until the county library has decided."""
    matching = here().backend.matching
    return _act(
        engagement_id,
        lambda user: matching.dispute(engagement_id, user.actor),
        lambda engagement, _: engagement["state"] == "disputed",
        say("Uenigheten er meldt. Dagen står stille til fylkesbiblioteket har avgjort."),
    )


def _has_accepted(engagement: Document, reader: Reader) -> bool:
    return bool(reader.roles) and reader.roles <= set(engagement["consents"])


def _act(
    engagement_id: str,
    act: Callable[[User], Document],
    is_done: Callable[[Document, Reader], bool],
    done: str,
) -> ResponseReturnValue:
    """Do it, say so, and show the engagement. What another press of the button has done is not an error."""
    user, engagement = person(), find_engagement(engagement_id)
    back = redirect(url_for("engagements.show", engagement_id=engagement_id))
    if is_done(engagement, reader_of(engagement, user)) and engagement["state"] != "refused":
        flash(say("Dette er alt mottatt, én gang. Dere trenger ikke sende det igjen."), "info")
        return back
    try:
        act(user)
    except NotNow as refusal:
        engagement = find_engagement(engagement_id)
        if is_done(engagement, reader_of(engagement, user)):
            flash(say("Dette er alt mottatt, én gang. Dere trenger ikke sende det igjen."), "info")
        else:
            flash(refusal_sentence(refusal), "danger")
        return back
    except Refusal as refusal:
        flash(refusal_words(refusal), "danger")
        return back
    flash(done, "success")
    return back
