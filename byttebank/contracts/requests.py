"""Requests as their readers see them, and what is told of those that ask one library directly."""

from marshmallow import fields

from byttebank.contracts import resources
from byttebank.contracts.fields import Contract, Day, Id, one_of


class SeenRequest(resources.Request):
    """A request as RPC answers show it: with how its widening stands at this moment.

    `is_paused`: somebody has answered, so it does not widen. `resumes_on`: the day on which it does after all
    if the answers come to nothing; null when help is agreed, or nothing is paused.
    """

    is_paused = fields.Boolean(load_default=False)
    resumes_on = Day(load_default=None, allow_none=True)


class RequestDeclined(Contract):
    """Between counties: the library that was asked directly cannot help. Nobody asks why."""

    request_id = Id(required=True)


class DirectRequestChanged(Contract):
    """In a county: one of its libraries is to be told of a request to one library alone.

    `asked`: the library `to_library_id` is asked; otherwise the library that asks hears that it was declined,
    or that nobody has answered in time.
    """

    request_id = Id(required=True)
    library_id = Id(required=True)
    to_library_id = Id(required=True)
    what = one_of("asked", *resources.DIRECT_ANSWERS, required=True)
    first_on = Day(required=True)
    last_on = Day(required=True)
    dates = fields.List(Day(), load_default=list)
    reply_by_on = Day(load_default=None, allow_none=True)
