"""The person whose token it is."""

from typing import Any

from gateway.api.given import LanguageChoice
from gateway.api.nouns import nouns_called
from gateway.api.schemas import Person
from gateway.here import person
from gateway.language_choice import choose_own_language

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
