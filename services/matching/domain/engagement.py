"""An engagement as its home keeps it: the parties, the dates, the answers, and what has happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from services.matching.domain import silences

ROLES = ("lender_manager", "host_manager", "colleague")
"""Whose consent an engagement needs, one person possibly in several."""
LENDER_ROLES = frozenset({"lender_manager", "colleague"})
LENDER, HOST = "lender", "host"
"""The two sides that say whether it happened."""

MOVES_DAYS = frozenset({"help"})
"""Purposes for which the host gives days; the others are visits that move none."""

TAKEN = frozenset({"reserving", "agreed", "carried_out", "confirmed", "settled", "unanswered", "disputed"})
"""States in which the colleague is taken on the dates and the request has its help."""
OPEN = frozenset({"proposed", "refused"})
"""States in which somebody may still say no without calling anything off."""


@dataclass(frozen=True)
class By:
    """Who did something. All None: time or the books did it."""

    library_id: str | None = None
    person_id: str | None = None
    name: str | None = None
    role: str | None = None


NOBODY = By()
FIRST_VERSION = 1
"""Of a proposal, wherever it is made. The home's own version of a proposal from elsewhere is the next."""


@dataclass(frozen=True)
class Line:
    """One line of an engagement's history. `what` is a code of the words:

    proposed, accepted, over_limit, agreed, refused, declined, expired, cancelled, said_yes, said_no,
    confirmed, confirmed_by_silence, unanswered, no_show, disputed, days_posted, settled, turned_down,
    ruled_happened, ruled_not_happened, asked_instead, move_asked, move_accepted, move_declined,
    move_turned_down, moved.
    """

    at: datetime
    what: str
    by: By = NOBODY


@dataclass(frozen=True)
class Move:
    """Other dates that somebody has asked for; the agreed ones hold until every role has said yes."""

    dates: tuple[date, ...]
    asked_by: str
    """The id of the library that asked."""
    consents: Mapping[str, datetime]


@dataclass(frozen=True)
class Engagement:
    """One agreed piece of help, or one on its way to be agreed.

    `colleague_name` and `host_contact_name` are what this county was told or typed; for its own
    people the directory's present name wins where the engagement is shown.
    """

    id: str
    version: int
    state: str
    home_county: str
    lender_county: str
    host_library_id: str
    host_library_name: str
    lender_library_id: str
    lender_library_name: str
    colleague_id: str
    dates: tuple[date, ...]
    half_days: int
    request_id: str | None = None
    offer_id: str | None = None
    colleague_name: str | None = None
    host_contact_id: str | None = None
    host_contact_name: str | None = None
    skill: str | None = None
    purpose: str = "help"
    place: str = "host"
    own_words: str = ""
    reply_by_on: date | None = None
    confirm_by_on: date | None = None
    release_on: date | None = None
    dispute_by_on: date | None = None
    consents: Mapping[str, datetime] = field(default_factory=dict)
    happened: Mapping[str, bool] = field(default_factory=dict)
    refusal: Mapping[str, Any] | None = None
    transfer_id: str | None = None
    replaces: str | None = None
    """The engagement whose colleague could not come after all, where another is asked instead."""
    move: Move | None = None
    """Only while it is agreed and nobody has said how it went."""
    history: tuple[Line, ...] = ()

    @property
    def first_on(self) -> date:
        """The first date of work, the ledger's date of work."""
        return self.dates[0]

    @property
    def last_on(self) -> date:
        """The last date of work."""
        return self.dates[-1]

    @property
    def moves_days(self) -> bool:
        """Whether the host gives days for it."""
        return self.purpose in MOVES_DAYS

    @property
    def was_agreed(self) -> bool:
        """Whether all have said yes and days were set aside, once: from then on names are shown."""
        return any(line.what == "agreed" for line in self.history)

    @property
    def has_host_contact(self) -> bool:
        """Whether a named person receives the visitor."""
        return self.host_contact_id is not None and bool(self.host_contact_name)

    def takes_part(self, library_id: str) -> bool:
        """Whether the library is one of the two."""
        return library_id in (self.host_library_id, self.lender_library_id)

    def side_of(self, library_id: str) -> str:
        """`host` or `lender`, for a library that takes part."""
        return HOST if library_id == self.host_library_id else LENDER


def between(host: Mapping[str, Any], lender: Mapping[str, Any]) -> dict[str, Any]:
    """What a new engagement between two libraries says of them: the host's county is its home."""
    return {
        "version": FIRST_VERSION,
        "state": "proposed",
        "home_county": host["county"],
        "lender_county": lender["county"],
        "host_library_id": host["id"],
        "host_library_name": host["short_name"],
        "lender_library_id": lender["id"],
        "lender_library_name": lender["short_name"],
    }


def due_on(engagement: Engagement) -> date | None:
    """The day on which silence has its effect; None when time changes nothing."""
    last = _last_day_to_answer(engagement)
    return None if last is None else last + timedelta(days=1)


def _last_day_to_answer(engagement: Engagement) -> date | None:
    if engagement.state in OPEN:
        return engagement.reply_by_on
    if engagement.state == "carried_out":
        return engagement.confirm_by_on
    if engagement.state in ("agreed", "unanswered") and engagement.happened:
        return engagement.confirm_by_on
    if engagement.state == "agreed":
        return silences.days_after(engagement.last_on, silences.ASK_COUNTY_DAYS)
    if engagement.state == "unanswered":
        return engagement.release_on
    return None
