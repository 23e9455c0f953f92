"""The county's book: statements by date of work, taking posted days back, and closing accounts."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import NotFound, Refusal
from byttebank.identifiers import is_id
from gateway import speech
from gateway.amounts import half_days_from_text
from gateway.auth.guard import signed_in
from gateway.forms import Form, sent_form
from gateway.here import here, person
from gateway.pages import acting
from gateway.speech import say
from gateway.statements import county_rows, csv_text
from gateway.words.refusals import refusal_sentence

pages = Blueprint("county_book", __name__)
Document = dict[str, Any]
PAGE_LENGTH = 50
COUNTY_ROLES = ("county", "operator")
PLACES = {
    **acting.REASON,
    "/how": "hvordan",
    "/successor_id": "til",
    "field_missing": "til",
    "account_unknown": "til",
}
CLOSINGS = ("transfer", "gift", "forgive", "merge")


@pages.get("/fylket/kontoutskrift")
@signed_in(*COUNTY_ROLES)
def show() -> ResponseReturnValue:
    """Every posted transfer of the county, of one library, or with one other county, in a period."""
    return _show(_chosen(), request.args.get("videre") or None)


def _show(chosen: dict[str, str], cursor: str | None = None) -> ResponseReturnValue:
    try:
        found = _page_of(chosen, cursor, PAGE_LENGTH)
        problem = ""
    except Refusal as refusal:
        found, problem = {"lines": [], "next_cursor": None}, refusal_sentence(refusal)
    libraries, counties = libraries_of_the_book(), here().backend.ledger.positions()
    page = render_template(
        "county_book.html",
        problem=problem,
        chosen=chosen,
        lines=[(line, act(line)) for line in found["lines"]],
        next_url=_next_url(chosen, found["next_cursor"]),
        libraries=libraries,
        counties=[one["county"] for one in counties],
        account=_account(chosen["hvem"]),
        closings=_closing_options(),
        others=[("", say("Ingen")), *(one for one in libraries if one[0] != chosen["hvem"])],
    )
    return (page, 422) if problem else page


@pages.get("/fylket/kontoutskrift.csv")
@signed_in(*COUNTY_ROLES)
def download() -> Response:
    """The same for a spreadsheet, every line of it, sent while it is read."""
    chosen = _chosen()
    first = _page_of(chosen, None, 200)
    text = csv_text(county_rows(_all_lines(chosen, first), act))
    name = f"byttebank-{here().settings.county}-{speech.speech().today.isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8", headers=headers)


@pages.get("/fylket/overforinger/<transfer_id>")
@signed_in(*COUNTY_ROLES)
def transfer(transfer_id: str) -> str:
    """One transfer, and the form that takes it back."""
    return _transfer_page(transfer_id, Form(_fields()))


@pages.post("/fylket/overforinger/<transfer_id>/tilbake")
@signed_in(*COUNTY_ROLES)
def reverse(transfer_id: str) -> ResponseReturnValue:
    """So many of the posted days go back, or the other county is asked to send them."""
    form = sent_form({**_fields(), "borte": ""})
    form.need("mengde", "grunn")
    if not form.errors:
        try:
            reversal = {
                "id": form.id,
                "transfer_id": transfer_id,
                "half_days": half_days_from_text(form.text("mengde")),
                "reason": form.text("grunn"),
                "is_peer_gone": form.text("borte") == "1",
            }
            done = here().backend.ledger.reverse(reversal, person().actor)
        except Refusal as refusal:
            places = dict.fromkeys(("reversal_too_large", "below_half_day", "not_half_steps"), "mengde")
            form.refuse(refusal, {**places, "too_many_days": "mengde", "/days": "mengde"})
    if form.errors:
        return _transfer_page(transfer_id, form), 422
    flash(_said(done["state"]), "success")
    return redirect(url_for("county_book.transfer", transfer_id=transfer_id))


@pages.post("/fylket/bibliotek/<library_id>/avslutt")
@signed_in(*COUNTY_ROLES)
def close(library_id: str) -> ResponseReturnValue:
    """The library's account closes at zero, in one of four ways."""
    fields = {"hvordan": say("Hva skjer med dagene?"), "til": say("Hvem overtar dagene?")}
    form, user = sent_form({**fields, "grunn": say("Grunn")}), person()
    form.need("hvordan", "grunn")
    closing = {
        "id": form.id,
        "library_id": library_id,
        "how": form.text("hvordan"),
        "successor_id": form.text("til") or None,
        "reason": form.text("grunn"),
    }
    return acting.act(
        form,
        lambda: here().backend.ledger.close_account(closing, user.actor),
        say("Kontoen er avsluttet og går i null."),
        lambda: _show(_account_of(library_id)),
        url_for("county_book.show", hvem=library_id),
        PLACES,
    )


@pages.post("/fylket/bibliotek/<library_id>/apne")
@signed_in(*COUNTY_ROLES)
def open_again(library_id: str) -> ResponseReturnValue:
    """A closed account is used again, from zero."""
    form, user = sent_form({"grunn": say("Grunn")}), person()
    form.need("grunn")
    opening = {"id": form.id, "library_id": library_id, "reason": form.text("grunn")}
    return acting.act(
        form,
        lambda: here().backend.ledger.open_account(opening, user.actor),
        say("Kontoen er i bruk igjen."),
        lambda: _show(_account_of(library_id)),
        url_for("county_book.show", hvem=library_id),
    )


