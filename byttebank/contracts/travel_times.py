"""How long it takes from one library to another, as the county's own table has it."""

from marshmallow import fields, validate

from byttebank.contracts.fields import Contract, Id, WholeNumber

MOST_MINUTES = 2880
MOST_KM = 5000
TIMES_AT_A_TIME = 250
"""Of a table told to other services in one message, which stays below the 64 KiB that a message may have."""


class TravelTime(Contract):
    """From one library to another, and as long back. `km` by road; null where only the time is known.
    `minutes` is null where the table no longer says."""

    from_library_id = Id(required=True)
    to_library_id = Id(required=True)
    minutes = WholeNumber(required=True, allow_none=True, validate=validate.Range(min=1, max=MOST_MINUTES))
    km = WholeNumber(load_default=None, allow_none=True, validate=validate.Range(min=0, max=MOST_KM))


class TravelTimesChanged(Contract):
    """These times count from now on; others stay. The county's own, told to no other county."""

    times = fields.List(
        fields.Nested(TravelTime), required=True, validate=validate.Length(min=1, max=TIMES_AT_A_TIME)
    )
