"""What is kept of the person who is signed in: all of it to take along, and all of it gone."""

import contextlib
from typing import Any

from byttebank.clock import format_time
from byttebank.contracts.refusals import NotFound
from gateway.accounts import User, account_of, erase_account
from gateway.here import here

Document = dict[str, Any]


def own_colleague(user: User) -> Document | None:
    """The person as the directory knows her, or None for an account without a colleague.

    Refuses: what the directory refuses.
    """
    if user.colleague_id is None:
        return None
    colleagues = here().backend.directory.list_colleagues(user.library_id, user.actor)
    return next((one for one in colleagues if one["id"] == user.colleague_id), None)


def export_of(user: User) -> Document:
    """Everything: the account here, what directory, matching and notify keep, and the engagements that name
    the person.

    Refuses: what these services refuse.
    """
    gateway, kept = here(), None
    if user.colleague_id is not None:
        with contextlib.suppress(NotFound):
            kept = gateway.backend.directory.export_person(user.colleague_id, user.actor)
    with gateway.settings.database.reading() as work:
        account = account_of(work, user.user_id)
    engagements = gateway.backend.matching.list_engagements(user.library_id)
    return {
        "exported_at": format_time(gateway.settings.database.clock.now()),
        "account": account,
        "directory": kept,
        "engagements": [
            one for one in engagements if user.person_id in (one["colleague_id"], one["host_contact_id"])
        ],
        "matching": gateway.backend.matching.export_person(user.person_id, user.actor),
        "notify": gateway.backend.notify.export_person(user.person_id, user.actor),
    }


def erase(user: User) -> list[Document]:
    """Nothing of the person is left in the directory or in the account, and every county is asked to forget:
    `[{county, asked_at, confirmed_at}]`. She is signed out everywhere.

    The directory first: when it cannot, nothing has changed and she can ask again.
    Refuses: what the directory refuses.
    """
    gateway, told = here(), []
    if user.colleague_id is not None:
        with contextlib.suppress(NotFound):
            told = gateway.backend.directory.erase_person(user.colleague_id, user.actor)
    with gateway.settings.database.work() as work:
        erase_account(work, user.user_id)
    return told
