"""Invitations of libraries, and the participation agreement."""

from typing import Any

from marshmallow import Schema, fields, validate

from byttebank.contracts.fields import Id, WholeNumber, one_of, text
from byttebank.contracts.participation import CAPACITIES, PARTICIPATION_VERSION, Invitation, Participation
from gateway import speech
from gateway.agreement import agreement_text
from gateway.api.access import check_county
from gateway.api.given import Given
from gateway.api.idempotency import PARAMETER, once, thing_id
from gateway.api.nouns import nouns_called
from gateway.api.schemas import list_of
from gateway.here import here, person
from gateway.joining import check_address_is_free, new_link

nouns = nouns_called("joining", "How libraries come in, and what they have accepted")
Document = dict[str, Any]


class InvitationToSend(Given):
    """Who comes first to a library of the county."""

    id = Id()
    library_id = Id(required=True)
    name = text(200)
    email = text(320)


class AcceptanceToWrite(Given):
    """In which capacity the agreement is accepted; who in the management has approved it, where it has."""

    version = WholeNumber(required=True)
    capacity = one_of(*CAPACITIES, required=True)
    approved_by = fields.String(load_default="", validate=validate.Length(max=200))
    approver_title = fields.String(load_default="", validate=validate.Length(max=200))


class ApproverToWrite(Given):
    """Who in the management approved the agreement; both empty: nobody is named."""

    approved_by = fields.String(load_default="", validate=validate.Length(max=200))
    approver_title = fields.String(load_default="", validate=validate.Length(max=200))


class AgreementSection(Schema):
    """A heading and its paragraphs."""

    heading = fields.String()
    paragraphs = fields.List(fields.String())


class ParticipationAgreement(Schema):
    """The agreement that counts now, in the caller's language."""

    version = fields.Integer()
    language = fields.String()
    title = fields.String()
    sections = fields.List(fields.Nested(AgreementSection))


@nouns.route("/invitations", methods=["GET"])
@nouns.response(200, list_of(Invitation, "InvitationList"))
def list_invitations() -> Document:
    """Who is invited, and how it stands

    For the county and its operators.
    """
    check_county(person())
    return {"items": here().backend.directory.invitations(person().actor)}


@nouns.route("/invitations", methods=["POST"])
@nouns.arguments(InvitationToSend)
@once
@nouns.response(201, Invitation)
@nouns.doc(parameters=[PARAMETER])
def invite_library(given: Document) -> Document:
    """Invite a library: a letter with its own link goes to the address

    For the county. The link is in the letter alone.
    """
    invitation = {**given, "id": thing_id(given)}
    check_address_is_free(given["email"], invitation["id"])
    return here().backend.directory.invite_library({**invitation, "token": new_link()}, person().actor)


@nouns.route("/invitations/<id:invitation_id>/renew", methods=["POST"])
@once
@nouns.response(200, Invitation)
@nouns.doc(parameters=[PARAMETER])
def renew_invitation(invitation_id: str) -> Document:
    """Send a new link; the old one opens nothing

    For the county.
    """
    return here().backend.directory.renew_invitation(invitation_id, new_link(), person().actor)


@nouns.route("/invitations/<id:invitation_id>/withdraw", methods=["POST"])
@once
@nouns.response(200, Invitation)
@nouns.doc(parameters=[PARAMETER])
def withdraw_invitation(invitation_id: str) -> Document:
    """Let the link open nothing

    For the county.
    """
    return here().backend.directory.withdraw_invitation(invitation_id, person().actor)


@nouns.route("/participation-agreement", methods=["GET"])
@nouns.response(200, ParticipationAgreement)
def get_participation_agreement() -> Any:
    """The participation agreement that counts now, in the caller's language"""
    return agreement_text(PARTICIPATION_VERSION, speech.speech().language)


@nouns.route("/participations", methods=["GET"])
@nouns.response(200, list_of(Participation, "ParticipationList"))
def list_participations() -> Document:
    """Which libraries of the county have accepted the participation agreement

    For the county and its operators.
    """
    check_county(person())
    return {"items": here().backend.directory.participations(person().actor)}


@nouns.route("/libraries/<id:library_id>/participation", methods=["GET"])
@nouns.response(200, Participation)
def get_participation(library_id: str) -> Document:
    """Whether a library has accepted the participation agreement, and who did

    For the library itself and the county.
    """
    return here().backend.directory.participation(library_id, person().actor)


@nouns.route("/libraries/<id:library_id>/participation/accept", methods=["POST"])
@nouns.arguments(AcceptanceToWrite)
@once
@nouns.response(200, Participation)
@nouns.doc(parameters=[PARAMETER])
def accept_participation(given: Document, library_id: str) -> Document:
    """Accept the participation agreement

    For the library's manager.
    """
    return here().backend.directory.accept_participation(library_id, given, person().actor)


@nouns.route("/libraries/<id:library_id>/participation/approver", methods=["PUT"])
@nouns.arguments(ApproverToWrite)
@nouns.response(200, Participation)
def name_approver(given: Document, library_id: str) -> Document:
    """Name another one in the management who approved the agreement, or nobody

    For the library's manager, where the management has approved it. Who accepted, and when, stays.
    """
    return here().backend.directory.name_approver(library_id, given, person().actor)
