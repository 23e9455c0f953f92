"""An engagement as each party reads it: its badge, its title by act, and how it stands in one sentence."""

from typing import Any

from gateway import speech
from gateway.reading import Reader, may_confirm, missing_roles, moves_days
from gateway.speech import say
from gateway.words.engagement_table import BADGES, SENTENCES
from gateway.words.visits import visit_title

Document = dict[str, Any]


def lender_name(engagement: Document) -> str:
    """The lender by the name people use, or as the engagement has it."""
    return speech.library_name(engagement["lender_library_id"]) or str(engagement["lender_library_name"])


def host_name(engagement: Document) -> str:
    """The host by the name people use, or as the engagement has it."""
    return speech.library_name(engagement["host_library_id"]) or str(engagement["host_library_name"])


def badge(engagement: Document) -> str:
    """The state in one or two words."""
    return say(BADGES[engagement["state"]])


def title(engagement: Document, reader: Reader) -> str:
    """The engagement by act, from the reader's side, and by time: Vi hjelper Grue, Grue hjalp oss."""
    is_past = engagement["state"] in ("carried_out", "confirmed", "settled")
    values = {"lender": lender_name(engagement), "host": host_name(engagement)}
    if not moves_days(engagement):
        return visit_title(reader.side, is_past, values)
    if reader.side == "host":
        return say("{lender} hjalp oss", **values) if is_past else say("{lender} hjelper oss", **values)
    if reader.side == "county":
        return say("{lender} hjalp {host}", **values) if is_past else say("{lender} hjelper {host}", **values)
    return say("Vi hjalp {host}", **values) if is_past else say("Vi hjelper {host}", **values)


def sentence(engagement: Document, reader: Reader) -> str:
    """How the engagement stands, as this reader is told."""
    key = _key(engagement, reader)
    if not moves_days(engagement) and f"{key}.visit" in SENTENCES:
        key = f"{key}.visit"
    return speech.capitalised(say(SENTENCES[key], **values_of(engagement, reader)))


def _key(engagement: Document, reader: Reader) -> str:
    state, side = engagement["state"], reader.side
    if state == "reserving":
        return state
    if state == "settled" and not moves_days(engagement):
        return "settled.no_days"
    if state == "proposed" and side != "county":
        return f"{state}.{side}.{_turn(engagement, reader)}"
    if state == "agreed" and side != "county":
        if may_confirm(engagement, reader, speech.speech().today):
            return f"{state}.{side}.past"
        return f"{state}.{side}" if moves_days(engagement) else f"{state}.{side}.no_days"
    if state == "carried_out" and side != "county":
        return f"{state}.{side}.{'wait' if reader.bank_side in engagement['happened'] else 'act'}"
    if state == "declined" and (engagement["refusal"] or {}).get("code") == "visit_changed":
        return "declined.visit_changed"
    if state == "declined" and side != "county" and side != "colleague":
        return "declined.self" if _last_by(engagement) == reader.library_id else f"declined.{side}"
    return f"{state}.{side}"


def _turn(engagement: Document, reader: Reader) -> str:
    """Whose turn it is in a proposal, as the reader is told."""
    if reader.roles & set(missing_roles(engagement)):
        if is_from_round(engagement):
            return "round"
        return "own" if _first_by(engagement) == reader.library_id else "act"
    return "wait" if reader.roles else "look"


def is_from_round(engagement: Document) -> bool:
    """Whether a round of matching has proposed it, and none of the parties."""
    return bool(engagement["history"]) and engagement["history"][0]["what"] == "proposed_in_round"


def _first_by(engagement: Document) -> str | None:
    return engagement["history"][0]["by_library_id"] if engagement["history"] else None


def _last_by(engagement: Document) -> str | None:
    return engagement["history"][-1]["by_library_id"] if engagement["history"] else None


def values_of(engagement: Document, reader: Reader) -> dict[str, str]:
    """What the placeholders of the sentences stand for."""
    lender, host = lender_name(engagement), host_name(engagement)
    name = engagement["colleague_name"] or say("en kollega")
    return {
        "lender": lender,
        "host": host,
        "library": host if reader.bank_side == "lender" else lender,
        "name": name,
        "contact": engagement["host_contact_name"] or say("en kontaktperson"),
        "date": speech.on_days(engagement["dates"]),
        "days": speech.days(engagement["half_days"]),
        "reply_by": _deadline(engagement["reply_by_on"]),
        "confirm_by": _deadline(engagement["confirm_by_on"]),
        "release_on": _deadline(engagement.get("release_on") or engagement["confirm_by_on"]),
        "others": _others(engagement, reader),
    }


def _deadline(day: str | None) -> str:
    return speech.on(day) if day else say("fristen")


def _others(engagement: Document, reader: Reader) -> str:
    if engagement["state"] != "proposed":
        is_lender = reader.bank_side == "lender"
        return host_name(engagement) if is_lender else lender_name(engagement)
    who = {
        "lender_manager": lender_name(engagement),
        "host_manager": host_name(engagement),
        "colleague": engagement["colleague_name"] or say("kollegaen"),
    }
    return speech.names([who[role] for role in missing_roles(engagement)]) or say("ingen")