def act(line: Document) -> str:
    """What happened, named from outside: who helped whom, or what the county decided."""
    payer, payee = (_who(line, side) for side in ("payer", "payee"))
    if line["kind"] == "reversal":
        return say("Ført tilbake: {payee} hjalp {payer}", payer=payee, payee=payer)
    if line["kind"] == "work":
        return say("{payee} hjalp {payer}", payer=payer, payee=payee)
    return say(DECIDED[line["kind"]], payer=payer, payee=payee)


DECIDED = {
    "opening": speech.N_("Dager fra før: {payer} til {payee}"),
    "gift": speech.N_("{payer} ga bort dagene"),
    "forgiveness": speech.N_("Ettergitt: {payee}"),
    "moved": speech.N_("Overført fra {payer} til {payee}"),
    "made_whole": speech.N_("Fylkesbiblioteket dekket dagene til {payee}"),
    "clearing": speech.N_("Strøket ut i en avregning mellom fylkene"),
}


def _who(line: Document, side: str) -> str:
    known = speech.library_name(line[f"{side}_library_id"]) if is_id(line[f"{side}_library_id"]) else None
    name = str(known or line[f"{side}_library_name"])
    if line[f"{side}_county"] == here().settings.county:
        return name
    return f"{name} ({speech.county_name(line[f'{side}_county'])})"


def _chosen() -> dict[str, str]:
    return {name: request.args.get(name, "").strip()[:60] for name in ("hvem", "fra", "til")}


def _account_of(library_id: str) -> dict[str, str]:
    return {"hvem": library_id, "fra": "", "til": ""}


def _next_url(chosen: dict[str, str], cursor: str | None) -> str | None:
    if cursor is None:
        return None
    values: dict[str, Any] = {**chosen, "videre": cursor}
    return url_for("county_book.show", **values)


def _page_of(chosen: dict[str, str], cursor: str | None, limit: int) -> Document:
    """Lines of the whole county, of one library (`hvem`: its id), or of a county (its slug)."""
    ledger, who = here().backend.ledger, chosen["hvem"]
    period = {"first_on": chosen["fra"] or None, "last_on": chosen["til"] or None}
    if not who:
        return ledger.county_statement(cursor=cursor, limit=limit, **period)
    if not is_id(who):
        return ledger.peer_statement(who, cursor=cursor, limit=limit, **period)
    found = ledger.statement(who, cursor=cursor, limit=limit, **period)
    name = speech.library_name(who) or who
    return {**found, "lines": [_as_county_line(line, who, name) for line in found["lines"]]}


def _as_county_line(line: Document, library_id: str, name: str) -> Document:
    """A line of a library's own statement with both sides named."""
    county = here().settings.county
    own = {"library_id": library_id, "library_name": name, "county": county}
    other = {
        "library_id": line["other_library_id"] or "",
        "library_name": line["other_library_name"],
        "county": line["other_county"],
    }
    payer, payee = (other, own) if line["half_days"] > 0 else (own, other)
    return {
        **line,
        **{f"payer_{key}": value for key, value in payer.items()},
        **{f"payee_{key}": value for key, value in payee.items()},
        "change_half_days": line["half_days"],
        "half_days": abs(line["half_days"]),
    }


def _all_lines(chosen: dict[str, str], page: Document) -> Iterator[Document]:
    while True:
        yield from page["lines"]
        if page["next_cursor"] is None:
            return
        page = _page_of(chosen, page["next_cursor"], 200)


def libraries_of_the_book() -> list[tuple[str, str]]:
    """Id and name of each library with an account, by name."""
    accounts = here().backend.ledger.trial_balance()["accounts"]
    named = [
        (one["account_id"], speech.library_name(one["account_id"]) or str(one["name"]))
        for one in accounts
        if one["kind"] == "library"
    ]
    return sorted(named, key=lambda pair: pair[1].casefold())


def _account(who: str) -> Document | None:
    if not is_id(who):
        return None
    try:
        return {**here().backend.ledger.account(who), "asked_id": who}
    except Refusal:
        return None


def _closing_options() -> list[tuple[str, str]]:
    words = {
        "transfer": say("Overfør dagene til et annet bibliotek"),
        "merge": say("Slå sammen med et annet bibliotek"),
        "gift": say("Gi dagene til fylkesbiblioteket"),
        "forgive": say("Ettergi det biblioteket har lovet"),
    }
    return [(how, words[how]) for how in CLOSINGS]


def _fields() -> dict[str, str]:
    return {"mengde": say("Hvor mange dager skal føres tilbake?"), "grunn": say("Grunn")}


def _transfer_page(transfer_id: str, form: Form) -> str:
    if not is_id(transfer_id):
        raise NotFound(kind="transfer", id=transfer_id)
    standing = here().backend.ledger.transfer(transfer_id)
    county = here().settings.county
    abroad = [
        standing[f"{side}_county"] for side in ("payer", "payee") if standing[f"{side}_county"] != county
    ]
    return render_template(
        "transfer.html",
        transfer=standing,
        what=act({**standing, "kind": "reversal" if standing["reverses"] else "work"}),
        form=form,
        peer=abroad[0] if abroad else None,
        is_asked=standing["payee_county"] != county,
    )


def _said(state: str) -> str:
    if state == "posted":
        return say("Dagene er ført tilbake.")
    if state == "prepared":
        return say("Dagene er på vei tilbake, og føres når det andre fylket har svart.")
    if state == "postponed":
        return say(
            "Nodene finner ut hvor langt de var kommet. Dagene føres tilbake når det er klart, og ikke to "
            "ganger."
        )
    return say("Det andre fylket er spurt om å føre dagene tilbake.")
