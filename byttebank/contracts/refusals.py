"""Saying no with a type. A refusal is data: a stable code, its parameters, and whether to try again.

The codes are the keys of the words a person reads; the gateway turns each into a sentence and a problem
document (RFC 9457) through one table. Refusals survive RPC because `byttebank.messaging.rpc` registers them.
"""

from typing import Any, ClassVar


class Refusal(Exception):
    """The request was understood and nothing was changed. `parameters` are JSON values."""

    code: ClassVar[str] = "refused"
    is_transient: ClassVar[bool] = False

    def __init__(self, parameters: dict[str, Any] | None = None, /, **more: Any) -> None:
        self.parameters: dict[str, Any] = {**(parameters or {}), **more}
        super().__init__(self.parameters)

    def __str__(self) -> str:
        return f"{self.code} {self.parameters}" if self.parameters else self.code

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.parameters == getattr(other, "parameters", None)

    def __hash__(self) -> int:
        return hash((self.code, str(self.parameters)))


class Malformed(Refusal):
    """The document does not have the agreed shape. `errors`: list of {pointer, detail}."""

    code = "malformed"


class FieldMissing(Refusal):
    """`field` was left empty."""

    code = "field_missing"


class NotFound(Refusal):
    """No such thing, or it is not shared with the one who asks. `kind`, `id`."""

    code = "not_found"


class NotYourRole(Refusal):
    """`role` can do this; the one who asked cannot."""

    code = "not_your_role"


class BelowHalfDay(Refusal):
    """An engagement is at least half a day."""

    code = "below_half_day"


class TooManyDays(Refusal):
    """More than `max_half_days` in one go."""

    code = "too_many_days"


class DateCount(Refusal):
    """What is agreed on moves to as many dates as it has, `count`, each another day."""

    code = "date_count"


class NotHalfSteps(Refusal):
    """Not whole half-days. `lower_half_days`, `upper_half_days`: the two nearest."""

    code = "not_half_steps"


class DatePast(Refusal):
    """`date` has been."""

    code = "date_past"


class DateTooFar(Refusal):
    """`date` lies more than `months` months ahead."""

    code = "date_too_far"


class DateOrder(Refusal):
    """The last day is before the first. `first_on`, `last_on`."""

    code = "date_order"


class OwnLibrary(Refusal):
    """`library_id` is the asker's own."""

    code = "own_library"


class HostContactMissing(Refusal):
    """Nobody is named who receives the visitor."""

    code = "host_contact_missing"


class AlreadyCovered(Refusal):
    """The request has found its help. `library_id` of the host."""

    code = "already_covered"


class RequestClosed(Refusal):
    """The request was withdrawn."""

    code = "request_closed"


class OfferExpired(Refusal):
    """The offer ended on `date`."""

    code = "offer_expired"


class LibraryClosed(Refusal):
    """The host is closed on `date`: a public holiday where it is, or a day of its own."""

    code = "library_closed"


class NotOfferedDate(Refusal):
    """The colleague is not offered on `date`."""

    code = "not_offered_date"


class ColleagueBusy(Refusal):
    """The colleague has another engagement on `date`."""

    code = "colleague_busy"


class ProposalExpired(Refusal):
    """The proposal ended on `date` without all answers."""

    code = "proposal_expired"


class DisputeLate(Refusal):
    """The time to disagree ended on `date`."""

    code = "dispute_late"


class NotNow(Refusal):
    """The engagement's `state` does not allow `act`. The page shows what is possible instead."""

    code = "not_now"


class NotYet(Refusal):
    """`date` has not come: nobody can say whether it happened."""

    code = "not_yet"


class LimitHard(Refusal):
    """The library's fixed limit is reached. `library_id`, `available_half_days`, `wanted_half_days`."""

    code = "limit_hard"


class FuseReached(Refusal):
    """So many days are agreed with `county` that the security limit is reached. `fuse_half_days`."""

    code = "fuse_reached"


class CountyFrozen(Refusal):
    """Exchange with `county` is stopped for now."""

    code = "county_frozen"


class CountyUnknown(Refusal):
    """`county` is not one we exchange with."""

    code = "county_unknown"


class AccountUnknown(Refusal):
    """No account for `account_id`."""

    code = "account_unknown"


class AccountClosed(Refusal):
    """The account `account_id` is closed."""

    code = "account_closed"


class SameKeyOtherBody(Refusal):
    """The same `id` or idempotency key was used before with other content."""

    code = "same_key_other_body"


class StalePage(Refusal):
    """Somebody changed this in between. `version` is the present one."""

    code = "stale_page"


class AlreadyResolved(Refusal):
    """The transfer `transfer_id` has ended as `state` and ends only once."""

    code = "already_resolved"


class ReversalTooLarge(Refusal):
    """Only `unreversed_half_days` of the transfer can still be reversed."""

    code = "reversal_too_large"


class ClearingOpen(Refusal):
    """A round of clearing is open here, and only one can be."""

    code = "clearing_open"


class ClearingWaits(Refusal):
    """Until `date` the round may still come to a good end."""

    code = "clearing_waits"


class TooFewCounties(Refusal):
    """Owing in a ring takes three counties at least; fewer than two others can be asked now."""

    code = "too_few_counties"


class Contradiction(Refusal):
    """`county` has signed what cannot be true beside what it, or we, signed before about `transfer_id`.

    `detail` says which. Nothing was changed; the message is kept as evidence, and somebody must call.
    """

    code = "contradiction"


class SignInFailed(Refusal):
    """E-mail and password do not fit together."""

    code = "sign_in_failed"


class TooManyAttempts(Refusal):
    """Too many attempts; free again at `until_at`."""

    code = "too_many_attempts"
    is_transient = True


class UnknownOutcome(Refusal):
    """No answer in time: it may or may not have happened. Trying again with the same key is safe."""

    code = "unknown_outcome"
    is_transient = True


class ServiceUnavailable(Refusal):
    """`service` does not answer now. Nothing was changed."""

    code = "service_unavailable"
    is_transient = True


def all_refusals() -> list[type[Refusal]]:
    """Every public refusal, sorted by code."""
    from byttebank.contracts import (  # noqa: F401
        book_refusals,
        market_refusals,
        participation_refusals,
        vandring_refusals,
    )

    def below(kind: type[Refusal]) -> list[type[Refusal]]:
        return [kind, *(found for child in kind.__subclasses__() for found in below(child))]

    return sorted((kind for kind in below(Refusal) if kind is not Refusal), key=lambda kind: kind.code)
