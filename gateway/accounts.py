"""Who may sign in: accounts with argon2id passwords, and attempts counted where every process sees them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from byttebank.clock import format_time
from byttebank.contracts.actor import ROLES
from byttebank.contracts.refusals import SignInFailed, TooManyAttempts
from byttebank.identifiers import is_id
from byttebank.language import LANGUAGES
from byttebank.storage.work import Database, Work
from gateway import storage

MAX_ATTEMPTS = 10
"""Within the window, per e-mail address: enough for tired fingers, too few for a guesser."""
ATTEMPT_WINDOW = timedelta(minutes=15)
MIN_PASSWORD_LENGTH = 8
MAX_PASSWORD_LENGTH = 1000
"""Longer texts only cost time to hash."""


class AccountWrong(ValueError):
    """The account cannot be made like this. The message says what to change."""


@dataclass(frozen=True)
class User:
    """A person with an account. `colleague_id` is the person in the directory.

    `language` is the person's own choice, None while it is the library's.
    """

    user_id: str
    email: str
    name: str
    role: str
    library_id: str
    colleague_id: str | None
    language: str | None

    @property
    def person_id(self) -> str:
        return self.colleague_id or self.user_id

    @property
    def actor(self) -> dict[str, Any]:
        """The person as RPC carries it (`byttebank.contracts.actor`)."""
        return {
            "person_id": self.person_id,
            "library_id": self.library_id,
            "role": self.role,
            "name": self.name,
        }


def user_from_row(row: storage.Row) -> User:
    """The user of an account's row."""
    return User(**{name: row[name] for name in User.__dataclass_fields__})


def hash_password(password: str) -> str:
    """The password as an argon2id hash that carries its salt and parameters.

    CPU-heavy: about a tenth of a second. Refuses: `AccountWrong` for a password that is too short or long.
    """
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise AccountWrong(
            f"A password has {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters;"
            f" this has {len(password)}."
        )
    return PasswordHasher().hash(password)


def password_fits(password_hash: str, password: str) -> bool:
    """Whether the password is the one that was hashed. CPU-heavy."""
    try:
        return PasswordHasher().verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def add_user(
    work: Work,
    *,
    user_id: str,
    email: str,
    name: str,
    password_hash: str,
    role: str,
    library_id: str,
    colleague_id: str | None,
    language: str | None = None,
) -> User:
    """The account exists with these values, replacing what the same `user_id` had before.

    Without a language, the one the person has chosen stays.

    When the role, library or password changed, everybody signed in with the account is signed out.
    Refuses: `AccountWrong` for an e-mail another account has, an unknown role or language, or an id
    that is none.
    """
    address = email_key(email)
    _check(user_id, address, name, role, library_id, colleague_id, language)
    holder = storage.find_user_by_email(work.connection, address)
    if holder is not None and holder["user_id"] != user_id:
        raise AccountWrong(
            f"{address} belongs to another account. Use another address, or change that account."
        )
    values = {
        "email": address,
        "name": name,
        "password_hash": password_hash,
        "role": role,
        "library_id": library_id,
        "colleague_id": colleague_id,
        "language": language,
        "is_disabled": False,
        "changed_at": work.now,
    }
    before = storage.find_user(work.connection, user_id)
    if before is None:
        storage.insert_user(work.connection, {"user_id": user_id, "created_at": work.now, **values})
    else:
        values["language"] = language or before["language"]
        storage.update_user(work.connection, user_id, values)
        if any(before[field] != values[field] for field in ("role", "library_id", "password_hash")):
            sign_out_everywhere(work, user_id)
    return user_from_row({"user_id": user_id, **values})


def set_language(work: Work, user_id: str, language: str | None) -> None:
    """The account's pages are in the language; None: in the library's. Refuses: `AccountWrong`."""
    _check_language(language)
    storage.update_user(work.connection, user_id, {"language": language, "changed_at": work.now})


def is_erased(row: storage.Row) -> bool:
    """Whether the account was somebody's who wants nothing kept."""
    return bool(row["password_hash"] == _NOBODYS_HASH)


