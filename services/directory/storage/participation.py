"""Invitations, by the hash of their link, and every acceptance of the participation agreement."""

from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, String, Table, Text, select, update

from byttebank.clock import format_time
from byttebank.storage.columns import UtcTime
from byttebank.storage.messages import outbox
from services.directory.storage import rows
from services.directory.storage.tables import metadata

Document = dict[str, Any]

invitations = Table(
    "invitations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("library_id", String(36), nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("letters", Integer, nullable=False),
    Column("sent_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
    Column("withdrawn_at", UtcTime),
)
"""The id is the one of the colleague who joins. `letters`: how many have been sent, each with a new link."""

participations = Table(
    "participations",
    metadata,
    Column("library_id", String(36), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("person_id", String(36), nullable=False),
    Column("capacity", String(20), nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("approver_title", Text, nullable=False),
    Column("accepted_at", UtcTime, nullable=False),
)
"""The first acceptance of each version counts: who accepted, when and what never changes. `approved_by` and
`approver_title`, somebody in the management, stand as long as the library and that person want."""
Index("invitations_by_time", invitations.c.sent_at)


def find_invitation(
    connection: Connection, invitation_id: str, *, for_update: bool = False
) -> Document | None:
    """The invitation, locked until the transaction ends when asked (PostgreSQL)."""
    return rows.find(connection, invitations, invitation_id, for_update=for_update)


def find_by_token(connection: Connection, token_hash: str, *, for_update: bool = False) -> Document | None:
    """The invitation whose link this is, or None."""
    query = select(invitations).where(invitations.c.token_hash == token_hash)
    row = connection.execute(query.with_for_update() if for_update else query).mappings().first()
    return None if row is None else dict(row)


def add_invitation(connection: Connection, invitation: Document) -> bool:
    """Keep a new invitation. False when its id is taken."""
    return rows.add(connection, invitations, invitation)


def change_invitation(connection: Connection, invitation_id: str, **changes: Any) -> None:
    """These columns are as given."""
    connection.execute(update(invitations).where(invitations.c.id == invitation_id).values(changes))


def list_invitations(connection: Connection, limit: int) -> list[Document]:
    """The newest letters first."""
    query = select(invitations).order_by(invitations.c.sent_at.desc(), invitations.c.id.desc()).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


def add_participation(connection: Connection, participation: Document) -> bool:
    """Keep an acceptance. False, and nothing is changed, when the library has accepted this version."""
    return rows.add(connection, participations, participation)


def write_approver(connection: Connection, library_id: str, version: int, approver: Document) -> None:
    """The acceptance names this one in the management: `{approved_by, approver_title}`."""
    of_library = participations.c.library_id == library_id
    of_version = of_library & (participations.c.version == version)
    connection.execute(update(participations).where(of_version).values(approver))


def forget_approvers(connection: Connection, library_id: str, name: str | None = None) -> None:
    """No acceptance of the library names anybody in the management; only one of this name, where given."""
    for row in _naming(connection, library_id, name):
        nobody = {"approved_by": "", "approver_title": ""}
        write_approver(connection, library_id, row["version"], nobody)


def named_as_approver(connection: Connection, library_id: str, name: str | None) -> list[Document]:
    """Acceptances that name this one: `[{library_id, version, approved_by, approver_title, accepted_at}]`."""
    fields = ("library_id", "version", "approved_by", "approver_title")
    found = _naming(connection, library_id, name) if name else []
    return [{**{field: row[field] for field in fields}, **_texts(row, "accepted_at")} for row in found]


def _naming(connection: Connection, library_id: str, name: str | None) -> list[Document]:
    query = select(participations).where(participations.c.library_id == library_id)
    found = [dict(row) for row in connection.execute(query.order_by(participations.c.version)).mappings()]
    return [row for row in found if name is None or _is_one(row["approved_by"], name)]


def _is_one(one: str, other: str) -> bool:
    """The same name, however it is spaced and capitalised."""
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def newest_participations(connection: Connection) -> dict[str, Document]:
    """Each library's acceptance of the highest version, by library."""
    query = select(participations).order_by(participations.c.version)
    return {row["library_id"]: dict(row) for row in connection.execute(query).mappings()}


def newest_participation(connection: Connection, library_id: str) -> Document | None:
    """The library's acceptance of the highest version, or None."""
    query = (
        select(participations)
        .where(participations.c.library_id == library_id)
        .order_by(participations.c.version.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def forget_links(connection: Connection) -> int:
    """No letter that has left for the post keeps its link here: only hashes are kept. How many did."""
    sent = (outbox.c.name == "LibraryInvited") & outbox.c.published_at.is_not(None)
    of_link = outbox.c.body.contains('"token"')
    return connection.execute(update(outbox).where(sent, of_link).values(body="{}")).rowcount


def erase_invited(connection: Connection, person_id: str) -> None:
    """The invitation of one who wants nothing kept names nobody."""
    connection.execute(update(invitations).where(invitations.c.id == person_id).values(name="", email=""))


def invitation_of(connection: Connection, person_id: str) -> Document | None:
    """By what the person came in, without the link: `{name, email, sent_at, used_at}`. None for others."""
    row = find_invitation(connection, person_id)
    return (
        None
        if row is None
        else {**_texts(row, "sent_at", "used_at"), "name": row["name"], "email": row["email"]}
    )


def accepted_by(connection: Connection, person_id: str) -> list[Document]:
    """What the person has accepted: `[{library_id, version, capacity, accepted_at}]`."""
    query = select(participations).where(participations.c.person_id == person_id)
    rows_of_person = connection.execute(query.order_by(participations.c.accepted_at)).mappings()
    return [
        {**_texts(row, "accepted_at"), **{key: row[key] for key in ("library_id", "version", "capacity")}}
        for row in rows_of_person
    ]


def _texts(row: Any, *names: str) -> Document:
    return {name: format_time(row[name]) if row[name] else None for name in names}
