"""An engagement as the rules of telling see it: who takes part, how it stands, who acted last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

SIDES = ("lender", "host")
MOVE_LINES = ("move_asked", "moved", "move_declined", "move_turned_down")
DEADLINES = ("reply_by_on", "confirm_by_on", "release_on", "dispute_by_on")
KEPT_FIELDS = (
    "id",
    "version",
    "state",
    "home_county",
    "lender_county",
    "host_library_id",
    "host_library_name",
    "lender_library_id",
    "lender_library_name",
    "colleague_id",
    "colleague_name",
    "host_contact_id",
    "host_contact_name",
    "purpose",
    "dates",
    "half_days",
    "reply_by_on",
    "confirm_by_on",
    "release_on",
    "dispute_by_on",
    "consents",
    "happened",
    "refusal",
    "replaces",
    "move",
)


def kept(document: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of an `Engagement` document: enough to remind people later, nobody's own words."""
    history = [
        {name: line.get(name) for name in ("what", "by_library_id", "role")}
        for line in document.get("history") or []
    ]
    return {**{name: document.get(name) for name in KEPT_FIELDS}, "history": history}


@dataclass(frozen=True)
class Engagement:
    """The state of one engagement at one version."""

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
    colleague_name: str | None
    host_contact_id: str | None
    host_contact_name: str | None
    purpose: str
    dates: tuple[date, ...]
    half_days: int
    reply_by_on: date | None
    confirm_by_on: date | None
    release_on: date | None
    dispute_by_on: date | None
    consents: Mapping[str, str]
    happened: Mapping[str, bool]
    refusal: Mapping[str, Any] | None
    replaces: str | None
    move: Mapping[str, Any] | None
    """Other dates that are asked for, by whom, and who has said yes to them."""
    actor: str | None
    """Who brought the engagement to its state: lender, host or colleague; None when time or a county did."""
    is_turned_down: bool
    """Confirmed, but the other county's books did not take the days: disputed until somebody decides."""
    move_lines: tuple[str, ...] = ()
    """What has come of wishes to move it, in order, of MOVE_LINES."""
    is_from_round: bool = False
    """Proposed by a round of matching, in the name of none of the parties."""

    @property
    def first_on(self) -> date:
        """The first day of the engagement."""
        return self.dates[0]

    @property
    def last_on(self) -> date:
        """The last day of the engagement."""
        return self.dates[-1]

    @property
    def moves_days(self) -> bool:
        """Whether days are given and received: only for help, not for hospitering and vandring."""
        return self.purpose == "help"

    @property
    def proposed_by(self) -> str:
        """The side whose yes came first; the host when nobody has answered; or `round`, of matching."""
        if self.is_from_round:
            return "round"
        if not self.consents:
            return "host"
        # Somebody who is both colleague and manager answers in both roles at the same moment.
        first = min(self.consents, key=lambda role: (self.consents[role], role != "host_manager"))
        return "host" if first == "host_manager" else "lender"

    def unanswered_parties(self) -> tuple[str, ...]:
        """The parties of the proposal that have not said yes."""
        parties = {"lender_manager": "lender", "host_manager": "host", "colleague": "colleague"}
        return tuple(party for role, party in parties.items() if role not in self.consents)

    def asked_to_move(self) -> tuple[str, ...]:
        """The parties that have not said yes to the dates that are asked for."""
        consents = self.move["consents"] if self.move else {}
        parties = {"lender_manager": "lender", "host_manager": "host", "colleague": "colleague"}
        return tuple(party for role, party in parties.items() if role not in consents)

    def silent_sides(self) -> tuple[str, ...]:
        """The sides that have not said whether it happened."""
        return tuple(side for side in SIDES if side not in self.happened)


def engagement_from(document: Mapping[str, Any]) -> Engagement:
    """The engagement of a document made by `kept`."""
    fields: dict[str, Any] = {name: document.get(name) for name in KEPT_FIELDS}
    fields["dates"] = tuple(sorted(date.fromisoformat(day) for day in document["dates"]))
    for name in DEADLINES:
        fields[name] = date.fromisoformat(document[name]) if document[name] else None
    is_from_round = [line["what"] for line in document["history"][:1]] == ["proposed_in_round"]
    return Engagement(
        **fields,
        actor=_actor(document),
        is_turned_down=_is_turned_down(document),
        move_lines=tuple(line["what"] for line in document["history"] if line["what"] in MOVE_LINES),
        is_from_round=is_from_round,
    )


def _actor(document: Mapping[str, Any]) -> str | None:
    acts = [line for line in document["history"] if line["what"] == document["state"]]
    if not acts:
        return None
    if acts[-1]["role"] == "colleague":
        return "colleague"
    sides = {document["host_library_id"]: "host", document["lender_library_id"]: "lender"}
    return sides.get(acts[-1]["by_library_id"])


def _is_turned_down(document: Mapping[str, Any]) -> bool:
    ways = [line["what"] for line in document["history"] if line["what"] in ("turned_down", "disputed")]
    return document["state"] == "disputed" and ways[-1:] == ["turned_down"]
