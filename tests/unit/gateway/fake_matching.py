"""Matching in memory: candidates and engagements."""

from datetime import date, timedelta
from typing import Any

import eidskog
from fake_service import Document, Service, against, an_id, checked, for_, kilometres

from byttebank.contracts import resources
from byttebank.contracts.actor import load_actor
from byttebank.contracts.fields import load
from byttebank.contracts.proposal import Proposal
from byttebank.contracts.ranking import RankingPreview, RankingVersion
from byttebank.contracts.refusals import (
    BelowHalfDay,
    DateCount,
    DatePast,
    HostContactMissing,
    LimitHard,
    NotFound,
    NotNow,
    NotYet,
    NotYourRole,
    OwnLibrary,
    ProposalExpired,
    SameKeyOtherBody,
    StalePage,
)


def _balance(account: Document) -> list[Document]:
    owed = -account["balance_half_days"]
    if not owed:
        return []
    return [for_("owes", half_days=owed) if owed > 0 else against("gives", half_days=-owed)]


def days_between(first: str, last: str) -> list[str]:
    """Every working day of a span."""
    day, end, found = date.fromisoformat(first), date.fromisoformat(last), []
    while day <= end:
        if day.weekday() < 5:
            found.append(day.isoformat())
        day += timedelta(days=1)
    return found


def an_engagement(wanted: Document, host: Document, lender: Document, **more: Any) -> Document:
    """An engagement at its beginning."""
    return {
        "version": 0,
        "state": "proposed",
        "home_county": host["county"],
        "lender_county": lender["county"],
        "host_library_name": host["name"],
        "lender_library_name": lender["name"],
        "request_id": None,
        "offer_id": None,
        "colleague_name": None,
        "host_contact_id": None,
        "host_contact_name": None,
        "skill": None,
        "purpose": "help",
        "place": "host",
        "own_words": "",
        "reply_by_on": None,
        "confirm_by_on": None,
        "release_on": None,
        "dispute_by_on": None,
        "consents": {},
        "happened": {},
        "refusal": None,
        "transfer_id": None,
        "replaces": None,
        "history": [],
        **wanted,
        **more,
    }


FIRST_WEIGHTS: Document = {
    "version": 0,
    "can_teach": 10,
    "all_dates": 20,
    "no_travel": 60,
    "km_per_point": 5,
    "owes_per_half_day": 5,
    "owes_most": 40,
    "first_visit": 15,
    "months_most": 12,
    "same_county": 10,
    "neighbour_county": 5,
    "set_at": None,
    "set_by": None,
}


