"""The person whose token it is."""

from typing import Any

from byttebank.contracts import resources
from gateway.api.given import LanguageChoice, OwnChoices, OwnSkills
from gateway.api.nouns import nouns_called
from gateway.api.schemas import Erasure, Kept, Person, list_of
from gateway.here import here, person
from gateway.language_choice import choose_own_language
from gateway.own_record import erase, export_of

nouns = nouns_called("me", "The person who calls")
Document = dict[str, Any]


@nouns.route("/me", methods=["GET"])
@nouns.response(200, Person)
def get_me() -> Document:
    """Whose token it is"""
    return {**person().actor, "language": person().language}


@nouns.route("/me/language", methods=["PUT"])
@nouns.arguments(LanguageChoice)
@nouns.response(200, Person)
def set_language(given: Document) -> Document:
    """Choose the language of one's pages and mails

    Null: the library's.
    """
    user = choose_own_language(person(), given["language"])
    return {**user.actor, "language": user.language}


@nouns.route("/me/choices", methods=["PUT"])
@nouns.arguments(OwnChoices)
@nouns.response(200, resources.Colleague)
def set_choices(given: Document) -> Document:
    """Choose how far one's name shows, and whether one's manager may offer one

    It counts at once, everywhere.
    """
    return here().backend.directory.set_choices(person().person_id, given, person().actor)


@nouns.route("/me/skills", methods=["PUT"])
@nouns.arguments(OwnSkills)
@nouns.response(200, resources.Colleague)
def set_skills(given: Document) -> Document:
    """Say what one can, can teach and wants to learn"""
    return here().backend.directory.set_skills(person().person_id, given, person().actor)


@nouns.route("/me/export", methods=["GET"])
@nouns.response(200, Kept)
def export() -> Document:
    """Everything that is kept of one"""
    return export_of(person())


@nouns.route("/me/erase", methods=["POST"])
@nouns.response(200, list_of(Erasure, "ErasureList"))
def erase_me() -> Document:
    """Have all that is kept of one erased, here and in every county

    The token counts no longer afterwards.
    """
    return {"items": erase(person())}
