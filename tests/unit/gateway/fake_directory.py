"""The directory in memory: libraries, people, offers and requests."""

import json
from datetime import timedelta
from typing import Any

from fake_participation import FakeParticipation
from fake_service import Document, Service, against, checked, for_, kilometres, page

from byttebank.contracts import peer_acts, resources
from byttebank.contracts.actor import load_actor
from byttebank.contracts.fields import load
from byttebank.contracts.market_refusals import SkillKnown, SkillRetired
from byttebank.contracts.refusals import (
    AlreadyCovered,
    BelowHalfDay,
    CountyUnknown,
    DateOrder,
    DatePast,
    FieldMissing,
    HostContactMissing,
    Malformed,
    NotFound,
    NotNow,
    NotYourRole,
    RequestClosed,
    SameKeyOtherBody,
)
from byttebank.contracts.requests import SeenRequest


class FakeDirectory(FakeParticipation, Service):
    """Who."""

    name = "directory"

    def __init__(self, backend: Any) -> None:
        super().__init__(backend)
        self._county: Document = {}
        self._libraries: dict[str, Document] = {}
        self._colleagues: dict[str, Document] = {}
        self._skills: list[Document] = []
        self._offers: dict[str, Document] = {}
        self._requests: dict[str, Document] = {}
        self._sent: dict[str, Document] = {}
        self._peers: list[Document] = []
        self.waiting: list[Document] = []
        self._peer_acts: list[Document] = []
        self._mapped: list[Document] = []
        self._minutes: dict[str, int] = {}
        """How long it takes to each library, where the county's table knows."""

    def county(self) -> Document:
        return checked(resources.County, self._county)

    def list_libraries(
        self, county: str | None = None, query: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Document:
        found = [
            library
            for library in sorted(self._libraries.values(), key=lambda one: one["name"])
            if county in (None, library["county"]) and (query or "").lower() in library["name"].lower()
        ]
        return page(found, cursor, limit)

    def get_library(self, library_id: str) -> Document:
        return load(resources.Library, self._find(self._libraries, library_id, "library"))

    def set_library_page(self, library_id: str, page: Document, actor: Document) -> Document:
        library, who = self._find(self._libraries, library_id, "library"), load_actor(actor)
        if who.role != "county" and (who.role, who.library_id) != ("library_manager", library_id):
            raise NotYourRole(role="library_manager")
        load(resources.Library, {**library, **page})
        library.update(page)
        return load(resources.Library, library)

    def set_library_language(self, library_id: str, language: str | None, actor: Document) -> Document:
        library, who = self._find(self._libraries, library_id, "library"), load_actor(actor)
        if who.library_id != library_id or who.role not in ("library_manager", "county"):
            raise NotYourRole(role="library_manager")
        library["language"] = language
        return checked(resources.Library, library)

    def set_colleague_language(self, colleague_id: str, language: str | None, actor: Document) -> Document:
        colleague = self._find(self._colleagues, colleague_id, "colleague")
        if load_actor(actor).person_id != colleague_id:
            raise NotYourRole(role="colleague")
        colleague["language"] = language
        return checked(resources.Colleague, colleague)

    def list_colleagues(self, library_id: str, actor: Document | None = None) -> list[Document]:
        reader = load_actor(actor) if actor else None
        self._find(self._libraries, library_id, "library")
        seen = []
        for one in self._colleagues.values():
            if one["library_id"] != library_id:
                continue
            is_own = reader is not None and reader.library_id == library_id
            is_shown = is_own or one["sharing"] == "all"
            seen.append(load(resources.Colleague, {**one, "name": one["name"] if is_shown else None}))
        return seen

    def set_choices(self, colleague_id: str, choices: Document, actor: Document) -> Document:
        colleague = self._find(self._colleagues, colleague_id, "colleague")
        if load_actor(actor).person_id != colleague_id:
            raise NotYourRole(role="colleague")
        changed = load(resources.Colleague, {**colleague, **choices})
        colleague.update(choices)
        return changed

    def set_skills(self, colleague_id: str, skills: Document, actor: Document) -> Document:
        colleague = self._find(self._colleagues, colleague_id, "colleague")
        known = {skill["code"] for skill in self._skills}
        if not {*skills["can"], *skills["can_teach"], *skills["wants_to_learn"]} <= known:
            raise Malformed(errors=[{"pointer": "/can/0", "detail": "'x' is not a skill we know."}])
        names = ("can", "can_teach", "wants_to_learn")
        has = {code for name in names for code in colleague[name]}
        for name in names:
            self._check_in_use(skills[name], has, name)
        colleague.update(skills)
        return load(resources.Colleague, colleague)

    def _check_in_use(self, codes: list[str], kept: set[str], field: str) -> None:
        for skill in self._skills:
            if skill.get("is_retired") and skill["code"] in codes and skill["code"] not in kept:
                raise SkillRetired(skill=skill["code"], field=field)

    def confirm_skills(self, colleague_id: str, codes: list[str], actor: Document) -> Document:
        colleague = self._find(self._colleagues, colleague_id, "colleague")
        reader = load_actor(actor)
        if reader.role != "library_manager" or reader.library_id != colleague["library_id"]:
            raise NotYourRole(role="library_manager")
        if not {*codes} <= {*colleague["can"], *colleague["can_teach"]}:
            raise Malformed(errors=[{"pointer": "/confirmed/0", "detail": "'x' is not a skill we know."}])
        colleague["confirmed"] = sorted(codes)
        return load(resources.Colleague, colleague)

    def export_person(self, colleague_id: str, actor: Document) -> Document:
        colleague = self._find(self._colleagues, colleague_id, "colleague")
        offers = [one for one in self._offers.values() if one["colleague_id"] == colleague_id]
        return {"exported_at": self._now, "legal_basis": "", "colleague": colleague, "offers": offers}

    def erase_person(self, colleague_id: str, actor: Document) -> list[Document]:
        colleague = self._find(self._colleagues, colleague_id, "colleague")
        colleague.update(name=None, email=None, can=[], can_teach=[], wants_to_learn=[], sharing="library")
        places = [self._county["slug"], *(peer["county"] for peer in self._peers)]
        return [
            {"county": one, "asked_at": self._now, "confirmed_at": None if place else self._now}
            for place, one in enumerate(places)
        ]

    def list_skills(self) -> list[Document]:
        shared = {"maps_to": None, "is_own": False, "is_retired": False}
        return [checked(resources.Skill, {**shared, **skill}) for skill in self._skills]

    def write_skill(self, skill: Document, actor: Document) -> Document:
        if load_actor(actor).role != "county":
            raise NotYourRole(role="county")
        wanted = {"maps_to": None, "is_retired": False, **skill, "is_own": True}
        name = wanted["names"]["nb"]
        for one in self._skills:
            taken = {known.casefold() for known in one["names"].values()}
            if one["code"] != skill["code"] and name.casefold() in taken:
                raise SkillKnown(name=name, code=one["code"])
        self._skills = [one for one in self._skills if one["code"] != skill["code"]] + [wanted]
        return checked(resources.Skill, wanted)

    def mapping(self) -> Document:
        return {"county": self._county["slug"], "mapped_on": self._today.isoformat(), "places": self._mapped}

    def create_offer(self, offer: Document, actor: Document) -> Document:
        who = load_actor(actor)
        if isinstance(offer.get("half_days"), int) and offer["half_days"] < 1:
            raise BelowHalfDay()
        wanted = load(resources.Offer, {**offer, "county": self._county["slug"], "version": 1})
        if wanted["library_id"] != who.library_id:
            raise NotYourRole(role="library_manager")
        self._check_in_use(wanted["skills"], set(), "skills")
        if wanted["last_on"] and wanted["last_on"] < (wanted["first_on"] or ""):
            raise DateOrder(first_on=wanted["first_on"], last_on=wanted["last_on"])
        for day in [*wanted["dates"], *([wanted["last_on"]] if wanted["last_on"] else [])]:
            if day < self._today.isoformat():
                raise DatePast(date=day)
        self._once(wanted)
        self._offers.setdefault(wanted["id"], wanted)
        return self._offer(self._offers[wanted["id"]])

    def withdraw_offer(self, offer_id: str, actor: Document) -> Document:
        offer = self._find(self._offers, offer_id, "offer")
        if offer["library_id"] != load_actor(actor).library_id:
            raise NotYourRole(role="library_manager")
        offer["state"] = "withdrawn"
        return self._offer(offer)

    def renew_offer(self, offer_id: str, actor: Document) -> Document:
        offer = self._find(self._offers, offer_id, "offer")
        if offer["library_id"] != load_actor(actor).library_id:
            raise NotYourRole(role="library_manager")
        if offer["state"] != "open":
            raise NotNow(state=offer["state"], act="renew")
        offer["expires_on"] = (self._today + timedelta(181)).isoformat()
        return self._offer(offer)

    def get_offer(self, offer_id: str, actor: Document | None = None) -> Document:
        return self._offer(self._find(self._offers, offer_id, "offer"))

    def list_offers(
        self, library_id: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Document:
        found = [
            self._offer(offer)
            for offer in self._offers.values()
            if library_id in (None, offer["library_id"]) and offer["state"] == "open"
        ]
        return page(found, cursor, limit)

    def create_request(self, request: Document, actor: Document) -> Document:
        who = load_actor(actor)
        if isinstance(request.get("half_days"), int) and request["half_days"] < 1:
            raise BelowHalfDay()
        if not request.get("host_contact_id"):
            raise HostContactMissing()
        if request.get("dates"):
            request = {**request, "first_on": min(request["dates"]), "last_on": max(request["dates"])}
        wanted = load(resources.Request, {**request, "county": self._county["slug"], "version": 1})
        if wanted["library_id"] != who.library_id:
            raise NotYourRole(role="colleague")
        self._check_in_use(wanted["skills"], set(), "skills")
        if wanted["last_on"] < wanted["first_on"]:
            raise DateOrder(first_on=wanted["first_on"], last_on=wanted["last_on"])
        if wanted["first_on"] < self._today.isoformat():
            raise DatePast(date=wanted["first_on"])
        self._once(wanted)
        if wanted["to_library_id"]:
            wanted["reply_by_on"] = (self._today + timedelta(7)).isoformat()
        self._requests.setdefault(wanted["id"], wanted)
        return self._request(self._requests[wanted["id"]])

    def open_request(self, request_id: str, actor: Document) -> Document:
        return self._change_request(request_id, actor, is_open=True)

    def widen_request(
        self,
        request_id: str,
        actor: Document,
        reach: str | None = None,
        widens_after_days: int | None = None,
    ) -> Document:
        request = self._find(self._requests, request_id, "request")
        reach = reach or request.get("reach", "all")
        order = resources.REQUEST_REACHES.index
        if request["is_open"] and order(reach) < order(request["reach"]):
            raise NotNow(state=request["reach"], act="narrow")
        return self._change_request(request_id, actor, reach=reach, widens_after_days=widens_after_days)

    def close_request(self, request_id: str, actor: Document) -> Document:
        return self._change_request(request_id, actor, state="closed")

    def decline_request(self, request_id: str, actor: Document) -> Document:
        request, who = self._find(self._requests, request_id, "request"), load_actor(actor)
        if request["to_library_id"] != who.library_id:
            raise NotFound(kind="request", id=request_id)
        if who.role not in ("library_manager", "county"):
            raise NotYourRole(role="library_manager")
        request["direct_answer"] = "declined"
        return self._request(request)

    def asked_directly(self, library_id: str) -> list[Document]:
        return [
            self._request(one)
            for one in self._requests.values()
            if one.get("to_library_id") == library_id
            and not one["is_open"]
            and one["state"] == "open"
            and one.get("direct_answer") != "declined"
        ]

    def get_request(self, request_id: str) -> Document:
        return self._request(self._find(self._requests, request_id, "request"))

    def list_requests(
        self, library_id: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Document:
        found = [
            self._request(request)
            for request in self._requests.values()
            if library_id == request["library_id"] or (library_id is None and request["is_open"])
        ]
        return page(sorted(found, key=lambda one: one["state"] != "open"), cursor, limit)

    def board(
        self,
        library_id: str,
        show: str = "all",
        skill: str | None = None,
        county: str | None = None,
        max_km: int | None = None,
        category: str | None = None,
        text: str | None = None,
        first_on: str | None = None,
        last_on: str | None = None,
        only_possible: bool = False,
        cursor: str | None = None,
        limit: int = 200,
    ) -> Document:
        own = self._find(self._libraries, library_id, "library")
        if first_on and last_on and last_on < first_on:
            raise DateOrder(first_on=first_on, last_on=last_on)
        staff = [one for one in self._colleagues.values() if one["library_id"] == library_id]
        items = []
        for request in self._requests.values() if show in ("all", "needs") else ():
            if request["is_open"] and request["state"] == "open" and request["library_id"] != library_id:
                items.append(self._need(own, staff, self._request(request)))
        for offer in self._offers.values() if show in ("all", "offers") else ():
            if offer["state"] == "open" and offer["library_id"] != library_id:
                items.append(self._offered(own, self._offer(offer)))
        codes = {one["code"] for one in self._skills if category in (None, one["category"])}
        found = sorted(
            (
                item
                for item in items
                if skill in (None, *item["document"]["skills"])
                and county in (None, item["library"]["county"])
                and (max_km is None or item["distance_km"] is None or item["distance_km"] <= max_km)
                and codes & set(item["document"]["skills"])
                and (text or "").lower()
                in f"{item['document']['own_words']} {item['library']['name']}".lower()
                and (item["document"]["first_on"] or "") <= (last_on or "9")
                and (item["document"]["last_on"] or "9") >= (first_on or "")
                and (item["is_possible"] or not only_possible)
            ),
            key=lambda item: (item["distance_km"] is None, item["distance_km"]),
        )
        return page(found, cursor, limit)

    def waiting_erasures(self) -> list[Document]:
        return self.waiting

    def list_peers(self) -> list[Document]:
        return [checked(resources.Peer, peer) for peer in self._peers]

    def act_on_peer(self, act: Document, actor: Document) -> Document:
        wanted = load(peer_acts.NewPeerAct, act)
        if not wanted["reason"].strip():
            raise FieldMissing(field="reason")
        peer = next((one for one in self._peers if one["county"] == wanted["county"]), None)
        if peer is None:
            raise CountyUnknown(county=wanted["county"])
        if wanted["what"] == "fuse":
            peer["fuse_half_days"] = wanted["fuse_half_days"]
        else:
            peer["state"] = {"freeze": "frozen", "thaw": "active", "leave": "left"}[wanted["what"]]
        self._peer_acts.insert(0, {**wanted, "role": actor["role"], "acted_at": self._now})
        return checked(resources.Peer, peer)

    def peer_acts(self, limit: int = 50) -> list[Document]:
        return [checked(peer_acts.PeerAct, act) for act in self._peer_acts[:limit]]

    def _need(self, own: Document, staff: list[Document], request: Document) -> Document:
        helpers = [one["name"] for one in staff if set(one["can"]) & set(request["skills"])]
        library = self._libraries[request["library_id"]]
        is_travel = request["place"] == "host"
        reasons = [
            for_("colleague_can", skill=code, names=helpers) if helpers else against("no_skill", skill=code)
            for code in request["skills"]
        ]
        return {
            "kind": "need",
            "id": request["id"],
            "library": library,
            "document": request,
            "distance_km": kilometres(own, library) if is_travel else None,
            "travel_minutes": self._minutes.get(request["library_id"]),
            "travel_km": None,
            "is_possible": bool(helpers),
            "reasons": reasons if is_travel else [*reasons, for_("no_travel")],
            "helpers": helpers,
        }

    def _offered(self, own: Document, offer: Document) -> Document:
        library = self._libraries[offer["library_id"]]
        km = kilometres(own, library) if "host" in offer["places"] else None
        reasons = [for_("standing_offer")]
        if offer["dates"]:
            reasons = [for_("offered_dates", dates=offer["dates"])]
        elif offer["last_on"]:
            reasons = [for_("offered_span", first_on=offer["first_on"], last_on=offer["last_on"])]
        is_far = km is not None and offer["max_km"] is not None and km > offer["max_km"]
        if is_far:
            reasons.append(against("too_far", km=km, max_km=offer["max_km"], library=library["short_name"]))
        if km is None:
            reasons.append(for_("no_travel"))
        return {
            "kind": "offer",
            "id": offer["id"],
            "library": library,
            "document": offer,
            "distance_km": km,
            "travel_minutes": self._minutes.get(offer["library_id"]),
            "travel_km": None,
            "is_possible": not is_far,
            "reasons": reasons,
            "helpers": [],
        }

    def _change_request(self, request_id: str, actor: Document, **changes: Any) -> Document:
        request = self._find(self._requests, request_id, "request")
        if request["library_id"] != load_actor(actor).library_id:
            raise NotYourRole(role="colleague")
        if request["state"] == "covered":
            raise AlreadyCovered(library_id=request["library_id"])
        if request["state"] == "closed" and "is_open" in changes:
            raise RequestClosed(library_id=request["library_id"])
        request.update(changes)
        days = (
            request.get("widens_after_days")
            if request["is_open"] and request.get("reach", "all") != "all"
            else None
        )
        request["widens_on"] = (self._today + timedelta(days)).isoformat() if days else None
        return self._request(request)

    def _once(self, wanted: Document) -> None:
        if self._sent.setdefault(wanted["id"], json.loads(json.dumps(wanted))) != wanted:
            raise SameKeyOtherBody(id=wanted["id"])

    def _offer(self, offer: Document) -> Document:
        colleague = self._colleagues.get(offer["colleague_id"])
        shared = colleague is not None and colleague["sharing"] == "all"
        return load(resources.Offer, {**offer, "colleague_name": colleague["name"] if shared else None})

    def _request(self, request: Document) -> Document:
        contact = self._colleagues.get(request["host_contact_id"])
        return load(SeenRequest, {**request, "host_contact_name": contact["name"] if contact else None})

    @staticmethod
    def _find(table: dict[str, Document], thing_id: str, kind: str) -> Document:
        if thing_id not in table:
            raise NotFound(kind=kind, id=thing_id)
        return table[thing_id]
