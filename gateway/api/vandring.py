"""Vandring rounds and reflections: everyone visits one and hosts one."""

from typing import Any

from marshmallow import fields, validate

from byttebank.contracts import vandring
from byttebank.contracts.fields import Contract, Day, Id, one_of
from gateway.api.access import check_county
from gateway.api.given import Given
from gateway.api.idempotency import PARAMETER, once, thing_id
from gateway.api.nouns import nouns_called
from gateway.api.schemas import Engagement, Parameters, list_of
from gateway.here import here, person
from gateway.words import vandring as words

nouns = nouns_called("vandring_rounds", "Everyone visits one and hosts one")
reflection_nouns = nouns_called("reflections", "What libraries took home from visits")
Document = dict[str, Any]
COUNTY_ROLES = ("county", "operator")


class VandringLibrary(vandring.VandringLibrary):
    """A library that is invited, and what it has said."""


class VandringVisit(vandring.VandringVisit):
    """A library visits another."""

    refusal = Parameters(allow_none=True)


class VandringSwap(vandring.VandringSwap):
    """A wish to exchange hosts."""


class VandringRound(vandring.VandringRound):
    """A round as the caller sees it. `sentence`: how it stands, in the caller's language."""

    libraries = fields.List(fields.Nested(VandringLibrary))
    visits = fields.List(fields.Nested(VandringVisit))
    swaps = fields.List(fields.Nested(VandringSwap))
    swap_with = fields.List(fields.Nested(VandringVisit))
    sentence = fields.String()


class Reflection(vandring.Reflection):
    """What a library wrote after a visit."""


class NewVandringRound(Given):
    """A round over the weeks. Without `library_ids` every open library of the county is invited."""

    id = Id()
    name = fields.String(required=True, validate=validate.Length(max=100))
    first_on = Day(required=True)
    last_on = Day(required=True)
    reply_by_on = Day(required=True)
    max_km = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=1, max=vandring.MAX_KM),
    )
    sizes = one_of(*vandring.SIZE_RULES, load_default="any")
    library_ids = fields.List(Id(), load_default=None, allow_none=True)
    closed_dates = fields.List(
        Day(), load_default=list, validate=validate.Length(max=vandring.MAX_CLOSED_DATES)
    )


class VandringAnswer(Given):
    """A library's answer; the county may name the library it answers for."""

    takes_part = fields.Boolean(required=True, truthy={True}, falsy={False})
    colleague_id = Id(load_default=None, allow_none=True)
    library_id = Id(load_default=None, allow_none=True)


class LeavingLibrary(Given):
    """The library that drops out, where the county says it on its behalf."""

    library_id = Id(load_default=None, allow_none=True)


class VisitDay(Given):
    """Who visits, and on which day."""

    id = Id()
    colleague_id = Id(required=True)
    date = Day(required=True)


class NewSwap(Given):
    """The library whose host the caller's library would rather visit."""

    id = Id()
    other_library_id = Id(required=True)


class SwapAnswer(Given):
    """Yes or no to a wish to swap."""

    accepts = fields.Boolean(required=True, truthy={True}, falsy={False})


class NewReflection(Given):
    """Three answers, of which one is needed."""

    id = Id()
    engagement_id = Id(required=True)
    saw = fields.String(load_default="", validate=validate.Length(max=vandring.MAX_ANSWER))
    learned = fields.String(load_default="", validate=validate.Length(max=vandring.MAX_ANSWER))
    advice = fields.String(load_default="", validate=validate.Length(max=vandring.MAX_ANSWER))


class RemindedCount(Contract):
    """How many libraries are asked now."""

    asked = fields.Integer(required=True)


class RoundsQuery(Contract):
    """How many of them."""

    limit = fields.Integer(load_default=24, validate=validate.Range(min=1, max=100))


class ReflectionsQuery(Contract):
    """Words that all stand in them, and how many."""

    q = fields.String(load_default="", validate=validate.Length(max=200))
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))


@nouns.route("/vandring-rounds", methods=["GET"])
@nouns.arguments(RoundsQuery, location="query")
@nouns.response(200, list_of(VandringRound, "VandringRoundList"))
def list_vandring_rounds(query: Document) -> Document:
    """For the county all rounds without their plans; for a library those it is invited to, as it sees them"""
    user, matching = person(), here().backend.matching
    if user.role in COUNTY_ROLES:
        found = matching.vandring_rounds(query["limit"])
    else:
        found = matching.library_vandrings(user.library_id)[: query["limit"]]
    return {"items": [_said(one) for one in found]}


@nouns.route("/vandring-rounds", methods=["POST"])
@nouns.arguments(NewVandringRound)
@once
@nouns.response(201, VandringRound)
@nouns.doc(parameters=[PARAMETER])
def create_vandring_round(given: Document) -> Document:
    """Begin a round: its libraries are asked whether they take part"""
    round_ = {**given, "id": thing_id(given)}
    return _said(here().backend.matching.create_vandring_round(round_, person().actor))


