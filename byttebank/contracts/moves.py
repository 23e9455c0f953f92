"""Moving an agreed engagement to other dates: the wish as it is shown, and what the lender's county sends."""

from marshmallow import fields, validate

from byttebank.contracts.fields import Contract, Day, Id, Moment, one_of

ROLES = ("lender_manager", "host_manager", "colleague")
"""As `resources.ROLES`."""


def dates_field() -> fields.List:
    """Dates of one engagement."""
    return fields.List(Day(), required=True, validate=validate.Length(min=1, max=40))


class Move(Contract):
    """Dates asked for instead of the agreed ones, which hold until every role has said yes."""

    dates = dates_field()
    asked_by = Id(required=True)
    """The library that asked."""
    consents = fields.Dict(keys=one_of(*ROLES), values=Moment(), load_default=dict)
    """Role to the time of its yes; a missing role has not answered."""


class NewMove(Contract):
    """Other dates for an agreed engagement, as many as it has."""

    dates = dates_field()


class MoveAnswer(Contract):
    """Yes or no to these dates; to others that were asked for since, it is no answer."""

    dates = dates_field()
    accepts = fields.Boolean(required=True)


class EngagementMoveAsked(Contract):
    """The lender's side asks for other dates, and says yes to them in these roles."""

    engagement_id = Id(required=True)
    dates = dates_field()
    roles = fields.List(one_of(*ROLES), required=True)


class EngagementMoveAnswered(Contract):
    """The lender's side says yes in these roles, or no, to these dates."""

    engagement_id = Id(required=True)
    dates = dates_field()
    accepts = fields.Boolean(required=True)
    roles = fields.List(one_of(*ROLES), required=True)
