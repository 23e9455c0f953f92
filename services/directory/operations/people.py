"""What colleagues and managers write about colleagues: skills, confirmations, and each one's own choices."""

from typing import Any

from marshmallow import fields, validate

from byttebank.contracts import resources
from byttebank.contracts.actor import Actor, load_actor
from byttebank.contracts.fields import Contract, Id, one_of, text
from byttebank.contracts.refusals import NotFound, NotYourRole, SameKeyOtherBody
from byttebank.storage.work import Work
from services.directory.domain.market import check_in_use, check_vocabulary
from services.directory.domain.roles import check_is_colleague
from services.directory.operations.colleagues import LISTS_OF_SKILLS, add_colleague, skills_of
from services.directory.operations.documents import read, read_own_words
from services.directory.storage import erasures, libraries

Document = dict[str, Any]


class NewColleague(Contract):
    """A colleague as her library writes her down."""

    id = Id(required=True)
    library_id = Id(required=True)
    name = text(200)
    email = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=320))
    is_manager = fields.Boolean(load_default=False)


class Skills(Contract):
    """What somebody can, can teach and wants to learn; `own_words` for what no list has."""

    can = fields.List(fields.String(), load_default=list)
    can_teach = fields.List(fields.String(), load_default=list)
    wants_to_learn = fields.List(fields.String(), load_default=list)
    own_words = fields.String(load_default="", validate=validate.Length(max=2000))


class Choices(Contract):
    """How far somebody's name shows, and whether others may offer her."""

    sharing = one_of(*resources.SHARING_CHOICES, required=True)
    may_be_offered = fields.Boolean(required=True)


def write_colleague(work: Work, colleague: Document, actor: Document) -> Document:
    """`Colleague` who works at the library, written down by its manager or the county. `colleague`: {id,
    library_id, name, email, is_manager}.

    What she has chosen and what she can stay as they are; a new colleague shares her name with the own
    library alone until she chooses.

    Refuses: NotYourRole; NotFound for a library that is not ours; SameKeyOtherBody
    for a colleague of another library and for one who has been erased.
    """
    who = load_actor(actor)
    wanted = read(NewColleague, colleague)
    if not (_manages(who, wanted["library_id"]) or who.role == "county"):
        raise NotYourRole(role="library_manager")
    if erasures.is_erased(work.connection, wanted["id"]):
        raise SameKeyOtherBody(id=wanted["id"])
    stored = libraries.find_colleague(work.connection, wanted["id"], for_update=True)
    kept = {} if stored is None else {key: stored[key] for key in stored if key not in ("version", *wanted)}
    return add_colleague(work, {**kept, **wanted})


def set_choices(work: Work, colleague_id: str, choices: Document, actor: Document) -> Document:
    """`Colleague` whose name shows as far as she has chosen, from now on and everywhere.

    `choices`: {sharing, may_be_offered}. Refuses: NotFound; NotYourRole for anybody else; Malformed.
    """
    chosen = read(Choices, choices)
    stored = _colleague(work, colleague_id)
    check_is_colleague(load_actor(actor), colleague_id)
    return _write(work, stored, chosen)


def set_skills(work: Work, colleague_id: str, skills: Document, actor: Document) -> Document:
    """`Colleague` with these skills, written by herself or her manager. What was confirmed and is still there
    stays confirmed. `skills`: {can, can_teach, wants_to_learn, own_words}.

    Refuses: NotFound, NotYourRole, Malformed; SkillRetired for what the county has retired and is in none
    of her lists.
    """
    wanted = read_own_words(Skills, skills)
    stored = _colleague(work, colleague_id)
    who = load_actor(actor)
    if not (who.person_id == colleague_id or _manages(who, stored["library_id"])):
        raise NotYourRole(role="colleague")
    retired = libraries.retired_skills(work.connection)
    for field in LISTS_OF_SKILLS:
        check_in_use(wanted[field], retired, skills_of(stored), field)
    still = {*wanted["can"], *wanted["can_teach"]}
    return _write(work, stored, {**wanted, "confirmed": [one for one in stored["confirmed"] if one in still]})


def confirm_skills(work: Work, colleague_id: str, codes: list[str], actor: Document) -> Document:
    """`Colleague` of whom the manager confirms exactly these of her skills. Nobody needs to.

    Refuses: NotFound; NotYourRole for others than her manager; Malformed for what she does not say she can.
    """
    stored = _colleague(work, colleague_id)
    if not _manages(load_actor(actor), stored["library_id"]):
        raise NotYourRole(role="library_manager")
    check_vocabulary(codes, {*stored["can"], *stored["can_teach"]}, "/confirmed")
    return _write(work, stored, {"confirmed": sorted(codes)})


def _write(work: Work, stored: Document, changes: Document) -> Document:
    changed = {key: value for key, value in {**stored, **changes}.items() if key != "version"}
    return add_colleague(work, changed)


def _manages(who: Actor, library_id: str) -> bool:
    return who.role == "library_manager" and who.library_id == library_id


def _colleague(work: Work, colleague_id: str) -> Document:
    stored = libraries.find_colleague(work.connection, colleague_id, for_update=True)
    if stored is None or erasures.is_erased(work.connection, colleague_id):
        raise NotFound(kind="colleague", id=colleague_id)
    return stored