class FakeMatching(Service):
    """What fits."""

    name = "matching"

    def __init__(self, backend: Any) -> None:
        super().__init__(backend)
        self._engagements: dict[str, Document] = {}
        self._sent: dict[str, Document] = {}
        self._weights: list[Document] = [checked(RankingVersion, FIRST_WEIGHTS)]

    def ranking_weights(self, version: int | None = None) -> Document:
        number = len(self._weights) - 1 if version is None else version
        if number >= len(self._weights):
            raise NotFound(kind="ranking_weights", id=str(version))
        return {key: value for key, value in self._weights[number].items() if not key.startswith("set_")}

    def ranking_versions(self, limit: int = 24) -> list[Document]:
        return [*self._weights[:0:-1][:limit], self._weights[0]]

    def set_ranking_weights(self, points: Document, actor: Document, version: int | None = None) -> Document:
        who = load_actor(actor)
        if who.role not in ("county", "operator"):
            raise NotYourRole(role="county")
        before = self.ranking_weights()
        if {**before, **points} == before:
            return before
        if version not in (None, before["version"]):
            raise StalePage(version=before["version"])
        said = {"version": len(self._weights), "set_at": "2026-11-22T10:00:00.000000Z", "set_by": who.name}
        self._weights.append(checked(RankingVersion, {**before, **points, **said}))
        return self.ranking_weights()

    def preview_ranking(self, points: Document, actor: Document) -> Document:
        if load_actor(actor).role not in ("county", "operator"):
            raise NotYourRole(role="county")
        weights = checked(RankingVersion, {**self.ranking_weights(), **points})
        names = ["Grue", "Eidskog"]
        order = names if weights["same_county"] <= 10 else names[::-1]

        def placed(first: list[str], other: list[str]) -> list[Document]:
            return [
                {
                    "library_id": eidskog.library(name),
                    "library_name": name,
                    "colleague_name": None,
                    "score": 200 - number,
                    "place": number,
                    "other_place": other.index(name) + 1,
                }
                for number, name in enumerate(first, start=1)
            ]

        wanted = {
            "request_id": an_id("request preview"),
            "library_id": eidskog.library("Tolga"),
            "library_name": "Tolga",
            "skills": ["cataloguing"],
            "first_on": "2026-12-07",
            "last_on": "2026-12-11",
            "before": placed(names, order),
            "after": placed(order, names),
        }
        return checked(RankingPreview, {"version": weights["version"], "requests": [wanted]})

    def disputes(self, actor: Document) -> list[Document]:
        return []

    def matching_rounds(self, limit: int = 24) -> list[Document]:
        return []

    def published_rounds(self, limit: int = 24) -> list[Document]:
        return []

    def vandring_rounds(self, limit: int = 24) -> list[Document]:
        return []

    def library_vandrings(self, library_id: str) -> list[Document]:
        return []

    def export_person(self, person_id: str, actor: Document) -> Document:
        names = ("reflections", "rounds", "vandring_rounds", "vandring_invitations", "ranking_weights")
        return {name: [] for name in names}

    def reflections(self, words: str = "", limit: int = 50) -> list[Document]:
        return []

    def check_leaving(self, county: str) -> Document:
        return {"county": county}

    def candidates(self, request_id: str, limit: int = 10) -> Document:
        directory = self._all.directory
        request = directory.get_request(request_id)
        own = directory._libraries[request["library_id"]]
        able, near = [], 0
        for offer in directory._offers.values():
            library = directory._libraries[offer["library_id"]]
            skills = set(offer["skills"]) & set(request["skills"])
            if not skills or library["id"] == own["id"] or offer["state"] != "open":
                continue
            dates = offer["dates"] or days_between(request["first_on"], request["last_on"])
            dates = [day for day in dates if request["first_on"] <= day <= request["last_on"]]
            km = kilometres(own, library) if request["place"] == "host" else None
            near += km is None or km <= 100
            candidate = {
                "offer_id": offer["id"],
                "county": library["county"],
                "library_id": library["id"],
                "library_name": library["short_name"],
                "colleague_id": offer["colleague_id"],
                "colleague_name": directory._offer(offer)["colleague_name"],
                "dates": dates,
                "distance_km": km,
                "score": 100 - (km or 0),
                "reasons": [
                    *(for_("can", skill=code) for code in sorted(skills)),
                    for_("free_on", dates=dates),
                    for_("no_travel", place=request["place"]) if km is None else for_("distance", km=km),
                    *_balance(self._all.ledger.account(library["id"])),
                ],
            }
            if dates:
                able.append(checked(resources.Candidate, candidate))
        able.sort(key=lambda one: -one["score"])
        funnel = {
            "libraries": len(directory._libraries),
            "can": len(able) + 1,
            "free": len(able),
            "near": near,
        }
        return {"request_id": request_id, "funnel": funnel, "candidates": able[:limit]}

    def propose(self, proposal: Document, actor: Document) -> Document:
        who = load_actor(actor)
        wanted = load(Proposal, proposal)
        directory = self._all.directory
        lender = directory._find(directory._libraries, wanted["lender_library_id"], "library")
        host = directory._find(directory._libraries, wanted["host_library_id"], "library")
        if lender is host:
            raise OwnLibrary(library_id=host["id"])
        if who.library_id not in (lender["id"], host["id"]):
            raise NotYourRole(role="library_manager")
        if wanted["half_days"] < 1:
            raise BelowHalfDay()
        if min(wanted["dates"]) < self._today.isoformat():
            raise DatePast(date=min(wanted["dates"]))
        if self._sent.setdefault(wanted["id"], wanted) != wanted:
            raise SameKeyOtherBody(id=wanted["id"])
        if wanted["id"] not in self._engagements:
            first = date.fromisoformat(min(wanted["dates"]))
            latest = min(self._today + timedelta(days=7), first - timedelta(days=2))
            reply_by = max(latest, self._today).isoformat()
            colleague = directory._find(directory._colleagues, wanted["colleague_id"], "colleague")
            is_known = who.library_id == lender["id"] or colleague["sharing"] == "all"
            name = colleague["name"] if is_known else None
            engagement = an_engagement(wanted, host, lender, reply_by_on=reply_by, colleague_name=name)
            self._engagements[wanted["id"]] = engagement
            self._line(engagement, "proposed", who)
            self._say_yes(engagement, who, "")
        return self._seen(self._engagements[wanted["id"]], who)

    def accept(
        self,
        engagement_id: str,
        actor: Document,
        host_contact_id: str | None = None,
        host_contact_name: str | None = None,
    ) -> Document:
        engagement, who = self._mine(engagement_id, actor)
        roles = self._roles(engagement, who)
        if not roles:
            raise NotYourRole(role="library_manager")
        if engagement["state"] == "expired":
            raise ProposalExpired(date=engagement["reply_by_on"])
        if engagement["state"] not in ("proposed", "refused", "reserving", "agreed"):
            raise NotNow(state=engagement["state"], act="accept")
        if "host_manager" in roles:
            if host_contact_id:
                contact = self._all.directory._colleagues.get(host_contact_id) or {}
                name = host_contact_name or contact.get("name")
                engagement.update(host_contact_id=host_contact_id, host_contact_name=name)
            if not engagement["host_contact_name"]:
                raise HostContactMissing()
        if engagement["state"] in ("proposed", "refused"):
            self._say_yes(engagement, who, "accepted")
        return self._seen(engagement, who)

    def decline(self, engagement_id: str, actor: Document) -> Document:
        return self._end(engagement_id, actor, "declined", ("proposed", "refused"))

    def cancel(self, engagement_id: str, actor: Document) -> Document:
        return self._end(engagement_id, actor, "cancelled", ("reserving", "agreed"))

    def ask_move(self, engagement_id: str, dates: list[str], actor: Document) -> Document:
        engagement, who = self._moving(engagement_id, actor)
        if len(set(dates)) != len(engagement["dates"]):
            raise DateCount(count=len(engagement["dates"]))
        if min(dates) < self._today.isoformat():
            raise DatePast(date=min(dates))
        consents = dict.fromkeys(sorted(self._roles(engagement, who)), self._now)
        engagement["move"] = {"dates": sorted(dates), "asked_by": who.library_id, "consents": consents}
        self._line(engagement, "move_asked", who)
        return self._seen(engagement, who)

    def answer_move(self, engagement_id: str, dates: list[str], accepts: bool, actor: Document) -> Document:
        engagement, who = self._moving(engagement_id, actor)
        move = engagement.get("move")
        if move is None or move["dates"] != sorted(dates):
            raise NotNow(state=engagement["state"], act="move")
        if not accepts:
            engagement["move"] = None
            self._line(engagement, "move_declined", who)
            return self._seen(engagement, who)
        for role in sorted(self._roles(engagement, who)):
            move["consents"].setdefault(role, self._now)
        self._line(engagement, "move_accepted", who)
        if len(move["consents"]) == 3:
            engagement.update(dates=move["dates"], move=None)
            self._line(engagement, "moved")
        return self._seen(engagement, who)

    def _moving(self, engagement_id: str, actor: Document) -> tuple[Document, Any]:
        engagement, who = self._mine(engagement_id, actor)
        if not self._roles(engagement, who):
            raise NotYourRole(role="library_manager")
        if engagement["state"] != "agreed" or engagement["dates"][0] < self._today.isoformat():
            raise NotNow(state=engagement["state"], act="move")
        return engagement, who

    def dispute(self, engagement_id: str, actor: Document) -> Document:
        states = ("carried_out", "confirmed", "settled", "no_show", "cancelled", "unanswered")
        return self._end(engagement_id, actor, "disputed", states)

    def confirm(self, engagement_id: str, happened: bool, actor: Document) -> Document:
        engagement, who = self._mine(engagement_id, actor)
        side = "host" if who.library_id == engagement["host_library_id"] else "lender"
        if engagement["dates"][0] > self._today.isoformat():
            raise NotYet(date=engagement["dates"][0])
        if engagement["happened"].get(side) is happened:
            return self._seen(engagement, who)
        if (
            engagement["state"] not in ("agreed", "carried_out", "unanswered")
            or side in engagement["happened"]
        ):
            raise NotNow(state=engagement["state"], act="confirm")
        engagement["happened"][side] = happened
        self._line(engagement, "said_yes" if happened else "said_no", who)
        answers = list(engagement["happened"].values())
        if len(answers) == 1:
            engagement["confirm_by_on"] = (self._today + timedelta(days=14)).isoformat()
            engagement["state"] = "carried_out" if happened else engagement["state"]
        elif all(answers):
            self._settle(engagement)
        else:
            engagement["state"] = "disputed" if any(answers) else "no_show"
            self._all.ledger._held.pop(engagement["id"], None)
        return self._seen(engagement, who)

    def get_engagement(self, engagement_id: str, actor: Document) -> Document:
        engagement, who = self._mine(engagement_id, actor)
        return self._seen(engagement, who)

    def list_engagements(self, library_id: str, state: str | None = None) -> list[Document]:
        found = [
            checked(resources.Engagement, one)
            for one in self._engagements.values()
            if library_id in (one["host_library_id"], one["lender_library_id"])
            and state in (None, one["state"])
        ]
        return sorted(found, key=lambda one: one["dates"][0])

    def _mine(self, engagement_id: str, actor: Document) -> tuple[Document, Any]:
        who = load_actor(actor)
        engagement = self._engagements.get(engagement_id)
        libraries = (engagement["host_library_id"], engagement["lender_library_id"]) if engagement else ()
        if engagement is None or (who.library_id not in libraries and who.role != "county"):
            raise NotFound(kind="engagement", id=engagement_id)
        return engagement, who

    @staticmethod
    def _roles(engagement: Document, who: Any) -> set[str]:
        is_manager = who.role == "library_manager"
        held = {
            "lender_manager": is_manager and who.library_id == engagement["lender_library_id"],
            "host_manager": is_manager and who.library_id == engagement["host_library_id"],
            "colleague": who.person_id == engagement["colleague_id"],
        }
        return {role for role, holds in held.items() if holds}

    def _say_yes(self, engagement: Document, who: Any, what: str) -> None:
        for role in sorted(self._roles(engagement, who)):
            engagement["consents"].setdefault(role, self._now)
        if what:
            self._line(engagement, what, who)
        if len(engagement["consents"]) < 3:
            return
        ledger = self._all.ledger
        if engagement["purpose"] == "help":
            available = ledger.account(engagement["host_library_id"])["available_half_days"]
            if ledger._is_hard and available < engagement["half_days"]:
                limit = LimitHard(
                    library_id=engagement["host_library_id"],
                    available_half_days=available,
                    wanted_half_days=engagement["half_days"],
                )
                engagement.update(
                    state="refused", refusal={"code": limit.code, "parameters": limit.parameters}
                )
                self._line(engagement, "refused")
                return
            self._hold(engagement)
        engagement.update(state="agreed", refusal=None)
        self._line(engagement, "agreed")

    def _hold(self, engagement: Document) -> None:
        self._all.ledger._held[engagement["id"]] = {
            "transfer_id": an_id(f"transfer {engagement['id']}"),
            "engagement_id": engagement["id"],
            "state": "pending",
            "payer": engagement["host_library_id"],
            "payee": engagement["lender_library_id"],
            "work_date": engagement["dates"][0],
            "half_days": engagement["half_days"],
        }

    def _settle(self, engagement: Document) -> None:
        self._all.ledger._held.pop(engagement["id"], None)
        self._all.ledger._posted.append(
            {
                "transfer_id": an_id(f"transfer {engagement['id']}"),
                "posted_at": self._now,
                "work_date": engagement["dates"][0],
                "payer": engagement["host_library_id"],
                "payee": engagement["lender_library_id"],
                "skill": engagement["skill"],
                "engagement_id": engagement["id"],
                "half_days": engagement["half_days"],
            }
        )
        engagement["state"] = "settled"
        self._line(engagement, "confirmed")
        self._line(engagement, "settled")

    def _end(self, engagement_id: str, actor: Document, state: str, before: tuple[str, ...]) -> Document:
        engagement, who = self._mine(engagement_id, actor)
        act = {"declined": "decline", "cancelled": "cancel", "disputed": "dispute"}[state]
        if not self._roles(engagement, who):
            raise NotYourRole(role="library_manager")
        if engagement["state"] != state:
            if engagement["state"] not in before:
                raise NotNow(state=engagement["state"], act=act)
            engagement["state"] = state
            self._line(engagement, state, who)
            if state == "cancelled":
                self._all.ledger._held.pop(engagement["id"], None)
        return self._seen(engagement, who)

    def _line(self, engagement: Document, what: str, who: Any = None) -> None:
        engagement["version"] += 1
        engagement["history"].append(
            {
                "at": self._now,
                "what": what,
                "by_library_id": who.library_id if who else None,
                "by_name": who.name if who else None,
                "role": who.role if who else None,
            }
        )

    def _seen(self, engagement: Document, who: Any) -> Document:
        return checked(resources.Engagement, engagement)
