"""Coming in by a library's own link: what the link opens, and the account at the end of it."""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from byttebank.clock import format_time, parse_time
from byttebank.contracts.participation_refusals import AccountExists, InvitationEnded
from byttebank.contracts.refusals import NotFound, TooManyAttempts
from gateway import storage
from gateway.accounts import (
    ATTEMPT_WINDOW,
    MAX_ATTEMPTS,
    AccountWrong,
    User,
    add_user,
    email_key,
    hash_password,
    only_text,
)
from gateway.here import here

Document = dict[str, Any]


def new_link() -> str:
    """The secret of a new link: 256 bits nobody can guess."""
    return secrets.token_urlsafe(32)


def check_address_is_free(email: str, user_id: str = "") -> None:
    """Nobody else signs in with the address. Refuses: AccountExists."""
    with here().settings.database.reading() as work:
        row = storage.find_user_by_email(work.connection, email_key(email))
    if row is not None and row["user_id"] != user_id:
        raise AccountExists(email=email)


def opened(token: str, visitor: str) -> Document:
    """The `Invitation` that one may come in by. `visitor`: where the request comes from.

    Used without an account, it is open until it expires: a step that was cut off can be finished.
    Refuses: NotFound; InvitationEnded; TooManyAttempts after many links that are none.
    """
    try:
        invitation = here().backend.directory.open_invitation(token)
    except NotFound:
        _count("unknown link", visitor)
        raise
    is_timely = parse_time(invitation["expires_at"]) > here().settings.database.clock.now()
    is_unfinished = invitation["state"] == "used" and is_timely and not _has_account(invitation["id"])
    if invitation["state"] != "open" and not is_unfinished:
        raise InvitationEnded(state=invitation["state"])
    return invitation


def join(token: str, visitor: str, password: str, joining: Mapping[str, Any]) -> User:
    """The person manages the library and can sign in. `joining`: a `Joining`.

    Refuses: as `opened`; TooManyAttempts; AccountExists; AccountWrong for the password; what the directory
    refuses. Nothing is changed then.
    """
    settings = here().settings
    invitation = opened(token, visitor)
    _count("link", token)
    check_address_is_free(invitation["email"], invitation["id"])
    password_hash = settings.run_in_thread(hash_password, only_text(password))
    colleague = here().backend.directory.join_library(token, dict(joining))
    try:
        with settings.database.work() as work:
            return add_user(
                work,
                user_id=colleague["id"],
                email=invitation["email"],
                name=colleague["name"],
                password_hash=password_hash,
                role="library_manager",
                library_id=colleague["library_id"],
                colleague_id=colleague["id"],
                language=joining["language"],
            )
    except AccountWrong as wrong:
        raise AccountExists(email=invitation["email"]) from wrong


def _has_account(user_id: str) -> bool:
    with here().settings.database.reading() as work:
        return storage.find_user(work.connection, user_id) is not None


def _count(what: str, key: str) -> None:
    """One more attempt, as those at signing in are counted. Refuses: TooManyAttempts."""
    who_hash = hashlib.sha256(only_text(f"{what}: {key}").encode()).hexdigest()
    with here().settings.database.work() as work:
        count, oldest_at = storage.attempts_since(work.connection, who_hash, work.now - ATTEMPT_WINDOW)
        if count >= MAX_ATTEMPTS:
            raise TooManyAttempts(until_at=format_time((oldest_at or work.now) + ATTEMPT_WINDOW))
        storage.insert_attempt(work.connection, who_hash, work.now)
