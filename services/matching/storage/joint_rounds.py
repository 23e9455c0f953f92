"""Joint rounds as this county knows them: their documents, and which of them still need something done."""

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from byttebank.federation.papers import Paper
from services.matching.domain.joint_round import JointRound
from services.matching.storage.round_tables import joint_documents, joint_rounds
from services.matching.storage.rows import insert_into
from services.matching.storage.tables import offer_counties, offers, peers


def lock_joint(connection: Connection, round_id: str, now: datetime) -> None:
    """The round is there, and no other transaction does anything about it before this one ends."""
    values = {"id": round_id, "heard_at": now, "is_open": True}
    connection.execute(insert_into(connection, joint_rounds).values(values).on_conflict_do_nothing())
    connection.execute(select(joint_rounds.c.id).where(joint_rounds.c.id == round_id).with_for_update())


def find_joint(connection: Connection, round_id: str, county: str) -> JointRound:
    """The round with its documents, as `county` (this one) knows it."""
    rows = connection.execute(
        select(joint_documents)
        .where(joint_documents.c.round_id == round_id)
        .order_by(joint_documents.c.number)
    )
    return JointRound(
        round_id,
        county,
        tuple(
            Paper(one.kind, one.signer, json.loads(one.body), one.octets.encode("ascii"), one.signed_at)
            for one in rows
        ),
    )


def is_open(connection: Connection, round_id: str) -> bool:
    """Whether anything can still follow in the round."""
    found = connection.scalar(select(joint_rounds.c.is_open).where(joint_rounds.c.id == round_id))
    return bool(found)


def open_joints(connection: Connection) -> list[str]:
    """Rounds in which something can still follow, the oldest first."""
    query = select(joint_rounds.c.id).where(joint_rounds.c.is_open)
    return list(connection.scalars(query.order_by(joint_rounds.c.heard_at, joint_rounds.c.id)))


def heard_at(connection: Connection, round_id: str) -> datetime:
    """When the first document of the round came."""
    found: datetime = connection.execute(
        select(joint_rounds.c.heard_at).where(joint_rounds.c.id == round_id)
    ).scalar_one()
    return found


def close_joint(connection: Connection, round_id: str) -> None:
    """Nothing follows in the round any more."""
    connection.execute(update(joint_rounds).where(joint_rounds.c.id == round_id).values(is_open=False))


def add_papers(
    connection: Connection, joint: JointRound, papers: Iterable[Paper], now: datetime
) -> JointRound:
    """The round with those of `papers` that say something new."""
    known = {(one.kind, one.signer, one.body_hash) for one in joint.papers}
    found = list(joint.papers)
    for paper in papers:
        name = (paper.kind, paper.signer, paper.body_hash)
        if name in known:
            continue
        known.add(name)
        found.append(paper)
        connection.execute(
            insert(joint_documents).values(
                round_id=joint.id,
                kind=paper.kind,
                signer=paper.signer,
                body_hash=paper.body_hash,
                body=json.dumps(dict(paper.body), ensure_ascii=False),
                octets=paper.octets.decode("ascii"),
                signed_at=paper.created_at,
                received_at=now,
            )
        )
    return JointRound(joint.id, joint.county, tuple(found))


def active_peers(connection: Connection) -> list[str]:
    """Counties we exchange days with, none of them frozen."""
    query = select(peers.c.county).where(peers.c.state == "active").order_by(peers.c.county)
    return list(connection.scalars(query))


def reaches_of_offers(connection: Connection, county: str) -> dict[str, set[str] | None]:
    """Offer of the county's to the other counties it reaches; None: all of them."""
    query = (
        select(offers.c.id, offers.c.reach, offer_counties.c.county)
        .outerjoin(offer_counties, offer_counties.c.offer_id == offers.c.id)
        .where(offers.c.county == county)
    )
    found: dict[str, set[str] | None] = {}
    for row in connection.execute(query):
        if row.reach == "all":
            found[row.id] = None
            continue
        counties = found.setdefault(row.id, set())
        if row.reach == "counties" and row.county is not None and counties is not None:
            counties.add(row.county)
    return found
