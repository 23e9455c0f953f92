"""The travel fund on the county's pages: what is granted and refunded, in kroner."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import Malformed, NotFound, Refusal
from byttebank.identifiers import is_id, new_id
from gateway import speech
from gateway.amounts import ore_from_text
from gateway.auth.guard import signed_in
from gateway.here import here, person
from gateway.pages.county_book import libraries_of_the_book
from gateway.pages.promises import form_id
from gateway.speech import N_, say
from gateway.statements import csv_text, plain
from gateway.words.refusals import refusal_sentence

pages = Blueprint("travel_fund", __name__)
Document = dict[str, Any]
COUNTY_ROLES = ("county", "operator")
LINES = 1000
KINDS = {
    "grant": N_("Satt av til reiser"),
    "refund": N_("Reiserefusjon: {library}"),
    "returned": N_("Ført tilbake til reisepotten: {library}"),
}


@pages.get("/fylket/reisepott")
@signed_in(*COUNTY_ROLES)
def show() -> str:
    """What is left, each movement, and the forms that make them."""
    lines = here().backend.ledger.travel_fund_statement(LINES)
    return render_template(
        "travel_fund.html",
        fund=here().backend.ledger.travel_fund(),
        lines=[(line, act(line)) for line in lines],
        libraries=libraries_of_the_book(),
        act_id=new_id(),
    )


@pages.get("/fylket/reisepott.csv")
@signed_in(*COUNTY_ROLES)
def download() -> Response:
    """The same for the accounts: kroner with a decimal comma."""
    heading = [say("Dato"), say("Hva som skjedde"), say("Bibliotek"), say("Grunn"), say("Kroner")]
    rows = [[*heading, say("Igjen"), say("Overføring")]]
    for line in here().backend.ledger.travel_fund_statement(LINES):
        library = line["library_name"] or ""
        money = [kroner(line["amount_ore"]), kroner(line["balance_ore"])]
        happened = [line["happened_on"], plain(act(line)), plain(library), plain(line["reason"])]
        rows.append([*happened, *money, line["transfer_id"]])
    name = f"byttebank-reisepott-{speech.speech().today.isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    text = csv_text(rows).encode("utf-8-sig")
    return Response(text, content_type="text/csv; charset=utf-8", headers=headers)


@pages.post("/fylket/reisepott/sett-av")
@signed_in(*COUNTY_ROLES)
def grant() -> ResponseReturnValue:
    """Money is set aside for travel."""
    return _act("grant_travel", say("Pengene er satt av."), amount_ore=request.form.get("belop", ""))


@pages.post("/fylket/reisepott/refusjon")
@signed_in(*COUNTY_ROLES)
def refund() -> ResponseReturnValue:
    """A library is refunded for a journey."""
    more = {
        "library_id": request.form.get("bibliotek", ""),
        "travelled_on": request.form.get("dato") or None,
        "amount_ore": request.form.get("belop", ""),
    }
    return _act("refund_travel", say("Refusjonen er ført."), **more)


@pages.post("/fylket/reisepott/<transfer_id>/tilbake")
@signed_in(*COUNTY_ROLES)
def give_back(transfer_id: str) -> ResponseReturnValue:
    """A wrong refund is in the fund again."""
    if not is_id(transfer_id):
        raise NotFound(kind="refund", id=transfer_id)
    return _act("return_refund", say("Refusjonen er ført tilbake."), transfer_id=transfer_id)


def act(line: Document) -> str:
    """What happened, in words."""
    name = speech.library_name(line["library_id"]) if line["library_id"] else None
    return say(KINDS[line["kind"]], library=name or line["library_name"] or "")


def kroner(ore: int) -> str:
    """1250,50: for a spreadsheet."""
    return f"{'-' if ore < 0 else ''}{abs(ore) // 100},{abs(ore) % 100:02d}"


def _act(method: str, done: str, **body: Any) -> ResponseReturnValue:
    try:
        if "amount_ore" in body:
            body["amount_ore"] = ore_from_text(body["amount_ore"])
        asked = {"id": form_id(), "reason": request.form.get("grunn", ""), **body}
        getattr(here().backend.ledger, method)(asked, person().actor)
        flash(done, "success")
    except Malformed:
        flash(say("Skriv beløpet i kroner, og velg bibliotek."), "danger")
    except Refusal as refusal:
        flash(refusal_sentence(refusal, {"reason": say("Grunn")}), "danger")
    return redirect(url_for("travel_fund.show"))
