"""A county takes part in a joint round: invites, takes up an invitation, and answers with its part."""

import secrets
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from byttebank.clock import format_time
from byttebank.contracts.joint_rounds import MAX_COUNTIES, RULES
from byttebank.federation.keys import SigningKey
from byttebank.storage.channels import keyring, unsure_peers
from byttebank.storage.work import Work
from services.matching.domain.joint_input import own_part
from services.matching.domain.joint_round import JointRound, chunks_of
from services.matching.domain.participants import Helping
from services.matching.domain.round import AT_WORK, canonical
from services.matching.operations import possible
from services.matching.operations.joint.papers import send, sign_papers
from services.matching.operations.rounds.gathering import Gathered, gathered, rooms_of
from services.matching.storage import joint_rounds, rounds
from services.matching.storage.rows import Row

Document = dict[str, Any]
ANSWER_WITHIN = timedelta(hours=1)
AGREE_WITHIN = timedelta(hours=3)
NOBODY = {"person_id": None, "library_id": None, "name": None}


def check_counties(work: Work, counties: list[str]) -> list[str]:
    """Whom the round is held with, in order, this county left out: days are exchanged with each of them.

    Refuses: CountyUnknown, CountyFrozen.
    """
    others = sorted(set(counties) - {work.county})[: MAX_COUNTIES - 1]
    for county in others:
        possible.check_county(work, county)
    return others


def invite(work: Work, key: SigningKey, row: Row, others: list[str]) -> None:
    """The counties are asked to take part in the round that has just been begun here."""
    joint_rounds.lock_joint(work.connection, row["id"], work.now)
    body = {
        "kind": "INVITE",
        "counties": sorted([*others, work.county]),
        **{name: row[name].isoformat() for name in ("first_on", "last_on", "reply_by_on")},
        "days_each": row["days_each"],
        "answer_by_at": format_time(work.now + ANSWER_WITHIN),
        "agree_by_at": format_time(work.now + AGREE_WITHIN),
        "rules": RULES,
    }
    joint, signed = sign_papers(work, key, JointRound(row["id"], work.county), body)
    send(work, joint, others, signed)


def take_up(work: Work, joint: JointRound) -> bool:
    """The round is begun here too, if we may answer: in time, known to all, of terms that we would allow, and
    nothing else under way.
    """
    if joint.invite is None or work.now >= joint.deadline("answer_by_at") or joint.is_withdrawn:
        return False
    known = keyring(work.connection)
    is_able = (
        joint.is_within_reason(work.now, work.today)
        and joint.coordinator in joint_rounds.active_peers(work.connection)
        and joint.coordinator not in unsure_peers(work.connection)
        and all(known.newest(county) for county in joint.counties)
        # After a restore: what we answered was named by a key that is lost.
        and joint.find("PART", work.county) is None
    )
    if not is_able:
        return False
    work.take_turn()
    if rounds.rounds_in(work.connection, AT_WORK):
        return False
    terms = joint.invite.body
    row = {
        "id": joint.id,
        "name": str(joint.coordinator),
        **{name: date.fromisoformat(terms[name]) for name in ("first_on", "last_on", "reply_by_on")},
        "days_each": terms["days_each"],
        "stage": "gathering",
        "created_at": work.now,
        "created_by": NOBODY,
        "run": 0,
        "is_stopping": False,
        "private": {"salt": secrets.token_hex(16)},
        "coordinator": joint.coordinator,
    }
    rounds.add_round(work.connection, row)
    work.emit("ReportAccounts", {"round_id": joint.id})
    return True


def joint_accounts_reported(work: Work, body: Document, key: SigningKey | None) -> None:
    """Our part of the joint round is signed, and on its way to the coordinator.

    An answer to a round that does not wait for one, or to one of our own, changes nothing.
    """
    row = rounds.take_round(work.connection, body["round_id"])
    if row is None or key is None or row["stage"] != "gathering" or row["coordinator"] is None:
        return
    joint_rounds.lock_joint(work.connection, row["id"], work.now)
    joint = joint_rounds.find_joint(work.connection, row["id"], work.county)
    if joint.invite is None:
        raise AssertionError("a joint round that nobody invited to")
    found = gathered(work, row, body["accounts"])
    peers = joint_rounds.active_peers(work.connection)
    part = own_part(
        salt=row["private"]["salt"],
        peers=peers,
        standings=found.standings,
        wanted=[one for one in found.wanted if one.half_days > 0],
        helping=_reaching(work, found, joint.others),
        points=found.points,
        rooms=[one for one in rooms_of(work, body) if one["county"] in joint.others],
    )
    private = {
        "salt": row["private"]["salt"],
        "own": part.names,
        "left_out": part.left_out,
        "balances": {one["library_id"]: one["balance_half_days"] for one in body["accounts"]},
    }
    try:
        chunks = chunks_of(canonical(part.part))
    except ValueError:
        refusal = {"code": "too_large", "parameters": {}}
        rounds.change_round(
            work.connection, row["id"], stage="failed", refusal=refusal, ended_at=work.now, private=private
        )
        return
    rounds.change_round(work.connection, row["id"], stage="collecting", private=private)
    named = {"kind": "PART", "invite_hash": joint.invite.body_hash}
    joint, signed = sign_papers(work, key, joint, *({**named, **chunk} for chunk in chunks))
    if joint.coordinator != work.county:
        send(work, joint, [str(joint.coordinator)], signed)


def _reaching(work: Work, found: Gathered, others: list[str]) -> list[Helping]:
    """The county's own offers that reach another county of the round, with where they reach.

    Who has offered help at home only is not to be seen elsewhere; a round of the county's own asks her.
    """
    reaches = joint_rounds.reaches_of_offers(work.connection, work.county)
    reached = []
    for one in found.helping:
        if one.county != work.county or not one.dates:
            continue
        counties = reaches[one.offer_id]
        if counties is None:
            reached.append(one)
        elif counties & set(others):
            reached.append(replace(one, reaches=frozenset(counties & set(others))))
    return reached
