"""Rounds of matching as the county library decides: begun, stopped, computed again, published, discarded."""

import secrets
from datetime import date
from typing import Any

from byttebank.contracts.actor import Actor, load_actor
from byttebank.contracts.fields import load
from byttebank.contracts.market_refusals import RoundOpen
from byttebank.contracts.matching_rounds import NewMatchingRound
from byttebank.contracts.refusals import DatePast, NotFound, NotNow, NotYourRole, SameKeyOtherBody
from byttebank.federation.keys import SigningKey
from byttebank.storage.work import Work
from services.matching.domain.round import AGAIN, AT_WORK, DISCARDABLE, Terms, check_stage, check_terms
from services.matching.operations.joint.agreeing import settle
from services.matching.operations.joint.answering import check_counties, invite
from services.matching.operations.rounds.showing import matching_round
from services.matching.storage import joint_rounds, rounds
from services.matching.storage.rows import Row

Document = dict[str, Any]
TERMS = ("name", "first_on", "last_on", "reply_by_on", "days_each")


def create_matching_round(
    work: Work, document: Document, actor_document: Document, key: SigningKey | None = None
) -> Document:
    """The `MatchingRound`, begun: the ledger is asked how the libraries' days stand, and then it is computed.

    With `counties` it is a joint round: they are invited, signed with `key`, and their answers are computed
    with. No proposal is sent to anybody before it is published.
    Refuses: Malformed, NotYourRole, FieldMissing (name), DateOrder, DatePast, DateTooFar, RoundOpen,
    CountyUnknown, CountyFrozen, SameKeyOtherBody.
    """
    given = load(NewMatchingRound, document)
    actor = _county(actor_document)
    stored = rounds.round_of(work.connection, given["id"])
    terms = _terms(given)
    if stored is not None:
        if _terms_of(stored) != terms or _others(work, stored) != sorted(set(given["counties"])):
            raise SameKeyOtherBody(id=stored["id"])
        return matching_round(work, stored["id"])
    check_terms(terms, work.today)
    others = check_counties(work, given["counties"])
    _check_alone(work)
    row = {
        "id": given["id"],
        **{name: getattr(terms, name) for name in TERMS},
        "stage": "gathering",
        "created_at": work.now,
        "created_by": _by(actor),
        "run": 0,
        "is_stopping": False,
        "private": {"salt": secrets.token_hex(16)},
        "coordinator": work.county if others else None,
    }
    rounds.add_round(work.connection, row)
    if others:
        if key is None:
            raise AssertionError("a county without a key exchanges days with nobody")
        invite(work, key, row, others)
    work.emit("ReportAccounts", {"round_id": given["id"]})
    return matching_round(work, given["id"])


def run_matching_round(work: Work, round_id: str, actor_document: Document) -> Document:
    """The `MatchingRound`, computed again after it was interrupted or failed; under way already: as it is.

    With the input it had, if it was gathered; otherwise that is gathered anew.
    Refuses: Malformed, NotYourRole, NotFound, NotNow, DatePast, RoundOpen.
    """
    _county(actor_document)
    row = _take(work, round_id)
    if row["stage"] in ("gathering", "collecting", "waiting", "computing", "comparing"):
        return matching_round(work, round_id)
    # A joint round that has failed is over for the others too.
    check_stage(row["stage"], AGAIN if row["coordinator"] is None else frozenset({"interrupted"}), "run")
    _check_to_come(work, row)
    _check_alone(work)
    has_input = row["input"] is not None
    rounds.change_round(
        work.connection,
        round_id,
        stage="waiting" if has_input else "gathering",
        is_stopping=False,
        progress=None,
        refusal=None,
        ended_at=None,
    )
    if not has_input:
        work.emit("ReportAccounts", {"round_id": round_id})
    return matching_round(work, round_id)


def stop_matching_round(work: Work, round_id: str, actor_document: Document) -> Document:
    """The `MatchingRound`, asked to end with the best plan it has found; computed already: as it is.

    Refuses: Malformed, NotYourRole, NotFound, NotNow.
    """
    _county(actor_document)
    row = _take(work, round_id)
    if row["stage"] != "computed":
        check_stage(row["stage"], frozenset({"waiting", "computing"}), "stop")
        rounds.change_round(work.connection, round_id, is_stopping=True)
    return matching_round(work, round_id)


def publish_matching_round(work: Work, round_id: str, actor_document: Document) -> Document:
    """The `MatchingRound`, whose matches become proposals one by one; published already: as it is.

    Refuses: Malformed, NotYourRole, NotFound, NotNow (not computed, or nothing in its plan), DatePast,
    RoundOpen.
    """
    actor = _county(actor_document)
    row = _take(work, round_id)
    if row["stage"] in ("publishing", "published"):
        return matching_round(work, round_id)
    check_stage(row["stage"], frozenset({"computed"}), "publish")
    _check_to_come(work, row)
    if row["coordinator"] is not None:
        settle(work, row)
    if rounds.next_planned(work.connection, round_id) is None:
        raise NotNow(state="computed", act="publish")
    _check_alone(work)
    by = {"created_by": _by(actor)} if row["created_by"]["person_id"] is None else {}
    rounds.change_round(work.connection, round_id, stage="publishing", published_at=work.now, **by)
    return matching_round(work, round_id)


def discard_matching_round(work: Work, round_id: str, actor_document: Document) -> Document:
    """The `MatchingRound`, put away unpublished; a second time changes nothing.

    Refuses: Malformed, NotYourRole, NotFound, NotNow.
    """
    _county(actor_document)
    row = _take(work, round_id)
    if row["stage"] != "discarded":
        check_stage(row["stage"], DISCARDABLE, "discard")
        rounds.change_round(
            work.connection, round_id, stage="discarded", ended_at=row["ended_at"] or work.now
        )
    return matching_round(work, round_id)


def _county(document: Document) -> Actor:
    actor = load_actor(document)
    if actor.role not in ("county", "operator"):
        raise NotYourRole(role="county")
    return actor


def _by(actor: Actor) -> Document:
    return {"person_id": actor.person_id, "library_id": actor.library_id, "name": actor.name}


def _others(work: Work, row: Row) -> list[str]:
    if row["coordinator"] != work.county:
        return []
    return joint_rounds.find_joint(work.connection, row["id"], work.county).others


def _take(work: Work, round_id: str) -> Row:
    row = rounds.take_round(work.connection, round_id)
    if row is None:
        raise NotFound(kind="matching_round", id=round_id)
    return row


def _check_to_come(work: Work, row: Row) -> None:
    """Some day of the round may still be used. When none is, its pseudonyms stand for nobody any more."""
    if row["last_on"] < work.today:
        raise DatePast(date=row["last_on"].isoformat())


def _check_alone(work: Work) -> None:
    """Two rounds at the same time would promise the same people twice."""
    work.take_turn()
    for row in rounds.rounds_in(work.connection, AT_WORK):
        raise RoundOpen(round_id=row["id"])


def _terms(given: Document) -> Terms:
    days = {name: date.fromisoformat(given[name]) for name in ("first_on", "last_on", "reply_by_on")}
    return Terms(name=given["name"].strip(), days_each=given["days_each"], **days)


def _terms_of(row: Row) -> Terms:
    return Terms(**{name: row[name] for name in TERMS})
