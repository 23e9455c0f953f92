"""Colleagues of our own libraries: what they can, and how far each shares the name."""

from typing import Any

from marshmallow import fields, validate

from byttebank.contracts import resources
from byttebank.contracts.actor import Actor, load_actor
from byttebank.contracts.fields import one_of, text
from byttebank.contracts.refusals import NotFound, SameKeyOtherBody
from byttebank.language import LANGUAGES
from byttebank.storage.work import Work
from services.directory.domain.market import check_vocabulary
from services.directory.domain.sharing import shared_name
from services.directory.operations.documents import read
from services.directory.operations.libraries import get_library, own_library
from services.directory.operations.publishing import tell
from services.directory.storage import erasures, libraries, market
from services.directory.storage.market import Kind

Document = dict[str, Any]
LISTS_OF_SKILLS = ("can", "can_teach", "wants_to_learn")


class NamedColleague(resources.Colleague):
    """A colleague as the own library writes her down: with a name."""

    name = text(200)
    email = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=320))
    language = one_of(*LANGUAGES, load_default=None, allow_none=True)


def add_colleague(work: Work, colleague: Document) -> Document:
    """The colleague works at one of our libraries, as given; what others see of her follows at once.

    `colleague`: a `Colleague` without version. Said again with other content, it is changed: a new sharing
    choice also goes to everybody who holds an open offer or request with the name. The language that she has
    chosen stays when the document does not name one.
    Refuses: Malformed; NotFound for a library that is not ours and for somebody who was erased;
    SameKeyOtherBody for a colleague of another library.
    """
    wanted = read(NamedColleague, colleague, version=1)
    own_library(work, wanted["library_id"])
    known = libraries.skill_codes(work.connection)
    for field in LISTS_OF_SKILLS:
        check_vocabulary(wanted[field], known, f"/{field}")
    if erasures.is_erased(work.connection, wanted["id"]):
        raise NotFound(kind="colleague", id=wanted["id"])
    if libraries.add_colleague(work.connection, wanted):
        work.emit("ColleagueChanged", wanted)
        return wanted
    stored = libraries.find_colleague(work.connection, wanted["id"], for_update=True)
    if stored is None or stored["library_id"] != wanted["library_id"]:
        raise SameKeyOtherBody(id=wanted["id"])
    if "language" not in colleague:
        wanted["language"] = stored["language"]
    if stored == {**wanted, "version": stored["version"]}:
        return stored
    changed = {**wanted, "version": stored["version"] + 1}
    libraries.replace_colleague(work.connection, changed)
    work.emit("ColleagueChanged", changed)
    if (stored["name"], stored["sharing"]) != (changed["name"], changed["sharing"]):
        _tell_new_name(work, changed["id"])
    return changed


def skills_of(colleague: Document) -> set[str]:
    """What the colleague can, can teach or wants to learn."""
    return {code for field in LISTS_OF_SKILLS for code in colleague[field]}


def list_colleagues(work: Work, library_id: str, actor: Document | None = None) -> list[Document]:
    """`Colleague`s of a library, names as far as each has chosen to share with the actor.

    E-mail addresses and languages show to the own library only: contact goes through the library until a
    day is agreed. Own words, which may tell who somebody is, show where the name does. Without an actor
    nobody's name shows. Refuses: NotFound, Malformed.
    """
    reader = load_actor(actor) if actor is not None else None
    get_library(work, library_id)
    return [_seen_by(reader, one) for one in libraries.list_colleagues(work.connection, library_id)]


def _seen_by(reader: Actor | None, colleague: Document) -> Document:
    if reader is None:
        return {**colleague, "name": None, "email": None, "language": None, "own_words": ""}
    if reader.library_id == colleague["library_id"] and reader.role in ("colleague", "library_manager"):
        return colleague
    name = shared_name(colleague["name"], colleague["sharing"], "county")
    own_words = colleague["own_words"] if name is not None else ""
    return {**colleague, "name": name, "email": None, "language": None, "own_words": own_words}


def _tell_new_name(work: Work, colleague_id: str) -> None:
    kinds: tuple[Kind, ...] = ("offer", "request")
    for kind in kinds:
        for thing in market.things_of_person(work.connection, kind, colleague_id):
            if thing["state"] == "open":
                newer = {**thing, "version": thing["version"] + 1}
                market.replace(work.connection, kind, newer)
                tell(work, kind, newer)
