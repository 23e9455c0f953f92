"""Keeping what other services tell: names for words, addresses for mail."""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from byttebank.contracts.refusals import Malformed
from byttebank.storage import erasing
from byttebank.storage.work import Work
from services.notify.storage import copies, mails
from services.notify.storage.forgetting import forget_names


def county_changed(work: Work, body: dict[str, Any]) -> None:
    """The county's name, language and time zone are known. Refuses: `Malformed` for an unknown time zone."""
    try:
        ZoneInfo(body["time_zone"])
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Malformed(errors=[{"pointer": "/time_zone", "detail": "Not a time zone."}]) from error
    row = {name: body[name] for name in ("slug", "name", "language", "time_zone", "version")}
    copies.keep_county(work.connection, row)


def peer_changed(work: Work, body: dict[str, Any]) -> None:
    """The name of a county we exchange with is known. Of one that leaves no library is, only its own name."""
    row = {"slug": body["county"], "name": body["name"], "version": body["version"]}
    if copies.keep_county(work.connection, row) and body["state"] == "left":
        copies.forget_libraries(work.connection, body["county"])


def library_changed(work: Work, body: dict[str, Any]) -> None:
    """The library's short name and language are known, and whether it is a county library."""
    columns = ("id", "county", "short_name", "kind", "state", "language", "version")
    copies.keep_library(work.connection, {name: body[name] for name in columns})


def person_erased(work: Work, body: dict[str, Any]) -> None:
    """Mails and notices to somebody who wants nothing of herself kept are gone; those to others, sent or not,
    do not name her.
    """
    mails.erase_person(work.connection, body["person_id"])
    forget_names(work.connection, body["person_id"])
    erasing.erase_parked(work.connection, {body["person_id"]})


def colleague_changed(work: Work, body: dict[str, Any]) -> None:
    """It is known where the colleague gets mail, in which language, and whether as a manager."""
    columns = ("id", "library_id", "is_manager", "language", "version")
    email = (body["email"] or "").strip() or None
    copies.keep_colleague(work.connection, {**{name: body[name] for name in columns}, "email": email})
