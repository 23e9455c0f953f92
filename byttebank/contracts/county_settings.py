"""A county's settings, one of the `contracts.resources`."""

from marshmallow import ValidationError, fields, validate

from byttebank.contracts.fields import Contract, Slug, WholeNumber, text


def is_area(area: list[float]) -> None:
    """[south, west, north, east] in degrees, or nothing. Raises: `ValidationError`."""
    if area and not (len(area) == 4 and -90 <= area[0] < area[2] <= 90 and -180 <= area[1] < area[3] <= 180):
        raise ValidationError(
            "Degrees as [south, west, north, east], south before north and west before east."
        )


class County(Contract):
    """A county's settings, as its own gateway shows them. `area`: [south, west, north, east] in degrees,
    where its libraries lie; empty: anywhere. `legal_basis`: why the node may keep what it keeps of people.
    """

    slug = Slug(required=True)
    name = text(100)
    code = text(16)
    country = text(2)
    time_zone = text(64)
    language = text(8)
    is_demo = fields.Boolean(load_default=False)
    neighbours = fields.List(Slug(), load_default=list)
    limit_half_days = WholeNumber(required=True, validate=validate.Range(min=0, max=2000))
    limit_is_hard = fields.Boolean(load_default=False)
    fuse_half_days = WholeNumber(load_default=200, validate=validate.Range(min=0))
    area = fields.List(fields.Float(), load_default=list, validate=is_area)
    legal_basis = fields.String(load_default="", validate=validate.Length(max=2000))
