"""What waits because the link to another county is down, and since when, in words."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from byttebank.clock import parse_time
from byttebank.contracts.refusals import Refusal
from gateway import speech
from gateway.here import here
from gateway.speech import say

Document = dict[str, Any]
LONG = timedelta(hours=24)
"""From then on, those who agree on new days are told that it may take time."""
LONG_UNANSWERED = timedelta(hours=72)
"""As long in doubt as the ledger calls long (`services/ledger/domain/settlement.py`)."""


def engagement_waits(engagement: Document) -> str:
    """What the parties are told while the other county cannot be reached; empty while it can."""
    own = here().settings.county
    others = {engagement["home_county"], engagement["lender_county"]} - {own}
    waiting = here().settings.waiting_links()
    down = sorted(others & waiting.keys())
    if not down or engagement["state"] not in _WAITING:
        return ""
    return f"{_WAITING[engagement['state']](speech.county_name(down[0]))} {_since(waiting[down[0]])}"


def account_waits() -> list[str]:
    """One sentence or two for each county that cannot be reached."""
    return [
        say(
            "Byttebanken får ikke kontakt med {county} nå. Dager mellom dere føres når forbindelsen er "
            "tilbake.",
            county=speech.county_name(county),
        )
        + f" {_since(since)}"
        for county, since in sorted(here().settings.waiting_links().items())
    ]


def late_answers(counties: Iterable[str]) -> dict[str, str]:
    """For each of the counties that has left days unanswered for long: what one knows before agreeing anew.

    It warns and never stops anybody; a ledger that does not answer warns of nothing.
    """
    asked = set(counties) - {here().settings.county}
    if not asked:
        return {}
    try:
        positions = here().backend.ledger.positions()
    except Refusal:
        return {}
    now = here().settings.database.clock.now()
    return {
        one["county"]: say(
            "{county} har ikke svart på dager som ble sendt {when}. Dere kan avtale nye dager, men de kan "
            "bli ført seint.",
            county=speech.county_name(one["county"]),
            when=speech.moment_short(one["oldest_in_doubt_at"]),
        )
        for one in positions
        if one["county"] in asked
        and one["oldest_in_doubt_at"]
        and now - parse_time(one["oldest_in_doubt_at"]) >= LONG_UNANSWERED
    }


def agreeing_waits(engagement: Document) -> str:
    """What the parties know before they say yes to days with a county that has not answered for long."""
    if engagement["state"] not in ("proposed", "refused"):
        return ""
    return " ".join(late_answers({engagement["home_county"], engagement["lender_county"]}).values())


def _days_wait(county: str) -> str:
    return say(
        "Dagene venter. Byttebanken får ikke kontakt med {county} nå, og fører dem når forbindelsen er "
        "tilbake. Dere trenger ikke gjøre noe.",
        county=county,
    )


def _answers_wait(county: str) -> str:
    return say(
        "Byttebanken får ikke kontakt med {county} nå. Svar dere sender, venter og går når forbindelsen er "
        "tilbake.",
        county=county,
    )


_WAITING = {
    **dict.fromkeys(("carried_out", "confirmed"), _days_wait),
    **dict.fromkeys(("proposed", "reserving", "refused", "agreed", "disputed", "unanswered"), _answers_wait),
}
"""What is said in each state in which something is still to happen."""


def _since(since: datetime) -> str:
    now = here().settings.database.clock.now()
    when = speech.moment_short(since)
    if now - since < LONG:
        return say("Slik har det vært siden {when}.", when=when)
    return say(
        "Slik har det vært siden {when}. Dere kan avtale nye dager, men de kan bli ført seint.", when=when
    )
