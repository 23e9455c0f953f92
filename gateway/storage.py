"""The gateway's own small store: who may sign in, who is signed in, tokens, answers. No business data."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from byttebank.storage.columns import BigKey, UtcTime

Row = dict[str, Any]

metadata = MetaData()

users = Table(
    "users",
    metadata,
    Column("user_id", String(36), primary_key=True),
    Column("email", String(320), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("library_id", String(36), nullable=False),
    Column("colleague_id", String(36)),
    Column("language", String(8)),
    Column("is_disabled", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("who_hash", String(64), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("sign_in_attempts_by_who", "who_hash", "at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", String(36), nullable=False, index=True),
    Column("created_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", String(36), nullable=False, index=True),
    Column("scopes", String(100), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("last_used_at", UtcTime),
)

answers = Table(
    "answers",
    metadata,
    Column("user_id", String(36), primary_key=True),
    Column("key_hash", String(64), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("thing_id", String(36), nullable=False),
    Column("status", Integer),
    Column("body", Text),
    Column("created_at", UtcTime, nullable=False, index=True),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)


def insert_or_keep(connection: Connection, table: Table, row: Row) -> bool:
    """The row is there. False when one with its key was there already; that one is kept."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    result = connection.execute(dialect.insert(table).values(row).on_conflict_do_nothing())
    return result.rowcount == 1


def _first(connection: Connection, table: Table, *conditions: Any) -> Row | None:
    row = connection.execute(select(table).where(*conditions)).mappings().first()
    return dict(row) if row else None


def find_user(connection: Connection, user_id: str) -> Row | None:
    """The account, or None."""
    return _first(connection, users, users.c.user_id == user_id)


def find_user_by_email(connection: Connection, email: str) -> Row | None:
    """The account with this address in lower case, or None."""
    return _first(connection, users, users.c.email == email)


def list_users(connection: Connection) -> list[Row]:
    """Every account, by address."""
    return [dict(row) for row in connection.execute(select(users).order_by(users.c.email)).mappings()]


def insert_user(connection: Connection, row: Row) -> None:
    """The account is there."""
    connection.execute(insert(users).values(row))


def update_user(connection: Connection, user_id: str, values: Row) -> None:
    """The account has these values."""
    connection.execute(update(users).where(users.c.user_id == user_id).values(values))


def insert_attempt(connection: Connection, who_hash: str, at: datetime) -> None:
    """The attempt counts."""
    connection.execute(insert(sign_in_attempts).values(who_hash=who_hash, at=at))


def attempts_since(connection: Connection, who_hash: str, since: datetime) -> tuple[int, datetime | None]:
    """How many attempts, and the time of the oldest of them."""
    row = connection.execute(
        select(func.count(), func.min(sign_in_attempts.c.at)).where(
            sign_in_attempts.c.who_hash == who_hash, sign_in_attempts.c.at > since
        )
    ).one()
    return row[0], row[1]


def forget_attempts(connection: Connection, who_hash: str, before: datetime) -> None:
    """The attempts of one who got in, and all that are too old to count, are gone."""
    connection.execute(
        delete(sign_in_attempts).where(
            (sign_in_attempts.c.who_hash == who_hash) | (sign_in_attempts.c.at <= before)
        )
    )


def insert_session(connection: Connection, row: Row) -> None:
    """The session is there."""
    connection.execute(insert(sessions).values(row))


def find_session(connection: Connection, token_hash: str) -> Row | None:
    """The session, or None."""
    return _first(connection, sessions, sessions.c.token_hash == token_hash)


def touch_session(connection: Connection, token_hash: str, now: datetime) -> None:
    """The session was used now."""
    connection.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(seen_at=now))


def delete_session(connection: Connection, token_hash: str) -> None:
    """The session is gone, if it was there."""
    connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))


def delete_sessions_of(connection: Connection, user_id: str) -> None:
    """Nobody is signed in with the account."""
    connection.execute(delete(sessions).where(sessions.c.user_id == user_id))


def delete_sessions_before(connection: Connection, *, seen: datetime, created: datetime) -> None:
    """Sessions unused or opened too long ago are gone."""
    connection.execute(
        delete(sessions).where((sessions.c.seen_at < seen) | (sessions.c.created_at < created))
    )


def insert_token(connection: Connection, row: Row) -> None:
    """The token is there."""
    connection.execute(insert(tokens).values(row))


def find_token(connection: Connection, token_hash: str) -> Row | None:
    """The token, or None."""
    return _first(connection, tokens, tokens.c.token_hash == token_hash)


def touch_token(connection: Connection, token_hash: str, now: datetime) -> None:
    """The token was used now."""
    connection.execute(update(tokens).where(tokens.c.token_hash == token_hash).values(last_used_at=now))


def delete_token(connection: Connection, token_hash: str) -> None:
    """The token is gone, if it was there."""
    connection.execute(delete(tokens).where(tokens.c.token_hash == token_hash))


def delete_tokens_of(connection: Connection, user_id: str) -> None:
    """The account has no tokens."""
    connection.execute(delete(tokens).where(tokens.c.user_id == user_id))


def delete_tokens_before(connection: Connection, expired: datetime) -> None:
    """Tokens that ended before then are gone."""
    connection.execute(delete(tokens).where(tokens.c.expires_at < expired))


def find_answer(connection: Connection, user_id: str, key_hash: str) -> Row | None:
    """What a key of this user was used for, or None."""
    return _first(connection, answers, answers.c.user_id == user_id, answers.c.key_hash == key_hash)


def keep_answer(connection: Connection, user_id: str, key_hash: str, status: int, body: str) -> None:
    """The answer given for the key is kept with it."""
    connection.execute(
        update(answers)
        .where(answers.c.user_id == user_id, answers.c.key_hash == key_hash)
        .values(status=status, body=body)
    )


def delete_answers_of(connection: Connection, user_id: str) -> None:
    """No answer to this user is kept."""
    connection.execute(delete(answers).where(answers.c.user_id == user_id))


def delete_answers_before(connection: Connection, before: datetime) -> None:
    """Answers older than this are gone."""
    connection.execute(delete(answers).where(answers.c.created_at < before))


def find_secret(connection: Connection, name: str) -> bytes | None:
    """The secret, or None."""
    value = connection.execute(select(secrets.c.value).where(secrets.c.name == name)).scalar()
    return None if value is None else bytes(value)
