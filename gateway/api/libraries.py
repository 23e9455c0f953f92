"""Who: the county, its peers, libraries, people, skills."""

from typing import Any

from marshmallow import Schema, fields, validate

from byttebank.contracts import resources
from byttebank.contracts.fields import Id, Slug
from byttebank.contracts.refusals import NotYourRole
from gateway.api.given import LanguageChoice, LibraryShown, OwnSkill
from gateway.api.nouns import next_link, nouns_called
from gateway.api.schemas import County, ListQuery, Mapping, Peer, WaitingErasures, list_of, page_of
from gateway.here import here, person
from gateway.language_choice import choose_library_language
from gateway.words.mapping import conclusion_sentence

nouns = nouns_called("libraries", "Who takes part")
Document = dict[str, Any]


class LibraryQuery(ListQuery):
    """Which libraries."""

    county = Slug()
    q = fields.String(validate=validate.Length(max=100), metadata={"description": "Part of the name."})


class StaffQuery(Schema):
    """Whose people."""

    library_id = Id(required=True)


@nouns.route("/county", methods=["GET"])
@nouns.response(200, County)
def get_county() -> Document:
    """This county"""
    return here().backend.directory.county()


@nouns.route("/peers", methods=["GET"])
@nouns.response(200, list_of(Peer, "PeerList"))
def list_peers() -> Document:
    """The counties we exchange with"""
    return {"items": here().backend.directory.list_peers()}


@nouns.route("/peers/erasures", methods=["GET"])
@nouns.response(200, list_of(WaitingErasures, "WaitingErasuresList"))
def list_waiting_erasures() -> Document:
    """Which counties have not confirmed that they forgot people of ours

    For the county library and the operator.
    """
    if person().role not in ("county", "operator"):
        raise NotYourRole(role="county")
    return {"items": here().backend.directory.waiting_erasures()}


@nouns.route("/libraries", methods=["GET"])
@nouns.arguments(LibraryQuery, location="query")
@nouns.response(200, page_of(resources.Library, "LibraryPage"))
def list_libraries(query: Document) -> tuple[Document, int, dict[str, str]]:
    """Libraries, here and in other counties, by name"""
    page = here().backend.directory.list_libraries(
        county=query.get("county"), query=query.get("q"), cursor=query.get("cursor"), limit=query["limit"]
    )
    return page, 200, next_link(page["next_cursor"])


@nouns.route("/libraries/<id:library_id>", methods=["GET"])
@nouns.response(200, resources.Library)
def get_library(library_id: str) -> Document:
    """One library"""
    return here().backend.directory.get_library(library_id)


@nouns.route("/libraries/<id:library_id>/page", methods=["PATCH"])
@nouns.arguments(LibraryShown)
@nouns.response(200, resources.Library)
def set_library_page(given: Document, library_id: str) -> Document:
    """Say whom others can ask at the library, and when it is closed

    For its manager and the county.
    """
    changed = here().backend.directory.set_library_page(library_id, given, person().actor)
    here().names.forget_library(library_id)
    return changed


@nouns.route("/libraries/<id:library_id>/language", methods=["PUT"])
@nouns.arguments(LanguageChoice)
@nouns.response(200, resources.Library)
def set_library_language(given: Document, library_id: str) -> Document:
    """Choose the language of those at the library who have not chosen

    For its manager. Null: the county's.
    """
    choose_library_language(person(), library_id, given["language"])
    return here().backend.directory.get_library(library_id)


@nouns.route("/staff", methods=["GET"])
@nouns.arguments(StaffQuery, location="query")
@nouns.response(200, list_of(resources.Colleague, "ColleagueList"))
def list_staff(query: Document) -> Document:
    """The people of a library

    A name is null when its owner does not share it with the caller.
    """
    return {"items": here().backend.directory.list_colleagues(query["library_id"], person().actor)}


@nouns.route("/skills", methods=["GET"])
@nouns.response(200, list_of(resources.Skill, "SkillList"))
def list_skills() -> Document:
    """The vocabulary of skills"""
    return {"items": here().backend.directory.list_skills()}


@nouns.route("/skills/<string:code>", methods=["PUT"])
@nouns.arguments(OwnSkill)
@nouns.response(200, resources.Skill)
def write_skill(given: Document, code: str) -> Document:
    """Add a skill of the county's own, or give it other names

    For the county library. The code is made once and never changes.
    """
    written = here().backend.directory.write_skill({**given, "code": code}, person().actor)
    here().names.forget_skills()
    return written


@nouns.route("/mapping", methods=["GET"])
@nouns.response(200, Mapping)
def get_mapping() -> Document:
    """Which skills exist, are wanted and are missing: the county first, then each municipality

    Nothing in it is about a person.
    """
    found = here().backend.directory.mapping()
    places = [{**one, "sentence": conclusion_sentence(one)} for one in found["places"]]
    return {**found, "places": places}
