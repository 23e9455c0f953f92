"""The RPC methods of the directory, as a port (see `contracts.rpc`)."""

from typing import Any, Protocol

from byttebank.contracts.participation_port import ParticipationPort

Document = dict[str, Any]


class DirectoryPort(ParticipationPort, Protocol):
    """Who: libraries, colleagues, skills, offers, requests, peers."""

    def county(self) -> Document:
        """This node's `County`."""

    def list_libraries(
        self, county: str | None = None, query: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Document:
        """`{items: [Library], next_cursor}` of own and published libraries, by name."""

    def get_library(self, library_id: str) -> Document:
        """`Library`, by its id, or one of ours by a number it has or had."""

    def write_library(self, library: Document, actor: Document) -> Document:
        """`Library` of ours as the county writes it: a `Library` without county and version. Refuses:
        NotYourRole, NumberTaken, OutsideArea, DateOrder, SameKeyOtherBody."""

    def set_library_page(self, library_id: str, page: Document, actor: Document) -> Document:
        """`Library`. `page`: {contact_name, contact_email, contact_phone, website, closed_dates}; what is not
        there stays. Refuses: NotYourRole."""

    def set_library_language(self, library_id: str, language: str | None, actor: Document) -> Document:
        """`Library`, read in the language by those of it who have not chosen; None: as the county.
        Refuses: NotYourRole."""

    def set_colleague_language(self, colleague_id: str, language: str | None, actor: Document) -> Document:
        """`Colleague`, written to in the language; None: as the library. Refuses: NotYourRole."""

    def list_colleagues(self, library_id: str, actor: Document | None = None) -> list[Document]:
        """`Colleague`s of a library, names as far as each has chosen to share with the actor."""

    def write_colleague(self, colleague: Document, actor: Document) -> Document:
        """`Colleague` written down by her manager or the county: {id, library_id, name, email, is_manager}.
        Refuses: NotYourRole, SameKeyOtherBody."""

    def set_choices(self, colleague_id: str, choices: Document, actor: Document) -> Document:
        """`Colleague`, by herself alone. `choices`: {sharing, may_be_offered}. Refuses: NotYourRole."""

    def set_skills(self, colleague_id: str, skills: Document, actor: Document) -> Document:
        """`Colleague`. `skills`: {can, can_teach, wants_to_learn, own_words}. Refuses: NotYourRole."""

    def confirm_skills(self, colleague_id: str, codes: list[str], actor: Document) -> Document:
        """`Colleague` of whom the manager confirms exactly these. Refuses: NotYourRole."""

    def export_person(self, colleague_id: str, actor: Document) -> Document:
        """Everything kept of the colleague: `{exported_at, legal_basis, library, colleague, offers, requests,
        erasures, invitation, acceptances}`. Refuses: NotYourRole."""

    def erase_person(self, colleague_id: str, actor: Document) -> list[Document]:
        """Nothing of the colleague is kept, here and in every county: `[{county, asked_at, confirmed_at}]`,
        this county's own row too. Refuses: NotYourRole."""

    def erasure(self, colleague_id: str, actor: Document) -> list[Document]:
        """How far the erasure has come, as `erase_person` answers. Refuses: NotYourRole."""

    def waiting_erasures(self) -> list[Document]:
        """`[{county, people, asked_at}]`: counties that have not confirmed erasures, of how many people, and
        since when; nobody is named."""

    def list_skills(self) -> list[Document]:
        """`Skill`s, by category and code."""

    def write_skill(self, skill: Document, actor: Document) -> Document:
        """`Skill` of the county's own. Refuses: NotYourRole, SameKeyOtherBody (a shared entry's code),
        SkillKnown (another entry's name), Malformed."""

    def mapping(self) -> Document:
        """Which skills exist, are wanted and are missing; the county first, then each municipality:
        `{county, mapped_on, places: [{municipality_code, name, libraries, exist, wanted, missing,
        is_from_offers, conclusion: {code, parameters}}]}`. Codes: mapping_lacks, mapping_covered (both
        {skills, exist, all}), mapping_unknown {exist, all}."""

    def create_offer(self, offer: Document, actor: Document) -> Document:
        """`Offer` as stored. `offer`: an `Offer` without county, names and version.
        Refuses: NotYourRole, ColleagueNotAgreed, OfferOverlaps, TooFewAtHome, BelowHalfDay, DateOrder,
        DatePast, DateTooFar, FieldMissing (skills), SameKeyOtherBody."""

    def withdraw_offer(self, offer_id: str, actor: Document) -> Document:
        """`Offer`, now withdrawn. Refuses: NotYourRole."""

    def renew_offer(self, offer_id: str, actor: Document) -> Document:
        """`Offer`, ending half a year from today. Refuses: NotYourRole, NotNow."""

    def get_offer(self, offer_id: str, actor: Document | None = None) -> Document:
        """`Offer`."""

    def list_offers(
        self, library_id: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Document:
        """`{items: [Offer], next_cursor}`, open ones."""

    def create_request(self, request: Document, actor: Document) -> Document:
        """`SeenRequest` as stored. `request`: a `Request` without county, names and version; without `reach`
        it is for the own county first. With `to_library_id` it is told to that library alone.
        Refuses: NotYourRole, BelowHalfDay, TooManyDays, DateOrder, DatePast, DateTooFar, NoOpenDay,
        OwnLibrary, HostContactMissing, FieldMissing (skills), CountyFrozen, CountyUnknown,
        SameKeyOtherBody."""

    def open_request(self, request_id: str, actor: Document) -> Document:
        """`SeenRequest`, now on the board (`is_open`).
        Refuses: NotYourRole, RequestClosed, AlreadyCovered."""

    def widen_request(
        self,
        request_id: str,
        actor: Document,
        reach: str | None = None,
        widens_after_days: int | None = None,
    ) -> Document:
        """`SeenRequest` that reaches so far (None: as before) and widens by itself after so many days (None:
        never). Refuses: NotYourRole, RequestClosed, AlreadyCovered, NotNow (a narrower reach)."""

    def close_request(self, request_id: str, actor: Document) -> Document:
        """`SeenRequest`, now closed. Refuses: NotYourRole, AlreadyCovered."""

    def decline_request(self, request_id: str, actor: Document) -> Document:
        """`SeenRequest` that the library asked directly says no to; the library that asks is told. Refuses:
        NotYourRole, RequestClosed, AlreadyCovered, NotNow (on the board)."""

    def asked_directly(self, library_id: str) -> list[Document]:
        """`SeenRequest`s that wait for this library's answer alone, the soonest first."""

    def get_request(self, request_id: str) -> Document:
        """`SeenRequest`."""

    def list_requests(
        self, library_id: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Document:
        """`{items: [SeenRequest], next_cursor}`, open ones first."""

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
        """Needs and offers as this library sees them, nearest first:
        `{items: [{kind: need|offer, id, library: Library, document: Request|Offer, distance_km,
        travel_minutes, travel_km,
        is_possible, reasons: [Reason], helpers: [names of own colleagues who can]}], next_cursor}`.
        `show`: all, needs or offers. `text`: words in any ending, all of which must be there. Refuses:
        DateOrder."""

    def list_peers(self) -> list[Document]:
        """`Peer`s."""

    def act_on_peer(self, act: Document, actor: Document) -> Document:
        """`Peer`, stopped, open again or with another fuse. `act`: a `NewPeerAct`. Refuses: NotYourRole,
        FieldMissing (reason), CountyUnknown, NotNow, SameKeyOtherBody."""

    def peer_acts(self, limit: int = 50) -> list[Document]:
        """`PeerAct`s: who has stopped, opened or limited the exchange with which county, newest first."""
