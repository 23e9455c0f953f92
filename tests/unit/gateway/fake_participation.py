"""Invitations and acceptances in memory. Every library has accepted until a test says otherwise."""

from datetime import timedelta
from typing import Any

from fake_service import Document

from byttebank.clock import format_time
from byttebank.contracts.actor import load_actor
from byttebank.contracts.fields import load
from byttebank.contracts.participation import (
    PARTICIPATION_VERSION,
    Approver,
    Invitation,
    Joining,
    NewAcceptance,
    NewInvitation,
    Participation,
)
from byttebank.contracts.participation_refusals import InvitationEnded
from byttebank.contracts.refusals import FieldMissing, NotFound, NotYourRole


class FakeParticipation:
    """How a library comes in."""

    _libraries: dict[str, Document]
    _colleagues: dict[str, Document]
    _county: Document
    _all: Any
    _now: str

    def __init__(self, backend: Any) -> None:
        self._invited: dict[str, Document] = {}
        self._tokens: dict[str, str] = {}
        self._accepted: dict[str, Document] = {}
        self._not_accepted: set[str] = set()
        super().__init__(backend)  # type: ignore[call-arg]

    def write_library(self, library: Document, actor: Document) -> Document:
        if load_actor(actor).role != "county":
            raise NotYourRole(role="county")
        first = next(iter(self._libraries.values()))
        blank = dict.fromkeys(first)
        lists = {"closed_dates": [], "former_numbers": [], "is_demo": False, "state": "open", "version": 1}
        self._libraries[library["id"]] = {**blank, **lists, **library, "county": self._county["slug"]}
        self._not_accepted.add(library["id"])
        return self._libraries[library["id"]]

    def invite_library(self, invitation: Document, actor: Document) -> Document:
        self._check_county(actor)
        wanted = load(NewInvitation, invitation)
        if wanted["library_id"] not in self._libraries:
            raise NotFound(kind="library", id=wanted["library_id"])
        self._not_accepted.add(wanted["library_id"])
        token = wanted.pop("token")
        if wanted["id"] not in self._invited:
            self._invited[wanted["id"]] = {**wanted, "state": "open", "used_at": None}
            self._send(wanted["id"], token)
        return self._invited[wanted["id"]]

    def renew_invitation(self, invitation_id: str, token: str, actor: Document) -> Document:
        row = self._unused(invitation_id, actor)
        row["state"] = "open"
        self._send(invitation_id, token)
        return row

    def withdraw_invitation(self, invitation_id: str, actor: Document) -> Document:
        row = self._unused(invitation_id, actor)
        row["state"] = "withdrawn"
        return row

    def invitations(self, actor: Document, limit: int = 200) -> list[Document]:
        if load_actor(actor).role not in ("county", "operator"):
            raise NotYourRole(role="county")
        return [load(Invitation, row) for row in reversed(self._invited.values())]

    def open_invitation(self, token: str) -> Document:
        found = next((key for key, kept in self._tokens.items() if kept == token), None)
        if found is None:
            raise NotFound(kind="invitation", id="")
        return load(Invitation, self._invited[found])

    def join_library(self, token: str, joining: Document) -> Document:
        row = self._invited[self.open_invitation(token)["id"]]
        if row["state"] not in ("open", "used"):
            raise InvitationEnded(state=row["state"])
        wanted = load(Joining, joining)
        lists = {key: [] for key in ("can", "can_teach", "wants_to_learn", "confirmed")}
        colleague = {
            **{key: row[key] for key in ("id", "library_id", "email")},
            **lists,
            "name": wanted["name"],
            "is_manager": True,
            "sharing": "library",
            "own_words": "",
            "may_be_offered": True,
            "language": wanted["language"],
            "version": 1,
        }
        if row["state"] == "used":
            return self._colleagues.get(row["id"], colleague)
        if wanted["acceptance"] is not None:
            self._accept(row["library_id"], wanted["acceptance"], row["id"])
        if wanted["page"] is not None:
            self._libraries[row["library_id"]].update(wanted["page"])
        self._colleagues[row["id"]] = colleague
        row.update(state="used", used_at=self._now)
        return colleague

    def accept_participation(self, library_id: str, acceptance: Document, actor: Document) -> Document:
        who = load_actor(actor)
        if who.role != "library_manager" or who.library_id != library_id:
            raise NotYourRole(role="library_manager")
        self._accept(library_id, load(NewAcceptance, acceptance), who.person_id)
        return self.participation(library_id, actor)

    def name_approver(self, library_id: str, approver: Document, actor: Document) -> Document:
        who = load_actor(actor)
        if who.role != "library_manager" or who.library_id != library_id:
            raise NotYourRole(role="library_manager")
        wanted = load(Approver, approver)
        for field, text in wanted.items():
            if not text and any(wanted.values()):
                raise FieldMissing(field=field)
        if self.participation(library_id, actor)["capacity"] != "management":
            raise NotFound(kind="acceptance", id=library_id)
        self._accepted[library_id].update(wanted)
        return self.participation(library_id, actor)

    def participation(self, library_id: str, actor: Document) -> Document:
        if library_id not in self._libraries:
            raise NotFound(kind="library", id=library_id)
        who = load_actor(actor)
        if who.library_id != library_id and who.role not in ("county", "operator"):
            raise NotYourRole(role="county")
        of_library = {"library_id": library_id, "library": self._libraries[library_id]["name"]}
        if library_id in self._not_accepted:
            return load(Participation, {**of_library, "is_accepted": False})
        said = {"version": PARTICIPATION_VERSION, "capacity": "delegate", "person_id": library_id}
        said = {**said, "accepted_at": "2026-01-15T09:00:00Z", **self._accepted.get(library_id, {})}
        return load(Participation, {**of_library, "is_accepted": True, **said})

    def participations(self, actor: Document) -> list[Document]:
        if load_actor(actor).role not in ("county", "operator"):
            raise NotYourRole(role="county")
        own = [one for one in self._libraries.values() if one["county"] == self._county["slug"]]
        return [self.participation(one["id"], actor) for one in sorted(own, key=lambda one: one["name"])]

    def _accept(self, library_id: str, acceptance: Document, person_id: str) -> None:
        if acceptance["capacity"] == "management" and not acceptance["approved_by"]:
            raise FieldMissing(field="approved_by")
        self._not_accepted.discard(library_id)
        self._accepted[library_id] = {**acceptance, "person_id": person_id, "accepted_at": self._now}

    def _send(self, invitation_id: str, token: str) -> None:
        self._tokens[invitation_id] = token
        ends = format_time(self._all.clock.now() + timedelta(days=14))
        self._invited[invitation_id].update(sent_at=self._now, expires_at=ends)

    def _unused(self, invitation_id: str, actor: Document) -> Document:
        self._check_county(actor)
        if invitation_id not in self._invited:
            raise NotFound(kind="invitation", id=invitation_id)
        if self._invited[invitation_id]["state"] == "used":
            raise InvitationEnded(state="used")
        return self._invited[invitation_id]

    @staticmethod
    def _check_county(actor: Document) -> None:
        if load_actor(actor).role != "county":
            raise NotYourRole(role="county")
