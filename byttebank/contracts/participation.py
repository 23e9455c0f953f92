"""A library comes in by its own link, and accepts the participation agreement before its first engagement."""

from marshmallow import fields, validate

from byttebank.contracts.fields import Contract, Id, Moment, WholeNumber, one_of, text

PARTICIPATION_VERSION = 1
"""The participation agreement that counts now. With a new one every library is asked again; what it has
agreed on stands. The texts are the gateway's (`gateway/agreements`)."""
CAPACITIES = ("delegate", "management")
"""In which a library accepts: its manager with delegated authority, or the municipality's management."""
INVITATION_STATES = ("open", "used", "expired", "withdrawn")
MIN_TOKEN_LENGTH = 32
"""192 bits as base64url."""


class NewInvitation(Contract):
    """What the county library sends: who comes first to the library. `token`: the link's secret."""

    id = Id(required=True)
    library_id = Id(required=True)
    name = text(200)
    email = text(320)
    token = fields.String(required=True, validate=validate.Length(min=MIN_TOKEN_LENGTH, max=200))


class Invitation(Contract):
    """An invitation as the county sees it; its link's secret is in the letter alone.

    `id` becomes the id of the colleague who joins. `sent_at`: the last letter.
    """

    id = Id(required=True)
    library_id = Id(required=True)
    name = text(200, required=False)
    email = text(320, required=False)
    state = one_of(*INVITATION_STATES, required=True)
    sent_at = Moment(required=True)
    expires_at = Moment(required=True)
    used_at = Moment(load_default=None, allow_none=True)


class NewAcceptance(Contract):
    """Who accepts the agreement for a library.

    `management`: `approved_by` and `approver_title` say who in the municipality's management approved it.
    """

    version = WholeNumber(required=True)
    capacity = one_of(*CAPACITIES, required=True)
    approved_by = fields.String(load_default="", validate=validate.Length(max=200))
    approver_title = fields.String(load_default="", validate=validate.Length(max=200))


class Approver(Contract):
    """Who in the municipality's management approved the agreement; both empty: nobody is named."""

    approved_by = fields.String(load_default="", validate=validate.Length(max=200))
    approver_title = fields.String(load_default="", validate=validate.Length(max=200))


class Joining(Contract):
    """What the first person writes: the own name, the language, the library's page, and the agreement.

    `page` as in `set_library_page`; None: it stays. `acceptance` None: the management must approve it first.
    """

    name = text(200)
    language = fields.String(load_default=None, allow_none=True)
    page = fields.Dict(load_default=None, allow_none=True)
    acceptance = fields.Nested(NewAcceptance, load_default=None, allow_none=True)


class Participation(Contract):
    """Whether a library of this county has accepted the participation agreement: its newest acceptance.

    `is_accepted`: the version that counts now. Without any acceptance all but the library is null.
    """

    library_id = Id(required=True)
    library = text(200)
    is_accepted = fields.Boolean(required=True)
    version = WholeNumber(load_default=None, allow_none=True)
    person_id = Id(load_default=None, allow_none=True)
    capacity = one_of(*CAPACITIES, load_default=None, allow_none=True)
    approved_by = fields.String(load_default="")
    approver_title = fields.String(load_default="")
    accepted_at = Moment(load_default=None, allow_none=True)


class LibraryInvited(Contract):
    """Send the letter with the library's own link. `occasion`: which letter of the invitation it is."""

    invitation_id = Id(required=True)
    library_id = Id(required=True)
    library = text(200)
    email = text(320)
    token = text(200)
    language = fields.String(load_default=None, allow_none=True)
    occasion = WholeNumber(required=True)
    expires_at = Moment(required=True)


class ParticipationAccepted(Contract):
    """A library of this county has accepted this version; the highest counts."""

    library_id = Id(required=True)
    version = WholeNumber(required=True)
    accepted_at = Moment(required=True)
