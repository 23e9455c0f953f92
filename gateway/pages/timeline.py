"""The steps of an engagement: what is done, the one that is now, and what comes later."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway import speech
from gateway.reading import ROLES_IN_ORDER, Reader, has_been, missing_roles, moves_days
from gateway.speech import say
from gateway.words.engagements import sentence, values_of
from gateway.words.history import line_sentence
from gateway.words.visits import visit_asked, visit_day

Document = dict[str, Any]

ENDED = ("declined", "expired", "cancelled", "no_show", "settled")
STOPPED = ("declined", "expired", "cancelled", "no_show", "disputed", "unanswered", "refused")
"""Instead of going on, it stands here."""
PROPOSED_BY_ROUNDS = ("proposed_in_round", "proposed_in_vandring")
ORDER = ("proposed", "reserving", "agreed", "carried_out", "confirmed", "settled")


@dataclass(frozen=True)
class Step:
    """One line of the timeline. `when`: done, now or later."""

    when: str
    title: str
    text: str = ""


def timeline(engagement: Document, reader: Reader, today: date) -> list[Step]:
    """The engagement's steps; exactly one is now until it has ended well."""
    values = values_of(engagement, reader)
    state = engagement["state"]
    steps = [_asked(engagement, reader, values)]
    if state in STOPPED:
        if not missing_roles(engagement):
            steps.append(_agreed(engagement, values))
        return [*steps, Step("now", _stop_title(state), sentence(engagement, reader))]
    steps.append(_answers(engagement, reader, values))
    steps.append(_day(engagement, reader, values, today))
    steps.append(_confirmation(engagement, reader, today))
    steps.append(_recorded(engagement, reader, values))
    return steps


def _asked(engagement: Document, reader: Reader, values: dict[str, str]) -> Step:
    line = engagement["history"][0] if engagement["history"] else None
    by_lender = line is not None and line["by_library_id"] == engagement["lender_library_id"]
    if by_lender:
        title = (
            say("Vi tilbød hjelp") if reader.bank_side == "lender" else say("{lender} tilbød hjelp", **values)
        )
    else:
        title = (
            say("Vi spurte {lender}", **values) if reader.side == "host" else say("{host} spurte", **values)
        )
    if not moves_days(engagement):
        is_own = by_lender == (reader.bank_side == "lender")
        title = visit_asked(by_lender, is_own and bool(reader.bank_side), values)
    if line is not None and line["what"] in PROPOSED_BY_ROUNDS:
        title = line_sentence(line, engagement, reader)
    text = ""
    if line is not None:
        when = speech.moment_short(line["at"])
        text = say("{name}, {when}", name=line["by_name"], when=when) if line["by_name"] else when
    return Step("done", title, text)


def _agreed(engagement: Document, values: dict[str, str]) -> Step:
    answered = [
        say(
            "{who} {when}",
            who=who(role, values),
            when=speech.short(speech.local(engagement["consents"][role]).date()),
        )
        for role in ROLES_IN_ORDER
        if role in engagement["consents"]
    ]
    return Step("done", say("Alle har sagt ja"), speech.capitalised(speech.names(answered)))


def who(role: str, values: dict[str, str]) -> str:
    """Who has a role, as people say it."""
    return {"lender_manager": values["lender"], "host_manager": values["host"], "colleague": values["name"]}[
        role
    ]


def _answers(engagement: Document, reader: Reader, values: dict[str, str]) -> Step:
    state = engagement["state"]
    if state == "proposed":
        is_mine = bool(reader.roles & set(missing_roles(engagement)))
        title = say("Nå: dere må svare") if is_mine else say("Nå: venter på svar fra {others}", **values)
        if is_mine and reader.side == "colleague":
            title = say("Nå: du må svare")
        return Step("now", title, sentence(engagement, reader))
    if state == "reserving":
        return Step("now", say("Nå: dagene settes av"), sentence(engagement, reader))
    done = _agreed(engagement, values)
    is_held = state in ("agreed", "carried_out") and moves_days(engagement)
    held = say("{days} satt av hos {host}", **values) if is_held else ""
    return Step(
        "done", done.title, " · ".join(part for part in (done.text, speech.capitalised(held)) if part)
    )


def _day(engagement: Document, reader: Reader, values: dict[str, str], today: date) -> Step:
    is_done = ORDER.index(engagement["state"]) > ORDER.index("agreed") or has_been(engagement, today)
    title = say("{name} hjalp {host}", **values) if is_done else say("{name} hjelper {host}", **values)
    if reader.side == "host":
        title = say("{name} hjalp oss", **values) if is_done else say("{name} hjelper oss", **values)
    if not moves_days(engagement):
        title = visit_day(reader.side, is_done, values)
    text = speech.capitalised(say("{date}. {contact} tar imot.", **values))
    is_next = not is_done and engagement["state"] == "agreed"
    return Step("done" if is_done else "now" if is_next else "later", title, text)


def _confirmation(engagement: Document, reader: Reader, today: date) -> Step:
    title = say("Begge svarer: ble dagen gjennomført?")
    state = engagement["state"]
    if state == "carried_out" or (state == "agreed" and has_been(engagement, today)):
        return Step("now", say("Nå: ble dagen gjennomført?"), sentence(engagement, reader))
    if state in ("confirmed", "settled"):
        return Step("done", _confirmed_by(engagement, reader))
    if state == "agreed":
        return Step("later", title, say("Svarer bare den ene ja, bekreftes dagen etter 14 dager."))
    return Step("later", title)


def _confirmed_by(engagement: Document, reader: Reader) -> str:
    silent = [side for side in ("lender", "host") if side not in engagement["happened"]]
    if not silent:
        return say("Begge har bekreftet")
    name = values_of(engagement, reader)[silent[0]]
    return say("Bekreftet uten svar fra {library}", library=name)


def _recorded(engagement: Document, reader: Reader, values: dict[str, str]) -> Step:
    state = engagement["state"]
    if state == "confirmed":
        return Step("now", say("Nå: på vei"), sentence(engagement, reader))
    if state == "settled":
        return Step("done", say("Ført"), sentence(engagement, reader))
    if not moves_days(engagement):
        return Step("later", say("Ferdig. Ingen dager flyttes"))
    if reader.side == "host":
        return Step("later", say("Dagene føres"), say("{lender} får {days} fra dere.", **values))
    return Step("later", say("Dagene føres"), say("{lender} får {days}.", **values))


def _stop_title(state: str) -> str:
    return {
        "declined": say("Det passet ikke"),
        "expired": say("Forslaget gikk ut"),
        "cancelled": say("Avlyst"),
        "no_show": say("Det ble ikke noe av"),
        "disputed": say("Nå: dere er uenige, og fylkesbiblioteket avgjør"),
        "unanswered": say("Nå: ingen har svart"),
        "refused": say("Nå: grensen er nådd"),
    }[state]
