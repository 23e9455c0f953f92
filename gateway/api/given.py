"""The documents programs send: unknown fields are faults, so that a slip of the pen is seen."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from byttebank.contracts import moves, resources
from byttebank.contracts.fields import Day, Id, Slug, one_of, text
from byttebank.language import LANGUAGES
from gateway.api.schemas import Days
from gateway.auth.tokens import SCOPES


class Given(Schema):
    """A document from a program."""

    class Meta:
        unknown = RAISE


class Credentials(Given):
    """Who signs in."""

    email = text(320)
    password = text(1000)
    scopes = fields.List(one_of(*SCOPES), load_default=list(SCOPES), validate=validate.Length(min=1))


class LanguageChoice(Given):
    """A language, or null for none of one's own."""

    language = one_of(*LANGUAGES, required=True, allow_none=True)


class OwnSkill(Given):
    """A skill of the county's own."""

    category = text(60, metadata={"description": "One of the categories that `/skills` shows."})
    names = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "By language, bokmål (`nb`) at least."},
    )
    maps_to = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "The code of the shared skill that other counties see instead."},
    )
    is_retired = fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=False,
        metadata={"description": "Not to be chosen any more; who has it keeps it."},
    )


class NewOffer(Given):
    """An offer of a colleague of the caller's library."""

    id = Id()
    colleague_id = Id(required=True)
    skills = fields.List(fields.String(), required=True)
    purpose = one_of(*resources.PURPOSES)
    dates = fields.List(Day())
    first_on = Day(allow_none=True)
    last_on = Day(allow_none=True)
    half_days = Days(required=True)
    places = fields.List(one_of(*resources.PLACES))
    max_km = fields.Integer(strict=True, allow_none=True, validate=validate.Range(min=0, max=5000))
    reach = one_of(*resources.REACHES)
    counties = fields.List(Slug())
    own_words = fields.String(validate=validate.Length(max=2000))
    weekdays = fields.List(
        fields.Integer(strict=True, validate=validate.Range(min=1, max=7)),
        metadata={"description": "Only on these, 1 Monday to 7 Sunday, of a span or of a standing offer."},
    )
    expires_on = Day(allow_none=True, metadata={"description": "Left out: half a year, if it is standing."})
    min_at_home = fields.Integer(strict=True, allow_none=True, validate=validate.Range(min=0, max=1000))


class NewRequest(Given):
    """A request of the caller's library."""

    id = Id()
    skills = fields.List(fields.String(), required=True)
    first_on = Day(metadata={"description": "With `last_on`: any day in between. Not needed with `dates`."})
    last_on = Day()
    dates = fields.List(Day(), validate=validate.Length(max=366))
    half_days = Days(required=True)
    place = one_of(*resources.PLACES)
    own_words = fields.String(validate=validate.Length(max=2000))
    host_contact_id = Id(required=True)
    is_open = fields.Boolean(truthy={True}, falsy={False})
    same_person = fields.Boolean(truthy={True}, falsy={False})
    urgency = one_of(*resources.URGENCIES)
    to_library_id = Id(allow_none=True)
    reach = one_of(*resources.REQUEST_REACHES)
    widens_after_days = fields.Integer(strict=True, allow_none=True, validate=validate.Range(min=1, max=90))

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def has_days(self, _read: dict[str, Any], sent: dict[str, Any], **_more: Any) -> None:
        """Dates, or a window with both its ends."""
        if not isinstance(sent, dict):
            return
        missing = [name for name in ("first_on", "last_on") if name not in sent]
        if missing and not sent.get("dates"):
            raise ValidationError({name: ["Missing data for required field."] for name in missing})


class Widening(Given):
    """How far a request reaches from now on. Left out: as far as it does, and it does not widen by itself."""

    reach = one_of(*resources.REQUEST_REACHES, load_default=None, allow_none=True)
    widens_after_days = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(min=1, max=90)
    )


class OwnChoices(Given):
    """What only the person herself decides."""

    sharing = one_of(*resources.SHARING_CHOICES, required=True)
    may_be_offered = fields.Boolean(required=True, truthy={True}, falsy={False})


class OwnSkills(Given):
    """What the person can; codes of the vocabulary."""

    can = fields.List(fields.String(), required=True)
    can_teach = fields.List(fields.String(), load_default=list)
    wants_to_learn = fields.List(fields.String(), load_default=list)
    own_words = fields.String(load_default="", validate=validate.Length(max=2000))


class LibraryShown(Given):
    """What others see of a library; what is left out stays."""

    contact_name = fields.String(allow_none=True, validate=validate.Length(max=200))
    contact_email = fields.String(allow_none=True, validate=validate.Length(max=320))
    contact_phone = fields.String(allow_none=True, validate=validate.Length(max=40))
    website = fields.String(allow_none=True, validate=validate.Length(max=300))
    closed_dates = fields.List(
        Day(), validate=validate.Length(max=400), metadata={"description": "Beside public holidays."}
    )


class NewEngagement(Given):
    """A date put to three parties, by the lender or by the host."""

    id = Id()
    request_id = Id(allow_none=True)
    offer_id = Id(allow_none=True)
    host_library_id = Id(required=True)
    lender_library_id = Id(required=True)
    colleague_id = Id(required=True)
    skill = fields.String(allow_none=True, validate=validate.Length(max=60))
    purpose = one_of(*resources.PURPOSES)
    place = one_of(*resources.PLACES)
    own_words = fields.String(validate=validate.Length(max=2000))
    dates = fields.List(Day(), required=True, validate=validate.Length(min=1, max=60))
    half_days = Days(required=True)
    host_contact_id = Id(allow_none=True)
    host_contact_name = fields.String(allow_none=True, validate=validate.Length(min=1, max=200))


class Acceptance(Given):
    """A yes; the host's manager may say who receives the visitor."""

    host_contact_id = Id(load_default=None, allow_none=True)
    host_contact_name = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(min=1, max=200)
    )


class NewMove(Given):
    """Other dates for an agreed engagement, as many as it has."""

    dates = moves.dates_field()


class MoveAnswer(Given):
    """Yes or no to these dates."""

    dates = moves.dates_field()
    accepts = fields.Boolean(required=True)


class Confirmation(Given):
    """The answer to "did it happen?"."""

    happened = fields.Boolean(required=True, truthy={True}, falsy={False})
