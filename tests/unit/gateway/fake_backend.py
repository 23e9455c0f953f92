"""Four services in memory that obey the rules of their ports, and the people of the reference pages.

Arguments and answers pass through JSON and the contracts' schemas, so that what works here has the shape that
crosses RPC. `failing` makes a method refuse; `calls` says what was asked.
"""

import json
import math
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from types import SimpleNamespace
from typing import Any

from marshmallow import Schema

from byttebank.clock import Clock, format_time, local_date
from byttebank.contracts import ledger_resources, peer_acts, resources
from byttebank.contracts.actor import load_actor
from byttebank.contracts.fields import load
from byttebank.contracts.proposal import Proposal
from byttebank.contracts.refusals import (
    AccountUnknown,
    AlreadyCovered,
    BelowHalfDay,
    CountyUnknown,
    DateOrder,
    DatePast,
    FieldMissing,
    HostContactMissing,
    LimitHard,
    Malformed,
    NotFound,
    NotNow,
    NotYet,
    NotYourRole,
    OwnLibrary,
    ProposalExpired,
    Refusal,
    RequestClosed,
    SameKeyOtherBody,
)

Document = dict[str, Any]


def an_id(name: str) -> str:
    """The same id for the same name, always."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"byttebank:{name}"))


def checked(schema: type[Schema], document: Document) -> Document:
    """The document, when it has the agreed shape; a test fails here otherwise."""
    load(schema, document)
    return document


class Service:
    """A service whose public methods are called as if over RPC."""

    name = ""

    def __init__(self, backend: "FakeBackend") -> None:
        self._all = backend
        for method in dir(self):
            if not method.startswith("_") and callable(getattr(self, method)) and method != "name":
                setattr(self, method, self._over_rpc(method, getattr(self, method)))

    def _over_rpc(self, method: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(*arguments: Any, **named: Any) -> Any:
            asked = json.loads(json.dumps([arguments, named]))
            self._all.calls.append((f"{self.name}.{method}", *asked))
            fault = self._all.failing.get(f"{self.name}.{method}") or self._all.failing.get(self.name)
            if fault is not None:
                raise fault
            return json.loads(json.dumps(function(*asked[0], **asked[1])))

        return call

    @property
    def _today(self) -> date:
        return local_date(self._all.clock.now(), "Europe/Oslo")

    @property
    def _now(self) -> str:
        return format_time(self._all.clock.now())


def page(items: list[Document], cursor: str | None, limit: int, field: str = "items") -> Document:
    """One page of a list; the cursor is a number here, and nobody may rely on that."""
    if cursor is not None and not cursor.isdigit():
        raise Malformed(errors=[{"pointer": "/cursor", "detail": "Not a cursor of ours."}])
    start = int(cursor or 0)
    rest = len(items) > start + limit
    return {field: items[start : start + limit], "next_cursor": str(start + limit) if rest else None}


def kilometres(one: Document, other: Document) -> int | None:
    """As the crow flies."""
    if one["latitude"] is None or other["latitude"] is None:
        return None
    north = (one["latitude"] - other["latitude"]) * 111.2
    east = (one["longitude"] - other["longitude"]) * 111.2 * math.cos(math.radians(one["latitude"]))
    return round(math.hypot(north, east))


def for_(code: str, **parameters: Any) -> Document:
    """A reason that speaks for."""
    return {"code": code, "parameters": parameters, "is_favourable": True, "score": 0}


def against(code: str, **parameters: Any) -> Document:
    """A reason that speaks against."""
    return {"code": code, "parameters": parameters, "is_favourable": False, "score": 0}


class FakeDirectory(Service):
    """Who."""

    name = "directory"

    def __init__(self, backend: "FakeBackend") -> None:
        super().__init__(backend)
        self._county: Document = {}
        self._libraries: dict[str, Document] = {}
        self._colleagues: dict[str, Document] = {}
        self._skills: list[Document] = []
        self._offers: dict[str, Document] = {}
        self._requests: dict[str, Document] = {}
        self._sent: dict[str, Document] = {}
        self._peers: list[Document] = []
        self._peer_acts: list[Document] = []
        self._mapped: list[Document] = []

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
        colleague.update(skills)
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
        return [checked(resources.Skill, skill) for skill in self._skills]

    def mapping(self) -> Document:
        return {"county": self._county["slug"], "mapped_on": self._today.isoformat(), "places": self._mapped}

    def create_offer(self, offer: Document, actor: Document) -> Document:
        who = load_actor(actor)
        if isinstance(offer.get("half_days"), int) and offer["half_days"] < 1:
            raise BelowHalfDay()
        wanted = load(resources.Offer, {**offer, "county": self._county["slug"], "version": 1})
        if wanted["library_id"] != who.library_id:
            raise NotYourRole(role="library_manager")
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
        if wanted["last_on"] < wanted["first_on"]:
            raise DateOrder(first_on=wanted["first_on"], last_on=wanted["last_on"])
        if wanted["first_on"] < self._today.isoformat():
            raise DatePast(date=wanted["first_on"])
        self._once(wanted)
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
            peer["state"] = {"freeze": "frozen", "thaw": "active"}[wanted["what"]]
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
        return load(resources.Request, {**request, "host_contact_name": contact["name"] if contact else None})

    @staticmethod
    def _find(table: dict[str, Document], thing_id: str, kind: str) -> Document:
        if thing_id not in table:
            raise NotFound(kind=kind, id=thing_id)
        return table[thing_id]


class FakeLedger(Service):
    """What is owed."""

    name = "ledger"

    def __init__(self, backend: "FakeBackend") -> None:
        super().__init__(backend)
        self._posted: list[Document] = []
        self._held: dict[str, Document] = {}
        self._limits: dict[str, int] = {}
        self._is_hard = False
        self._positions: list[Document] = []
        self._doubts: list[Document] = []
        self._reconciliations: list[Document] = []
        self._disputes: list[Document] = []

    def account(self, library_id: str) -> Document:
        if library_id not in self._limits:
            raise AccountUnknown(account_id=library_id)
        given = sum(one["half_days"] for one in self._posted if one["payee"] == library_id)
        received = sum(one["half_days"] for one in self._posted if one["payer"] == library_id)
        reserved = sum(one["half_days"] for one in self._held.values() if one["payer"] == library_id)
        limit = self._limits[library_id]
        document = {
            "library_id": library_id,
            "given_half_days": given,
            "received_half_days": received,
            "balance_half_days": given - received,
            "reserved_half_days": reserved,
            "limit_half_days": limit,
            "limit_is_hard": self._is_hard,
            "available_half_days": given - received - reserved + limit,
        }
        return checked(ledger_resources.Account, document)

    def statement(self, library_id: str, cursor: str | None = None, limit: int = 50) -> Document:
        self.account(library_id)
        lines, balance = [], 0
        for one in sorted(self._posted, key=lambda one: one["work_date"]):
            if library_id not in (one["payer"], one["payee"]):
                continue
            is_given = one["payee"] == library_id
            other = self._all.directory._libraries[one["payer"] if is_given else one["payee"]]
            balance += one["half_days"] if is_given else -one["half_days"]
            line = {
                "transfer_id": one["transfer_id"],
                "posted_at": one["posted_at"],
                "work_date": one["work_date"],
                "other_library_id": other["id"],
                "other_library_name": other["short_name"],
                "other_county": other["county"],
                "skill": one["skill"],
                "engagement_id": one.get("engagement_id"),
                "half_days": one["half_days"] if is_given else -one["half_days"],
                "balance_half_days": balance,
            }
            lines.append(checked(ledger_resources.StatementLine, line))
        return page(lines[::-1], cursor, limit, "lines")

    def promises(self, library_id: str) -> list[Document]:
        self.account(library_id)
        return []

    def reservations(self, library_id: str) -> list[Document]:
        return self._holds(library_id, "payer", "payee", ("pending", "prepared"))

    def incoming(self, library_id: str) -> list[Document]:
        return self._holds(library_id, "payee", "payer", ("waiting",))

    def positions(self) -> list[Document]:
        return [checked(ledger_resources.Position, position) for position in self._positions]

    def doubts(self) -> list[Document]:
        return self._doubts

    def cancel_prepared(self, transfer_id: str) -> Document:
        if all(one["transfer_id"] != transfer_id for one in self._doubts):
            raise NotFound(kind="transfer", id=transfer_id)
        return {"transfer_id": transfer_id, "state": "prepared", "amount_half_days": 2}

    def reconcile(self, county: str | None = None) -> list[Document]:
        peers = [one["county"] for one in self._all.directory._peers if county in (None, one["county"])]
        if not peers:
            raise CountyUnknown(county=county)
        return [{"county": one, "asked_at": self._now} for one in peers]

    def reconciliations(self) -> list[Document]:
        return self._reconciliations

    def disputes(self) -> list[Document]:
        return self._disputes

    def signed_message(self, peer: str, sender: str, seq: int) -> str:
        if all((one["sender"], one["seq"]) != (sender, seq) for one in self._disputes):
            raise NotFound(kind="message", id=f"{sender} {seq}")
        return '{"payload":"e30","protected":"e30","signature":"e30"}'

    def trial_balance(self) -> Document:
        accounts = []
        for library_id in self._limits:
            account = self.account(library_id)
            accounts.append(
                {
                    "account_id": library_id,
                    "name": self._all.directory._libraries[library_id]["short_name"],
                    "kind": "library",
                    "debits": account["received_half_days"],
                    "credits": account["given_half_days"],
                }
            )
        debits, credits = (sum(one[side] for one in accounts) for side in ("debits", "credits"))
        peers = {"account_id": "peer:akershus", "name": "Akershus", "kind": "peer"}
        accounts.append({**peers, "debits": max(credits - debits, 0), "credits": max(debits - credits, 0)})
        return {
            "county": "innlandet",
            "unit": "half_day",
            "accounts": accounts,
            "debits_half_days": sum(one["debits"] for one in accounts),
            "credits_half_days": sum(one["credits"] for one in accounts),
            "imbalance_half_days": 0,
            "transfers": len(self._posted),
            "as_of": self._now,
        }

    def _holds(self, library_id: str, mine: str, theirs: str, states: tuple[str, ...]) -> list[Document]:
        found = []
        for one in self._held.values():
            if one[mine] != library_id or one["state"] not in states:
                continue
            other = self._all.directory._libraries[one[theirs]]
            document = {
                "transfer_id": one["transfer_id"],
                "engagement_id": one["engagement_id"],
                "state": one["state"],
                "other_library_id": other["id"],
                "other_library_name": other["short_name"],
                "other_county": other["county"],
                "work_date": one["work_date"],
                "half_days": one["half_days"],
                "since_at": self._now,
            }
            found.append(checked(ledger_resources.Reservation, document))
        return found


class FakeMatching(Service):
    """What fits."""

    name = "matching"

    def __init__(self, backend: "FakeBackend") -> None:
        super().__init__(backend)
        self._engagements: dict[str, Document] = {}
        self._sent: dict[str, Document] = {}

    def matching_rounds(self, limit: int = 24) -> list[Document]:
        return []

    def published_rounds(self, limit: int = 24) -> list[Document]:
        return []

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


class FakeNotify(Service):
    """Who is told."""

    name = "notify"

    def __init__(self, backend: "FakeBackend") -> None:
        super().__init__(backend)
        self._notices: list[Document] = []
        self._mails: list[Document] | None = None

    def notices(self, library_id: str, person_id: str | None = None, limit: int = 50) -> list[Document]:
        found = [
            checked(resources.Notice, one)
            for one in self._notices
            if one["library_id"] == library_id and one["person_id"] in (None, person_id)
        ]
        return found[:limit]

    def mark_read(self, notice_id: str, actor: Document) -> Document:
        who = load_actor(actor)
        for one in self._notices:
            if one["id"] == notice_id:
                if one["library_id"] != who.library_id:
                    raise NotYourRole(role="colleague")
                one["read_at"] = one["read_at"] or self._now
                return one
        raise NotFound(kind="notice", id=notice_id)

    def mailbox(self, limit: int = 100) -> list[Document]:
        if self._mails is None:
            raise NotFound(kind="mailbox")
        return [checked(resources.Mail, mail) for mail in self._mails[:limit]]


class FakeBackend(SimpleNamespace):
    """The four services of one county."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock=clock, calls=[], failing={})
        self.failing: dict[str, Refusal | Exception]
        self.calls: list[tuple[Any, ...]]
        self.directory = FakeDirectory(self)
        self.ledger = FakeLedger(self)
        self.matching = FakeMatching(self)
        self.notify = FakeNotify(self)

    def asked(self, method: str) -> list[tuple[Any, ...]]:
        """The calls of one method, such as `matching.propose`."""
        return [call for call in self.calls if call[0] == method]


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
