"""What waits because the link to another county is down, and since when, in words."""

from datetime import datetime, timedelta
from typing import Any

from gateway import speech
from gateway.here import here
from gateway.speech import say

Document = dict[str, Any]
LONG = timedelta(hours=24)
"""From then on, those who agree on new days are told that it may take time."""


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
