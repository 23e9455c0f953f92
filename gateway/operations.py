"""What an operator does about accounts on the command line: one use case, one function, one transaction."""

from typing import Any

from byttebank.clock import format_time
from byttebank.storage.work import Work
from gateway import accounts, storage
from gateway.accounts import AccountWrong

Document = dict[str, Any]
COUNTY_ROLES = ("county", "operator")


def list_users(work: Work) -> list[Document]:
    """`{email, name, role, library_id, is_disabled, changed_at}` of every account that is somebody's."""
    return [_shown(row) for row in storage.list_users(work.connection) if not accounts.is_erased(row)]


def add_caretaker(
    work: Work, email: str, name: str, role: str, library_id: str, password_hash: str
) -> Document:
    """An account at the county library or for the node's operator; libraries' own people are invited.

    Refuses: `AccountWrong`, also for an address that an account has.
    """
    if role not in COUNTY_ROLES:
        raise AccountWrong(f"{role!r} is not one of {', '.join(COUNTY_ROLES)}; libraries are invited.")
    user = accounts.add_user(
        work,
        user_id=work.new_id(),
        email=email,
        name=name,
        password_hash=password_hash,
        role=role,
        library_id=library_id,
        colleague_id=None,
    )
    return _of(work, user.email)


def disable_user(work: Work, email: str) -> Document:
    """The account can no longer sign in, and nobody is signed in with it. Refuses: `AccountWrong`."""
    return _set_disabled(work, email, is_disabled=True)


def enable_user(work: Work, email: str) -> Document:
    """The account can sign in again, with its password. Refuses: `AccountWrong`."""
    return _set_disabled(work, email, is_disabled=False)


def set_password(work: Work, email: str, password_hash: str) -> Document:
    """The account has this password, and nobody is signed in with it. Refuses: `AccountWrong`."""
    row = _known(work, email)
    storage.update_user(
        work.connection, row["user_id"], {"password_hash": password_hash, "changed_at": work.now}
    )
    accounts.sign_out_everywhere(work, row["user_id"])
    return _of(work, email)


def _set_disabled(work: Work, email: str, *, is_disabled: bool) -> Document:
    row = _known(work, email)
    if row["is_disabled"] != is_disabled:
        values = {"is_disabled": is_disabled, "changed_at": work.now}
        storage.update_user(work.connection, row["user_id"], values)
    if is_disabled:
        accounts.sign_out_everywhere(work, row["user_id"])
    return _of(work, email)


def _known(work: Work, email: str) -> storage.Row:
    row = storage.find_user_by_email(work.connection, accounts.email_key(email))
    if row is None or accounts.is_erased(row):
        raise AccountWrong(f"No account has the address {email}.")
    return row


def _of(work: Work, email: str) -> Document:
    return _shown(_known(work, email))


def _shown(row: storage.Row) -> Document:
    shown = {name: row[name] for name in ("email", "name", "role", "library_id", "is_disabled")}
    return {**shown, "changed_at": format_time(row["changed_at"])}
