"""The key that signs the browser's cookies: made once, kept in the gateway's own database."""

import secrets

from byttebank.storage.work import Database
from gateway import storage

SECRET_LENGTH = 32


def keep_secret_key(database: Database) -> bytes:
    """The secret key of this gateway, the same in every process that shares the database."""
    with database.work() as work:
        storage.insert_or_keep(
            work.connection,
            storage.secrets,
            {"name": "cookie", "value": secrets.token_bytes(SECRET_LENGTH)},
        )
        value = storage.find_secret(work.connection, "cookie")
    assert value is not None
    return value
