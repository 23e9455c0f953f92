"""Bearer tokens for programs: shown once, stored hashed, with scopes and an end."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from byttebank.storage.work import Database, Work
from gateway import storage
from gateway.accounts import User, user_from_row
from gateway.auth.sessions import SEEN_EVERY, hash_of

LIFETIME = timedelta(days=30)
SCOPES = ("read", "write")
"""`read` looks, `write` acts. A token has both unless asked otherwise."""


@dataclass(frozen=True)
class Token:
    """Whose token it is and what it may do."""

    user: User
    scopes: frozenset[str]


def issue_token(work: Work, user_id: str, scopes: Sequence[str] = SCOPES) -> tuple[str, datetime]:
    """A new token and when it ends. Only its hash is kept; tokens that ran out are gone."""
    storage.delete_tokens_before(work.connection, work.now)
    token = f"bb_{secrets.token_urlsafe(32)}"
    expires_at = work.now + LIFETIME
    storage.insert_token(
        work.connection,
        {
            "token_hash": hash_of(token),
            "user_id": user_id,
            "scopes": " ".join(sorted(set(scopes))),
            "created_at": work.now,
            "expires_at": expires_at,
            "last_used_at": None,
        },
    )
    return token, expires_at


def find_token(database: Database, text: str) -> Token | None:
    """The token that still counts, or None."""
    with database.reading() as work:
        row = storage.find_token(work.connection, hash_of(text))
        if row is None or row["expires_at"] <= work.now:
            return None
        user = storage.find_user(work.connection, row["user_id"])
        is_due = row["last_used_at"] is None or work.now - row["last_used_at"] > SEEN_EVERY
    if user is None or user["is_disabled"]:
        return None
    if is_due:
        with database.work() as work:
            storage.touch_token(work.connection, hash_of(text), work.now)
    return Token(user_from_row(user), frozenset(row["scopes"].split()))


def revoke_token(work: Work, text: str) -> None:
    """The token counts no longer."""
    storage.delete_token(work.connection, hash_of(text))
