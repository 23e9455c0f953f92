"""Counties we exchange with: how it stands, whether the books agree, and what the county decides."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import NotFound, Refusal
from byttebank.identifiers import is_id, new_id
from gateway import speech
from gateway.auth.guard import signed_in
from gateway.forms import Form, sent_form
from gateway.here import here, person
from gateway.leaving import leave_county
from gateway.pages.acting import REASON, act
from gateway.pages.operations import line_state, used_percent
from gateway.speech import say
from gateway.words import peers as words
from gateway.words.refusals import refusal_sentence

pages = Blueprint("peers", __name__)
Document = dict[str, Any]
COUNTY_ROLES = ("county", "operator")
FUSE_DAYS = 500_000
"""The highest fuse there is, in days."""


@pages.get("/fylket/samarbeid")
@signed_in(*COUNTY_ROLES)
def index() -> str:
    """Every county we exchange with, and whether its book and ours agree."""
    ledger = here().backend.ledger
    disputes = ledger.disputes()
    compared = _by_county(ledger.reconciliations())
    return render_template(
        "peers.html",
        peers=[(one, _badge(one), _compared(compared.get(one["county"], []))) for one in _peers()],
        differing=sorted({one["county"] for one in disputes}),
        erasures={one["county"]: one for one in here().backend.directory.waiting_erasures()},
        act_id=new_id(),
    )


@pages.get("/fylket/samarbeid/<county>")
@signed_in(*COUNTY_ROLES)
def show(county: str) -> str:
    """One county: how it stands, what waits, what differs, and what was decided about it."""
    peers = _peers()
    peer = next((one for one in peers if one["county"] == county), None)
    if peer is None:
        raise NotFound(kind="county", id=county)
    own, ledger = here().settings.county, here().backend.ledger
    acts = [one for one in here().backend.directory.peer_acts(200) if one["county"] == county]
    return render_template(
        "peer.html",
        peer=peer,
        badge=_badge(peer),
        standing=words.standing(peer["line"], county),
        used=used_percent(peer["position"]) if peer["position"] else 0,
        doubts=[one for one in ledger.doubts() if one["county"] == county],
        compared=_compared(_by_county(ledger.reconciliations()).get(county, [])),
        disputes=[(one, words.difference(one, own)) for one in ledger.disputes() if one["county"] == county],
        acts=[(one, words.decided(one), words.why(one)) for one in acts],
        successors=_successors([own, *(one["county"] for one in peers if one["county"] != county)]),
        act_id=new_id(),
    )


@pages.post("/fylket/samarbeid/<county>/stans")
@signed_in(*COUNTY_ROLES)
def freeze(county: str) -> ResponseReturnValue:
    """Nothing new is agreed with the county or sent to it."""
    return _act(_reasoned(), county, "freeze", say("Utvekslingen er stanset."))


@pages.post("/fylket/samarbeid/<county>/apne")
@signed_in(*COUNTY_ROLES)
def thaw(county: str) -> ResponseReturnValue:
    """The county is exchanged with again; what waited is sent and decided."""
    return _act(_reasoned(), county, "thaw", say("Utvekslingen er åpnet igjen. Det som ventet, går nå."))


@pages.post("/fylket/samarbeid/<county>/avslutt")
@signed_in(*COUNTY_ROLES)
def leave(county: str) -> ResponseReturnValue:
    """The county is exchanged with no more, and what it published is gone here. Its name is typed first."""
    name = speech.county_name(county)
    form = _reasoned(navn=say("Skriv {county} for å bekrefte", county=name))
    if form.text("navn").strip().casefold() != name.casefold():
        form.errors["navn"] = say(
            "Skriv {county} i feltet for å bekrefte at samarbeidet skal avsluttes.", county=name
        )
    done = say("Samarbeidet med {county} er avsluttet.", county=name)
    return act(
        form,
        lambda: leave_county(_peer_act(form, county, "leave")),
        done,
        lambda: show(county),
        url_for("peers.show", county=county),
    )


@pages.post("/fylket/samarbeid/<county>/grense")
@signed_in(*COUNTY_ROLES)
def set_fuse(county: str) -> ResponseReturnValue:
    """Another security limit. Lowered, new days wait; those that are agreed stand."""
    form = _reasoned(dager=say("Hele dager"))
    days = form.text("dager").strip()
    if not days.isdecimal() or int(days[:9]) > FUSE_DAYS:
        form.errors["dager"] = say("Skriv hvor mange hele dager, fra 0 og oppover.")
        days = "0"
    return _act(form, county, "fuse", say("Sikkerhetsgrensen er endret."), fuse_half_days=2 * int(days[:9]))


@pages.post("/fylket/samarbeid/sammenlign")
@signed_in(*COUNTY_ROLES)
def reconcile() -> ResponseReturnValue:
    """Our book is compared with one county's (`fylke`), or with everybody's."""
    county = request.form.get("fylke") or None
    try:
        here().backend.ledger.reconcile(county)
        flash(say("Bøkene sammenlignes nå. Svaret står her om noen sekunder."), "success")
    except Refusal as refusal:
        flash(refusal_sentence(refusal), "danger")
    return redirect(url_for("peers.show", county=county) if county else url_for("peers.index"))


@pages.post("/fylket/samarbeid/<county>/be-om-nei/<transfer_id>")
@signed_in(*COUNTY_ROLES)
def ask_for_no(county: str, transfer_id: str) -> ResponseReturnValue:
    """The county is asked to decide no about days that it has not answered; it may have decided yes."""
    if not is_id(transfer_id):
        raise NotFound(kind="transfer", id=transfer_id)
    try:
        here().backend.ledger.cancel_prepared(transfer_id)
        asked = say("{county} er spurt. Svaret er endelig, ja eller nei.", county=speech.county_name(county))
        flash(asked, "success")
    except Refusal as refusal:
        flash(refusal_sentence(refusal), "danger")
    return redirect(url_for("peers.show", county=county))


@pages.post("/fylket/samarbeid/<county>/slatt-sammen")
@signed_in(*COUNTY_ROLES)
def merge(county: str) -> ResponseReturnValue:
    """The county has become part of another one: what is owed stands towards that one from now on."""
    form = _reasoned(til=say("Hvilket fylke har overtatt?"))
    form.need("til")
    successor, user = form.text("til"), person()
    merger = {"id": form.id, "county": county, "successor": successor, "reason": form.text("grunn")}
    done = say(
        "Mellomværendet med {county} står nå mot {successor}.",
        county=speech.county_name(county),
        successor=speech.county_name(successor),
    )
    return act(
        form,
        lambda: here().backend.ledger.merge_county(merger, user.actor),
        done,
        lambda: show(county),
        url_for("peers.show", county=county),
        {**REASON, "/successor": "til"},
    )


@pages.get("/fylket/samarbeid/<county>/bevis/<sender>/<int:seq>.json")
@signed_in(*COUNTY_ROLES)
def proof(county: str, sender: str, seq: int) -> Response:
    """A message as its sender signed it, for anybody who has the sender's public key to check."""
    signed = here().backend.ledger.signed_message(county, sender, seq)
    name = f"byttebank-{sender}-{seq}.json"
    return Response(
        signed,
        content_type="application/jose+json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _act(form: Form, county: str, what: str, done: str, **more: Any) -> ResponseReturnValue:
    user = person()
    return act(
        form,
        lambda: here().backend.directory.act_on_peer(_peer_act(form, county, what, **more), user.actor),
        done,
        lambda: show(county),
        url_for("peers.show", county=county),
    )


def _successors(counties: list[str]) -> list[tuple[str, str]]:
    return [("", say("Velg")), *((one, speech.county_name(one)) for one in sorted(counties))]


def _peer_act(form: Form, county: str, what: str, **more: Any) -> Document:
    return {"id": form.id, "county": county, "what": what, "reason": form.text("grunn"), **more}


def _reasoned(**fields: str) -> Form:
    """The form as it was sent: the fields, and the reason that every act here has."""
    form = sent_form({**fields, "grunn": say("Grunn")})
    form.need("grunn")
    return form


def _peers() -> list[Document]:
    """Each county with its position, None before anything was agreed, and the state of the line to it."""
    positions = {one["county"]: one for one in here().backend.ledger.positions()}
    down = here().settings.waiting_links()
    return [
        {
            **peer,
            "position": positions.get(peer["county"]),
            "line": _line(peer, positions.get(peer["county"]), down),
            "since": down.get(peer["county"]),
        }
        for peer in here().backend.directory.list_peers()
    ]


def _line(peer: Document, position: Document | None, down: Any) -> str:
    if peer["state"] in ("frozen", "left"):
        return str(peer["state"])
    if peer.get("ended_on"):
        return "ended"
    if position is None:
        return "down" if peer["county"] in down else "open"
    return line_state(position, down)


def _badge(peer: Document) -> tuple[str, str]:
    return words.BADGES[peer["line"]]


def _compared(rows: list[Document]) -> list[str]:
    """How the last comparisons ended: first over what we have sent, then over what they have."""
    own = here().settings.county
    return [words.compared(row, own) for row in sorted(rows, key=lambda row: str(row["sender"]) != own)]


def _by_county(rows: list[Document]) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = {}
    for row in rows:
        found.setdefault(row["county"], []).append(row)
    return found
