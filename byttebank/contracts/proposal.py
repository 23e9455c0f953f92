"""What somebody proposes: a colleague, a library to help, and dates. The body of `matching.propose`."""

from marshmallow import fields, validate

from byttebank.contracts.fields import Contract, Day, Id, WholeNumber, one_of
from byttebank.contracts.resources import PLACES, PURPOSES


class Proposal(Contract):
    """An engagement as its proposer writes it. The amount is judged by the domain, not here."""

    id = Id(required=True)
    request_id = Id(load_default=None, allow_none=True)
    offer_id = Id(load_default=None, allow_none=True)
    host_library_id = Id(required=True)
    lender_library_id = Id(required=True)
    colleague_id = Id(required=True)
    skill = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))
    purpose = one_of(*PURPOSES, load_default="help")
    place = one_of(*PLACES, load_default="host")
    own_words = fields.String(load_default="", validate=validate.Length(max=2000))
    dates = fields.List(Day(), required=True, validate=validate.Length(min=1, max=60))
    half_days = WholeNumber(required=True)
    host_contact_id = Id(load_default=None, allow_none=True)
    host_contact_name = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(min=1, max=200)
    )
