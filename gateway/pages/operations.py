"""The node: the links to other counties, and whether the books add up to zero."""

from collections.abc import Container, Iterable
from typing import Any

from flask import Blueprint, render_template

from gateway import speech
from gateway.auth.guard import signed_in
from gateway.here import here
from gateway.speech import say, say_many

pages = Blueprint("operations", __name__)
Document = dict[str, Any]
WARNING_PERCENT = 70
"""How full a fuse may be before it is shown as a warning."""


@pages.get("/drift")
@signed_in("operator", "county")
def show() -> str:
    """Positions and links per county, and the trial balance."""
    ledger = here().backend.ledger
    positions, balance = ledger.positions(), ledger.trial_balance()
    down = here().settings.waiting_links()
    peers = {peer["county"]: peer for peer in here().backend.directory.list_peers()}
    waiting = [one for one in positions if line_state(one, down) != "open"]
    return render_template(
        "operations.html",
        positions=[
            (one, line_state(one, down), used_percent(one), peers.get(one["county"]), down.get(one["county"]))
            for one in positions
        ],
        balance=balance,
        accounts=sorted(filter(_is_shown, balance["accounts"]), key=_libraries_first),
        idle=sorted(one["name"] for one in balance["accounts"] if _is_idle(one)),
        title=_title(waiting, balance),
        lead=_lead(positions, balance, down),
        warning=WARNING_PERCENT,
        now=here().settings.database.clock.now().isoformat(),
    )


def line_state(position: Document, down: Container[str]) -> str:
    """open, down (messages do not get away), waiting (for an answer), recovering or frozen."""
    if position["channel_state"] == "frozen":
        return "frozen"
    if position["county"] in down:
        return "down"
    if position["channel_state"] != "open":
        return str(position["channel_state"])
    return "waiting" if position["in_doubt_count"] else "open"


def _is_shown(account: Document) -> bool:
    """An account of clearing only while it is not at zero, as it always should be."""
    return account["kind"] != "clearing" or account["debits"] != account["credits"]


def _libraries_first(account: Document) -> tuple[bool, str]:
    return account["kind"] != "library", str(account["name"]).casefold()


def _is_idle(account: Document) -> bool:
    return account["kind"] == "library" and not account["debits"] and not account["credits"]


def used_percent(position: Document) -> int:
    """How full the fuse is, in the direction where it is fuller."""
    used = max(position["net_half_days"], -position["net_half_days"] + position["pending_out_half_days"], 0)
    return round(100 * used / position["fuse_half_days"]) if position["fuse_half_days"] else 100


def _title(waiting: list[Document], balance: Document) -> str:
    if balance["imbalance_half_days"]:
        return say("Bøkene går ikke i null")
    if not waiting:
        return say("Alle forbindelser er åpne")
    return say_many(
        "Én forbindelse venter. Ingenting er tapt.",
        "{n} forbindelser venter. Ingenting er tapt.",
        len(waiting),
    )


def _lead(positions: list[Document], balance: Document, down: Iterable[str]) -> str:
    if balance["imbalance_half_days"]:
        return say("Stopp, og kjør «byttebank ledger verify» før noe mer føres.")
    unreachable = sorted(speech.county_name(county) for county in down)
    if unreachable:
        return say(
            "Noden får ikke kontakt med {counties}. Meldingene venter her, og går når forbindelsen er "
            "tilbake.",
            counties=speech.names(unreachable),
        )
    doubtful = [one for one in positions if one["in_doubt_count"]]
    if not doubtful:
        return say("Bøkene går i null, og ingen dager venter på svar.")
    who = speech.names([speech.county_name(one["county"]) for one in doubtful])
    return say("Noen dager venter på svar fra {counties}, og føres når svaret kommer.", counties=who)