def account_of(work: Work, user_id: str) -> dict[str, Any]:
    """What the account keeps of its person, without what only the machine can use."""
    row = storage.find_user(work.connection, user_id)
    if row is None:
        raise AccountWrong(f"No account has the id {user_id}.")
    kept = {name: row[name] for name in ("user_id", "email", "name", "role", "library_id", "language")}
    return {
        **kept,
        "created_at": format_time(row["created_at"]),
        "changed_at": format_time(row["changed_at"]),
    }


def erase_account(work: Work, user_id: str) -> None:
    """The account names nobody, can no longer sign in, and nobody is signed in with it."""
    values = {
        "email": f"{user_id}@erased.invalid",
        "name": "-",
        "password_hash": _NOBODYS_HASH,
        "language": None,
        "colleague_id": None,
        "is_disabled": True,
        "changed_at": work.now,
    }
    storage.update_user(work.connection, user_id, values)
    storage.delete_answers_of(work.connection, user_id)
    sign_out_everywhere(work, user_id)


def sign_out_everywhere(work: Work, user_id: str) -> None:
    """No session and no token of the account counts any longer."""
    storage.delete_sessions_of(work.connection, user_id)
    storage.delete_tokens_of(work.connection, user_id)


def check_password(database: Database, email: str, password: str, run_in_thread: Callable[..., Any]) -> User:
    """The account of the address, when the password is its own. Getting in forgets the attempts.

    The attempt is written before the password is looked at, so that many at once count too. An unknown
    address takes as long as a wrong password. Hashing runs outside any transaction.
    Refuses: `SignInFailed`; `TooManyAttempts` with `until_at`, for known and unknown addresses alike.
    """
    address = email_key(email)
    who_hash = hashlib.sha256(address.encode()).hexdigest()
    with database.work() as work:
        since = work.now - ATTEMPT_WINDOW
        count, oldest_at = storage.attempts_since(work.connection, who_hash, since)
        if count >= MAX_ATTEMPTS:
            raise TooManyAttempts(until_at=format_time((oldest_at or work.now) + ATTEMPT_WINDOW))
        storage.insert_attempt(work.connection, who_hash, work.now)
        row = storage.find_user_by_email(work.connection, address)
    is_known = row is not None and not row["is_disabled"]
    known_hash = row["password_hash"] if row is not None and is_known else _NOBODYS_HASH
    fits = run_in_thread(password_fits, known_hash, only_text(password[: MAX_PASSWORD_LENGTH + 1]))
    if row is None or not is_known or not fits:
        raise SignInFailed()
    with database.work() as work:
        storage.forget_attempts(work.connection, who_hash, since)
    return user_from_row(row)


_NOBODYS_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$lmWfGPsy6sBT3peK/1xwPg$mpHbmv0UZp2XWCGDLOeXVL6Oszvh5a0/6C9si0JgWS8"
)
"""Fits no password; checked for unknown addresses so that they take as long."""


def email_key(email: str) -> str:
    """The address as accounts are looked up by: without surrounding space, in lower case, only text."""
    return only_text(email).strip().casefold()


def only_text(text: str) -> str:
    """The text with what no database and no hash can take (NUL, lone surrogates) replaced."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def _check(
    user_id: str,
    address: str,
    name: str,
    role: str,
    library_id: str,
    colleague_id: str | None,
    language: str | None,
) -> None:
    for what, value in (("user_id", user_id), ("library_id", library_id), ("colleague_id", colleague_id)):
        if not is_id(value) and not (what == "colleague_id" and value is None):
            raise AccountWrong(f"{what} {value!r} is not a UUID in lower case.")
    if "@" not in address.strip("@") or len(address) > 320:
        raise AccountWrong(f"{address!r} is not an e-mail address.")
    if not 1 <= len(name) <= 200:
        raise AccountWrong("A name has 1 to 200 characters.")
    if role not in ROLES:
        raise AccountWrong(f"{role!r} is not a role. Roles: {', '.join(ROLES)}.")
    _check_language(language)


def _check_language(language: str | None) -> None:
    if language is not None and language not in LANGUAGES:
        raise AccountWrong(f"{language!r} is not a language we have. Languages: {', '.join(LANGUAGES)}.")
