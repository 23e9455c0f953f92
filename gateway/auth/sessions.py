"""Being signed in: a random token in the browser, its hash in the database, ended by either side."""

import hashlib
import secrets
from datetime import timedelta

from byttebank.storage.work import Database, Work
from gateway import storage
from gateway.accounts import User, user_from_row

IDLE = timedelta(hours=8)
"""A working day away from a shared computer ends the session."""
LONGEST = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=5)
"""How often a session that is used is written down as used."""


def hash_of(token: str) -> str:
    """What is stored of a token. Tokens are long and random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(work: Work, user_id: str, old_token: str | None = None) -> str:
    """A new session; the token goes to the browser only. The old one and those that ran out are gone."""
    if old_token:
        storage.delete_session(work.connection, hash_of(old_token))
    storage.delete_sessions_before(work.connection, seen=work.now - IDLE, created=work.now - LONGEST)
    token = secrets.token_urlsafe(32)
    storage.insert_session(
        work.connection,
        {"token_hash": hash_of(token), "user_id": user_id, "created_at": work.now, "seen_at": work.now},
    )
    return token


def user_of_session(database: Database, token: str) -> User | None:
    """The user of a session that still counts, or None. The session is noted as used now and then."""
    with database.reading() as work:
        row = storage.find_session(work.connection, hash_of(token))
        if row is None or work.now - row["seen_at"] > IDLE or work.now - row["created_at"] > LONGEST:
            return None
        user = storage.find_user(work.connection, row["user_id"])
        is_due = work.now - row["seen_at"] > SEEN_EVERY
    if user is None or user["is_disabled"]:
        return None
    if is_due:
        with database.work() as work:
            storage.touch_session(work.connection, hash_of(token), work.now)
    return user_from_row(user)


def close_session(work: Work, token: str) -> None:
    """The session counts no longer, whoever has kept its token."""
    storage.delete_session(work.connection, hash_of(token))
