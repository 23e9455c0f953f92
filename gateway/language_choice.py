"""Choosing a language: for oneself, and for those at one's library who have not chosen."""

import contextlib
from dataclasses import replace

from flask import g

from byttebank.contracts.refusals import NotFound
from gateway import languages
from gateway.accounts import User, set_language
from gateway.here import here, speak_to


def choose_own_language(user: User, language: str | None) -> User:
    """The person reads pages and mails in the language; None: as the library. Asked again, nothing changes.

    The account keeps it for pages, the directory tells those who write mails. Somebody whom the directory
    does not know gets no mails. Refuses: what the directory refuses; nothing is changed then.
    """
    gateway = here()
    if user.colleague_id is not None:
        with contextlib.suppress(NotFound):
            gateway.backend.directory.set_colleague_language(user.colleague_id, language, user.actor)
    with gateway.settings.database.work() as work:
        set_language(work, user.user_id, language)
    languages.remember(language)
    g.user = replace(user, language=language)
    return g.user


def choose_library_language(user: User, library_id: str, language: str | None) -> None:
    """Those of the library who have not chosen read in the language; None: as the county.

    Refuses: what the directory refuses.
    """
    gateway = here()
    gateway.backend.directory.set_library_language(library_id, language, user.actor)
    gateway.names.forget_library(library_id)
    speak_to(user)
