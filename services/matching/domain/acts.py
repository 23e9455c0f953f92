"""What may happen to an engagement: people, the ledger, time; and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from services.matching.domain.engagement import By, Engagement


@dataclass(frozen=True)
class Accept:
    """A yes in these roles; the host's manager may name the host contact with it.

    `transfer_id` is for the days, should this be the last yes that was missing.
    """

    name: ClassVar[str] = "accept"
    by: By
    roles: frozenset[str]
    host_contact_id: str | None = None
    host_contact_name: str | None = None
    transfer_id: str | None = None


@dataclass(frozen=True)
class Decline:
    """A no to a proposal. Nobody asks why."""

    name: ClassVar[str] = "decline"
    by: By


@dataclass(frozen=True)
class Cancel:
    """An agreed day is called off."""

    name: ClassVar[str] = "cancel"
    by: By


@dataclass(frozen=True)
class Withdraw:
    """The lender's county says no, whatever it knows of the home: to a proposal or to an agreed day."""

    name: ClassVar[str] = "withdraw"
    by: By


@dataclass(frozen=True)
class Answer:
    """One side's answer to "did it happen?"."""

    name: ClassVar[str] = "confirm"
    by: By
    side: str
    happened: bool


@dataclass(frozen=True)
class Dispute:
    """One side disagrees with what is recorded: the day is parked."""

    name: ClassVar[str] = "dispute"
    by: By


@dataclass(frozen=True)
class Ruled:
    """The county has decided about a disagreement, and says why. `transfer_id` is for days to award anew."""

    name: ClassVar[str] = "rule"
    by: By
    happened: bool
    reason: str
    transfer_id: str | None = None


@dataclass(frozen=True)
class HoldMade:
    """The ledger has set the days aside."""

    is_over_limit: bool = False


@dataclass(frozen=True)
class HoldRefused:
    """The ledger could not set the days aside."""

    code: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Posted:
    """The days are in the books, final."""


@dataclass(frozen=True)
class TurnedDown:
    """The other county's ledger has decided no."""

    code: str


@dataclass(frozen=True)
class TimePassed:
    """Nobody answered until now."""


PeopleAct = Accept | Decline | Cancel | Withdraw | Answer | Dispute | Ruled
Act = PeopleAct | HoldMade | HoldRefused | Posted | TurnedDown | TimePassed


class Order(StrEnum):
    """What the home asks its ledger to do: names of local commands."""

    RESERVE_DAYS = "ReserveDays"
    POST_DAYS = "PostDays"
    RELEASE_DAYS = "ReleaseDays"
    REVERSE_DAYS = "ReverseDays"


@dataclass(frozen=True)
class When:
    """The moment of an act, and its plain date in the node's time zone."""

    now: datetime
    today: date


@dataclass(frozen=True)
class Outcome:
    """The engagement afterwards (the same object when nothing changed) and orders to the ledger."""

    engagement: Engagement
    orders: tuple[Order, ...] = ()
    reason: str = ""
    """Why, where the county has decided; for the book."""
