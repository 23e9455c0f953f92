"""The travel fund on the county's pages: what is granted and refunded, in kroner."""

from typing import Any

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import Malformed, NotFound
from byttebank.identifiers import is_id
from gateway import speech
from gateway.amounts import ore_from_text
from gateway.auth.guard import signed_in
from gateway.forms import Form, sent_form
from gateway.here import here, person
from gateway.pages import acting
from gateway.pages.county_book import libraries_of_the_book
from gateway.speech import N_, say
from gateway.statements import csv_text, plain

pages = Blueprint("travel_fund", __name__)
Document = dict[str, Any]
COUNTY_ROLES = ("county", "operator")
LINES = 1000
PLACES = {
    **acting.REASON,
    "/amount_ore": "belop",
    "/library_id": "bibliotek",
    "/travelled_on": "dato",
    "account_unknown": "bibliotek",
    "fund_too_small": "belop",
}
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
        libraries=[("", say("Velg")), *libraries_of_the_book()],
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
    form = sent_form({"belop": say("Kroner"), "grunn": say("Grunn")})
    form.need("belop", "grunn")
    return _act(form, "grant_travel", say("Pengene er satt av."), amount_ore=_ore(form))


@pages.post("/fylket/reisepott/refusjon")
@signed_in(*COUNTY_ROLES)
def refund() -> ResponseReturnValue:
    """A library is refunded for a journey."""
    fields = {"bibliotek": say("Bibliotek"), "belop": say("Kroner"), "dato": say("Reisedato")}
    form = sent_form({**fields, "grunn": say("Grunn")})
    form.need("bibliotek", "belop", "grunn")
    return _act(
        form,
        "refund_travel",
        say("Refusjonen er ført."),
        library_id=form.text("bibliotek"),
        travelled_on=form.text("dato") or None,
        amount_ore=_ore(form),
    )


@pages.post("/fylket/reisepott/<transfer_id>/tilbake")
@signed_in(*COUNTY_ROLES)
def give_back(transfer_id: str) -> ResponseReturnValue:
    """A wrong refund is in the fund again."""
    if not is_id(transfer_id):
        raise NotFound(kind="refund", id=transfer_id)
    form = sent_form({"grunn": say("Grunn")})
    form.need("grunn")
    return _act(form, "return_refund", say("Refusjonen er ført tilbake."), transfer_id=transfer_id)


def act(line: Document) -> str:
    """What happened, in words."""
    name = speech.library_name(line["library_id"]) if line["library_id"] else None
    return say(KINDS[line["kind"]], library=name or line["library_name"] or "")


def kroner(ore: int) -> str:
    """1250,50: for a spreadsheet."""
    return f"{'-' if ore < 0 else ''}{abs(ore) // 100},{abs(ore) % 100:02d}"


def _ore(form: Form) -> int:
    """The amount, or 0 and a sentence at its field."""
    try:
        return ore_from_text(form.text("belop"))
    except Malformed:
        form.errors.setdefault("belop", say("Skriv beløpet i kroner."))
        return 0


def _act(form: Form, method: str, done: str, **body: Any) -> ResponseReturnValue:
    asked, actor = {"id": form.id, "reason": form.text("grunn"), **body}, person().actor
    do = getattr(here().backend.ledger, method)
    return acting.act(form, lambda: do(asked, actor), done, show, url_for("travel_fund.show"), PLACES)
