"""The language people read in: each colleague's own choice, and the library's for the others."""

from typing import Any

from byttebank.contracts.actor import load_actor
from byttebank.contracts.fields import Contract, one_of
from byttebank.contracts.refusals import NotFound
from byttebank.language import LANGUAGES
from byttebank.storage.work import Work
from services.directory.domain.roles import check_decides_for_library, check_is_colleague
from services.directory.operations.documents import read
from services.directory.operations.libraries import own_library
from services.directory.operations.publishing import tell_library
from services.directory.storage import libraries

Document = dict[str, Any]


class LanguageChoice(Contract):
    """A language we have texts in, or null for none."""

    language = one_of(*LANGUAGES, required=True, allow_none=True)


def set_library_language(work: Work, library_id: str, language: str | None, actor: Document) -> Document:
    """`Library`, with the language of those there who have not chosen; None: as the county.

    Refuses: NotFound for a library that is not ours; NotYourRole for others than its manager; Malformed.
    """
    who = load_actor(actor)
    chosen = read(LanguageChoice, {"language": language})
    own_library(work, library_id)
    check_decides_for_library(who, library_id)
    stored = libraries.find_library(work.connection, library_id, for_update=True)
    assert stored is not None, "libraries are never deleted"
    if stored["language"] == language:
        return stored
    changed = {**stored, **chosen, "version": stored["version"] + 1}
    libraries.replace_library(work.connection, changed)
    tell_library(work, changed)
    return changed


def set_colleague_language(work: Work, colleague_id: str, language: str | None, actor: Document) -> Document:
    """`Colleague`, who is written to in the language from now on; None: as the library.

    Refuses: NotFound; NotYourRole for anybody else; Malformed.
    """
    who = load_actor(actor)
    chosen = read(LanguageChoice, {"language": language})
    stored = libraries.find_colleague(work.connection, colleague_id, for_update=True)
    if stored is None:
        raise NotFound(kind="colleague", id=colleague_id)
    check_is_colleague(who, colleague_id)
    if stored["language"] == language:
        return stored
    changed = {**stored, **chosen, "version": stored["version"] + 1}
    libraries.replace_colleague(work.connection, changed)
    work.emit("ColleagueChanged", changed)
    return changed
