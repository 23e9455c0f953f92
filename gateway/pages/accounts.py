"""The library's days: what happened line by line, the balance over time, what is set aside and why."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template

from byttebank.contracts.refusals import AccountUnknown
from byttebank.identifiers import new_id
from gateway import speech
from gateway.auth.guard import signed_in
from gateway.here import here, person
from gateway.pages.choices import amount_options
from gateway.pages.promises import standing as promise_words
from gateway.pages.standing import standing
from gateway.pictures.chart import Point, StepChart, step_chart
from gateway.speech import say
from gateway.statements import every_line, other_name, statement_csv
from gateway.words.links import account_waits

pages = Blueprint("accounts", __name__)
Document = dict[str, Any]
LINES_SHOWN = 100


@pages.get("/konto")
@signed_in()
def show() -> str:
    """The account of the reader's own library."""
    ledger, user = here().backend.ledger, person()
    try:
        account = ledger.account(user.library_id)
    except AccountUnknown:
        return render_template("account.html", account=None)
    lines = every_line(ledger, user.library_id)
    promises = ledger.promises(user.library_id)
    held = ledger.reservations(user.library_id)
    chart = _chart(lines)
    return render_template(
        "account.html",
        account=account,
        standing=standing(account, held),
        lines=[(line, act(line)) for line in lines[:LINES_SHOWN]],
        more_lines=max(0, len(lines) - LINES_SHOWN),
        chart=chart,
        chart_words=_chart_words(chart) if chart else "",
        held=[(one, other_name(one)) for one in held if one["state"] == "pending"],
        leaving=[(one, other_name(one)) for one in held if one["state"] != "pending"],
        coming=[(one, other_name(one)) for one in ledger.incoming(user.library_id)],
        lead=_lead(account),
        promises=[(one, promise_words(one)) for one in promises if one["state"] == "open"],
        may_promise=user.role in ("library_manager", "colleague") and account.get("state", "open") == "open",
        promise_amounts=amount_options()[:3],
        act_id=new_id(),
        waits=account_waits(),
    )


@pages.get("/konto.csv")
@signed_in()
def download() -> Response:
    """The whole statement for a spreadsheet."""
    user = person()
    text = statement_csv(every_line(here().backend.ledger, user.library_id))
    name = f"byttebank-{speech.speech().today.isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8", headers=headers)


DECIDED = {
    "opening": speech.N_("Dager fra før"),
    "gift": speech.N_("Gitt bort til fylkesbiblioteket"),
    "forgiveness": speech.N_("Ettergitt av fylkesbiblioteket"),
    "moved": speech.N_("Overført: {library}"),
    "made_whole": speech.N_("Fylkesbiblioteket dekket dagene"),
}
"""What the county decided, by the kind of line."""


def act(line: Document) -> str:
    """The line by act, from the reader's side."""
    other = other_name(line)
    if line["other_county"] != here().settings.county:
        other = f"{other} ({speech.county_name(line['other_county'])})"
    if line.get("kind") in DECIDED:
        return say(DECIDED[line["kind"]], library=other)
    if line.get("reverses"):
        return say("Ført tilbake: {library}", library=other)
    if line["half_days"] > 0:
        return say("Vi hjalp {library}", library=other)
    return say("{library} hjalp oss", library=other)


def _lead(account: Document) -> str:
    balance = account["balance_half_days"]
    if balance > 0:
        return say("Dere har {days} å bruke.", days=speech.days_count(balance))
    if balance < 0:
        return say("Dere har lovet {days}.", days=speech.days_count(-balance))
    return say("Dere har gitt like mye som dere har fått.")


def _chart(lines: list[Document]) -> StepChart | None:
    if not lines:
        return None
    today = speech.speech().today
    points = [Point(date.fromisoformat(line["work_date"]), line["balance_half_days"]) for line in lines[::-1]]
    before = lines[-1]["balance_half_days"] - lines[-1]["half_days"]
    a_year_ago = date(today.year - (today.month < 12), today.month % 12 + 1, 1)
    first_line = points[0].day.replace(day=1)
    return step_chart(points, before, max(a_year_ago, first_line), today)


def _chart_words(chart: StepChart) -> str:
    return say(
        "Fra {first} {first_on}, lavest {low} {low_on}, høyest {high} {high_on}, og {last} nå. "
        "Tallene står i tabellen under.",
        first=speech.days_column(chart.first.half_days),
        first_on=speech.on(chart.first.day),
        low=speech.days_column(chart.lowest.half_days),
        low_on=speech.on(chart.lowest.day),
        high=speech.days_column(chart.highest.half_days),
        high_on=speech.on(chart.highest.day),
        last=speech.days_column(chart.last.half_days),
    )
