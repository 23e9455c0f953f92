"""What waits for the county library: rounds, days and books that go no further before it has done something.

Each question is asked alone, so that a service that is down takes away its own answers only.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import url_for

from byttebank.clock import parse_time
from gateway import speech
from gateway.accounts import User
from gateway.here import here
from gateway.pages.tasks import Task
from gateway.speech import say, say_many
from gateway.words import matching_rounds, vandring
from gateway.words import peers as peer_words

Document = dict[str, Any]
Question = Callable[[], list[Task]]
COUNTY_ROLES = ("county", "operator")
ERASED_WITHIN = timedelta(days=7)
"""After this the county library rings the county that has not confirmed that it forgot somebody."""


def county_questions(user: User) -> list[Question]:
    """What is asked for the county library, each to be called alone; nothing for others."""
    if user.role not in COUNTY_ROLES:
        return []
    return [
        lambda: _disagreements(user),
        _wanted_back,
        _books_that_differ,
        _stopped_by_the_node,
        _ended_by_them,
        _unanswered,
        _lost_coordinators,
        _unfinished_erasures,
        _rounds,
        _vandrings,
    ]


def _disagreements(user: User) -> list[Task]:
    """Days that two libraries disagree about and this county decides on."""
    own = here().settings.county
    found = [one for one in here().backend.matching.disputes(user.actor) if one["home_county"] == own]
    if not found:
        return []
    title = say_many("1 uenighet venter på avgjørelse", "{n} uenigheter venter på avgjørelse", len(found))
    text = say("Dagen står stille til fylkesbiblioteket har avgjort.")
    return [Task(title, text, "", say("Les og avgjør"), url_for("rulings.index"))]


def _wanted_back() -> list[Task]:
    """Days that another county asks to have back."""
    found = [one for one in here().backend.ledger.reversal_requests() if one["direction"] == "in"]
    return [
        Task(
            say("{county} ber om å få dagene ført tilbake.", county=speech.county_name(one["peer"])).rstrip(
                "."
            ),
            say("Dere kan føre dem tilbake, eller la dem stå."),
            "",
            say("Les og svar"),
            url_for("rulings.index"),
        )
        for one in found
    ]


def _books_that_differ() -> list[Task]:
    """Counties whose book says something else than ours."""
    counties = sorted({one["county"] for one in here().backend.ledger.disputes()})
    text = say("Den første forskjellen er funnet. Ring dem, og se på den sammen.")
    return [_of_peer(one, say("Bøkene er ikke like hos oss og {counties}."), text) for one in counties]


def _stopped_by_the_node() -> list[Task]:
    """Counties that have signed what cannot both be true: the node has stopped the exchange by itself."""
    frozen = {one["county"] for one in here().names.peers() if one["state"] == "frozen"}
    if not frozen:
        return []
    last: dict[str, Document] = {}
    for act in here().backend.directory.peer_acts(200):
        if act["what"] in ("freeze", "thaw"):
            last.setdefault(act["county"], act)
    return [
        _of_peer(county, say("Noden har stanset utvekslingen med {counties}."), peer_words.why(act))
        for county, act in sorted(last.items())
        if county in frozen and act["role"] == "node"
    ]


def _ended_by_them() -> list[Task]:
    """Counties that have ended the exchange with us while we have not ended it with them."""
    ended = [one for one in here().names.peers() if one.get("ended_on") and one["state"] != "left"]
    return [
        _of_peer(
            one["county"],
            say("{counties} har avsluttet samarbeidet med oss."),
            say(
                "De sluttet {when}, og ingenting nytt kommer fram dit. Ring dem, og avslutt det her også.",
                when=speech.on(one["ended_on"]),
            ),
        )
        for one in ended
    ]


def _unanswered() -> list[Task]:
    """Counties that have left a day without an answer for long."""
    counties = sorted({one["county"] for one in here().backend.ledger.doubts() if one["is_long"]})
    text = say("Dagene er sendt for over tre dager siden. Bare de vet om dagene er ført der, så ring dem.")
    return [_of_peer(one, say("{counties} har ikke svart om dager vi har sendt."), text) for one in counties]


def _lost_coordinators() -> list[Task]:
    """Rounds of clearing whose coordinator is silent after the time it had."""
    now, own = here().settings.database.clock.now(), here().settings.county
    return [
        Task(
            say("Avregningen fra {county} står stille", county=speech.county_name(one["coordinator"])),
            say("Fristen er ute. Dere kan be de andre fylkene om å avslutte den, så er ingenting endret."),
            "",
            say("Se på runden"),
            url_for("clearing.show", round_id=one["id"]),
        )
        for one in here().backend.ledger.clearing_rounds()
        if one["stage"] == "accepted" and one["coordinator"] != own and now >= parse_time(one["accept_by_at"])
    ]


def _unfinished_erasures() -> list[Task]:
    """Counties that have not confirmed in a week that they forgot somebody."""
    now = here().settings.database.clock.now()
    late = [
        one
        for one in here().backend.directory.waiting_erasures()
        if now - parse_time(one["asked_at"]) >= ERASED_WITHIN
    ]
    title = say("{counties} har ikke bekreftet at folk hos oss er slettet.")
    return [
        _of_peer(
            one["county"],
            title,
            say("Vi ba om det {when}. Ring dem.", when=speech.moment_short(one["asked_at"])),
        )
        for one in late
    ]


def _of_peer(county: str, title: str, text: str) -> Task:
    """A task that is settled with another county; the title is a template with `{counties}`."""
    words = title.format(counties=speech.county_name(county)).rstrip(".")
    return Task(words, text, "", say("Se hvordan det står"), url_for("peers.show", county=county))


def _rounds() -> list[Task]:
    found = [_of_round(one) for one in here().backend.matching.matching_rounds()]
    return [one for one in found if one is not None]


def _vandrings() -> list[Task]:
    found = [_of_vandring(one) for one in here().backend.matching.vandring_rounds()]
    return [one for one in found if one is not None]


def _of_round(round_: Document) -> Task | None:
    if matching_rounds.is_over(round_):
        return None
    href = url_for("matching_rounds.show", round_id=round_["id"])
    days = speech.span(round_["first_on"], round_["last_on"])
    if round_["stage"] == "computed" and round_["match_count"] and round_["is_settled"]:
        text = say("Den gjelder {days}. Ingenting er sendt til noen før dere sender det.", days=days)
        return Task(say("En fordelingsrunde er klar til å sendes"), text, "", say("Se over og send"), href)
    if round_["stage"] == "interrupted":
        text = say("Den gjelder {days}. Det som var samlet, er tatt vare på.", days=days)
        return Task(say("En fordelingsrunde ble avbrutt"), text, "", say("Se på runden"), href)
    if round_["stage"] == "failed" and (round_["refusal"] or {}).get("code") == "disagreed":
        county = speech.county_name(round_["coordinator"])
        title = say("Fylkene kom ikke til det samme i fordelingsrunden fra {county}", county=county)
        return Task(title, matching_rounds.standing(round_), "", say("Se på runden"), href)
    return None


def _of_vandring(round_: Document) -> Task | None:
    href = url_for("vandring.show", round_id=round_["id"])
    if round_["stage"] == "planned":
        title = say("Oppsettet for vandringen {season} er klart", season=round_["name"])
        text = say("Ingen får beskjed før dere legger det ut.")
        return Task(title, text, "", say("Se over og legg ut"), href)
    answered = round_["yes_count"] + round_["no_count"]
    is_late = round_["reply_by_on"] < speech.speech().today.isoformat()
    if round_["stage"] == "inviting" and (is_late or answered == round_["invited_count"]):
        title = say("Svarene på vandringen {season} er kommet", season=round_["name"])
        return Task(title, vandring.answers(round_), "", say("Lag oppsettet"), href)
    return None