@nouns.route("/vandring-rounds/<id:round_id>", methods=["GET"])
@nouns.response(200, VandringRound)
def get_vandring_round(round_id: str) -> Document:
    """One round: for the county whole; for a library its own answer, visits and swaps"""
    user, matching = person(), here().backend.matching
    if user.role in COUNTY_ROLES:
        return _said(matching.vandring_round(round_id))
    return _said(matching.library_vandring(round_id, user.library_id))


@nouns.route("/vandring-rounds/<id:round_id>/answer", methods=["POST"])
@nouns.arguments(VandringAnswer)
@once
@nouns.response(200, VandringRound)
@nouns.doc(parameters=[PARAMETER])
def answer_vandring(given: Document, round_id: str) -> Document:
    """Take part, or sit out"""
    library_id = given.pop("library_id") or person().library_id
    return _said(here().backend.matching.answer_vandring(round_id, library_id, given, person().actor))


@nouns.route("/vandring-rounds/<id:round_id>/plan", methods=["POST"])
@once
@nouns.response(200, VandringRound)
@nouns.doc(parameters=[PARAMETER])
def plan_vandring_round(round_id: str) -> Document:
    """Make the best plan for those who have said yes; nobody is told"""
    return _said(here().backend.matching.plan_vandring_round(round_id, person().actor))


@nouns.route("/vandring-rounds/<id:round_id>/publish", methods=["POST"])
@once
@nouns.response(200, VandringRound)
@nouns.doc(parameters=[PARAMETER])
def publish_vandring_round(round_id: str) -> Document:
    """Tell everybody whom they visit and who comes"""
    return _said(here().backend.matching.publish_vandring_round(round_id, person().actor))


@nouns.route("/vandring-rounds/<id:round_id>/discard", methods=["POST"])
@once
@nouns.response(200, VandringRound)
@nouns.doc(parameters=[PARAMETER])
def discard_vandring_round(round_id: str) -> Document:
    """Put a round away that was not published"""
    return _said(here().backend.matching.discard_vandring_round(round_id, person().actor))


@nouns.route("/vandring-rounds/<id:round_id>/leave", methods=["POST"])
@nouns.arguments(LeavingLibrary, required=False)
@once
@nouns.response(200, VandringRound)
@nouns.doc(parameters=[PARAMETER])
def leave_vandring(given: Document, round_id: str) -> Document:
    """Drop out; the others' visits are mended and nobody asks why"""
    library_id = given.get("library_id") or person().library_id
    return _said(here().backend.matching.leave_vandring(round_id, library_id, person().actor))


@nouns.route("/vandring-rounds/<id:round_id>/remind", methods=["POST"])
@nouns.response(200, RemindedCount)
def remind_of_reflections(round_id: str) -> Document:
    """Ask those who have not written about a visit that is over"""
    check_county(person())
    return {"asked": here().backend.matching.remind_of_reflections(round_id, person().actor)}


@nouns.route("/vandring-rounds/<id:round_id>/swaps", methods=["POST"])
@nouns.arguments(NewSwap)
@once
@nouns.response(201, VandringRound)
@nouns.doc(parameters=[PARAMETER])
def ask_vandring_swap(given: Document, round_id: str) -> Document:
    """Ask another library to exchange hosts"""
    swap_id, other = thing_id(given), given["other_library_id"]
    return _said(here().backend.matching.ask_vandring_swap(round_id, swap_id, other, person().actor))


@nouns.route("/vandring-swaps/<id:swap_id>/answer", methods=["POST"])
@nouns.arguments(SwapAnswer)
@once
@nouns.response(200, VandringRound)
@nouns.doc(parameters=[PARAMETER])
def answer_vandring_swap(given: Document, swap_id: str) -> Document:
    """Yes or no to a wish to swap"""
    return _said(here().backend.matching.answer_vandring_swap(swap_id, given["accepts"], person().actor))


@nouns.route("/vandring-visits/<id:visit_id>/propose", methods=["POST"])
@nouns.arguments(VisitDay)
@once
@nouns.response(201, Engagement)
@nouns.doc(parameters=[PARAMETER])
def propose_visit(given: Document, visit_id: str) -> Document:
    """Say who visits and on which day; the host and the colleague are asked"""
    return here().backend.matching.propose_visit(
        visit_id, thing_id(given), given["colleague_id"], given["date"], person().actor
    )


@reflection_nouns.route("/reflections", methods=["GET"])
@reflection_nouns.arguments(ReflectionsQuery, location="query")
@reflection_nouns.response(200, list_of(Reflection, "ReflectionList"))
def list_reflections(query: Document) -> Document:
    """Reflections in which all the words stand, the newest first"""
    return {"items": here().backend.matching.reflections(query["q"], query["limit"])}


@reflection_nouns.route("/reflections", methods=["POST"])
@reflection_nouns.arguments(NewReflection)
@once
@reflection_nouns.response(201, Reflection)
@reflection_nouns.doc(parameters=[PARAMETER])
def write_reflection(given: Document) -> Document:
    """Write what the caller's library took home; it replaces what it wrote before about the visit"""
    return here().backend.matching.write_reflection({**given, "id": thing_id(given)}, person().actor)


def _said(round_: Document) -> Document:
    return {**round_, "sentence": words.standing(round_)}
