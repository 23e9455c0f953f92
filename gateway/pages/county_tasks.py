"""What of the county's rounds waits for the county library: one to send, to make a plan for, to try again."""

from typing import Any

from flask import url_for

from gateway import speech
from gateway.accounts import User
from gateway.here import here
from gateway.pages.tasks import Task
from gateway.speech import say
from gateway.words import matching_rounds, vandring

Document = dict[str, Any]
COUNTY_ROLES = ("county", "operator")


def county_tasks(user: User) -> list[Task]:
    """Rounds that go no further before the county library has done something; none for others."""
    if user.role not in COUNTY_ROLES:
        return []
    matching = here().backend.matching
    found = [_of_round(one) for one in matching.matching_rounds()]
    found += [_of_vandring(one) for one in matching.vandring_rounds()]
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
