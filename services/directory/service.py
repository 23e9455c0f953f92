"""The directory's shell: which message and which call meets which operation."""

from typing import Any

from byttebank.contracts.received import ReceivedMessage, SentMessage
from byttebank.messaging.service import Runtime, every, on_local, on_own, on_peer, rpc
from byttebank.storage.work import Work
from services.directory import operations
from services.directory.joining import JoiningLibraries
from services.directory.measuring import MeasuredErasures

Document = dict[str, Any]
HOUR_SECONDS = 3600


class DirectoryService(JoiningLibraries, MeasuredErasures):
    """Who: libraries, colleagues, skills, offers, requests, peers (`contracts.rpc.DirectoryPort`)."""

    name = "directory"
    runtime = Runtime()

    @rpc
    def county(self) -> Document:
        with self.runtime.reading() as work:
            return operations.county(work)

    @rpc
    def list_libraries(
        self, county: str | None = None, query: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Document:
        with self.runtime.reading() as work:
            return operations.list_libraries(work, county, query, cursor, limit)

    @rpc
    def get_library(self, library_id: str) -> Document:
        with self.runtime.reading() as work:
            return operations.get_library(work, library_id)

    @rpc
    def write_library(self, library: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.write_library(work, library, actor)

    @rpc
    def set_library_page(self, library_id: str, page: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.set_library_page(work, library_id, page, actor)

    @rpc
    def set_library_language(self, library_id: str, language: str | None, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.set_library_language(work, library_id, language, actor)

    @rpc
    def set_colleague_language(self, colleague_id: str, language: str | None, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.set_colleague_language(work, colleague_id, language, actor)

    @rpc
    def list_colleagues(self, library_id: str, actor: Document | None = None) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.list_colleagues(work, library_id, actor)

    @rpc
    def write_colleague(self, colleague: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.write_colleague(work, colleague, actor)

    @rpc
    def set_choices(self, colleague_id: str, choices: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.set_choices(work, colleague_id, choices, actor)

    @rpc
    def set_skills(self, colleague_id: str, skills: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.set_skills(work, colleague_id, skills, actor)

    @rpc
    def confirm_skills(self, colleague_id: str, codes: list[str], actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.confirm_skills(work, colleague_id, codes, actor)

    @rpc
    def export_person(self, colleague_id: str, actor: Document) -> Document:
        with self.runtime.reading() as work:
            return operations.export_person(work, colleague_id, actor)

    @rpc
    def erase_person(self, colleague_id: str, actor: Document) -> list[Document]:
        with self.runtime.work() as work:
            return operations.erase_person(work, colleague_id, actor)

    @rpc
    def erasure(self, colleague_id: str, actor: Document) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.erasure(work, colleague_id, actor)

    @rpc
    def waiting_erasures(self) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.waiting_erasures(work)

    @rpc
    def list_skills(self) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.list_skills(work)

    @rpc
    def write_skill(self, skill: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.write_skill(work, skill, actor)

    @rpc
    def mapping(self) -> Document:
        with self.runtime.reading() as work:
            return operations.mapping(work)

    @rpc
    def create_offer(self, offer: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.create_offer(work, offer, actor)

    @rpc
    def withdraw_offer(self, offer_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.withdraw_offer(work, offer_id, actor)

    @rpc
    def renew_offer(self, offer_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.renew_offer(work, offer_id, actor)

    @rpc
    def get_offer(self, offer_id: str, actor: Document | None = None) -> Document:
        with self.runtime.reading() as work:
            return operations.get_offer(work, offer_id, actor)

    @rpc
    def list_offers(
        self, library_id: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Document:
        with self.runtime.reading() as work:
            return operations.list_offers(work, library_id, cursor, limit)

    @rpc
    def create_request(self, request: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.create_request(work, request, actor)

    @rpc
    def open_request(self, request_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.open_request(work, request_id, actor)

    @rpc
    def widen_request(
        self,
        request_id: str,
        actor: Document,
        reach: str | None = None,
        widens_after_days: int | None = None,
    ) -> Document:
        with self.runtime.work() as work:
            return operations.widen_request(work, request_id, actor, reach, widens_after_days)

    @rpc
    def close_request(self, request_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.close_request(work, request_id, actor)

    @rpc
    def decline_request(self, request_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.decline_request(work, request_id, actor)

    @rpc
    def asked_directly(self, library_id: str) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.asked_directly(work, library_id)

    @rpc
    def get_request(self, request_id: str) -> Document:
        with self.runtime.reading() as work:
            return operations.get_request(work, request_id)

    @rpc
    def list_requests(
        self, library_id: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Document:
        with self.runtime.reading() as work:
            return operations.list_requests(work, library_id, cursor, limit)

    @rpc
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
        filters = (show, skill, county, max_km, category, text, first_on, last_on, only_possible)
        with self.runtime.reading() as work:
            return operations.board(work, library_id, *filters, cursor, limit)

    @rpc
    def list_peers(self) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.list_peers(work)

    @rpc
    def act_on_peer(self, act: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.act_on_peer(work, act, actor)

    @rpc
    def peer_acts(self, limit: int = 50) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.peer_acts(work, limit)

    @on_local("EngagementChanged")
    def engagement_changed(self, work: Work, body: Document) -> None:
        operations.engagement_changed(work, body)

    @on_local("PeerEquivocated")
    def peer_equivocated(self, work: Work, body: Document) -> None:
        operations.peer_equivocated(work, body)

    @on_peer("LibraryPublished")
    def library_published(self, work: Work, message: ReceivedMessage) -> None:
        operations.receive_library(work, message)

    @on_peer("OfferPublished")
    def offer_published(self, work: Work, message: ReceivedMessage) -> None:
        operations.receive_offer(work, message)

    @on_peer("RequestOpened")
    def request_opened(self, work: Work, message: ReceivedMessage) -> None:
        operations.receive_request(work, message)

    @on_peer("RequestDeclined")
    def request_declined(self, work: Work, message: ReceivedMessage) -> None:
        operations.receive_declined(work, message)

    @on_peer("PartnershipChanged")
    def partnership_changed(self, work: Work, message: ReceivedMessage) -> None:
        operations.receive_partnership(work, message)

    @on_peer("ErasePerson")
    def erase_person_asked(self, work: Work, message: ReceivedMessage) -> None:
        operations.receive_erasure(work, message)

    @on_peer("PersonErased")
    def person_erased(self, work: Work, message: ReceivedMessage) -> None:
        operations.person_erased(work, message)

    @on_own("ErasePerson")
    def own_erasure(self, work: Work, message: SentMessage) -> None:
        operations.own_erasure(work, message)

    @on_own("PartnershipChanged")
    def own_partnership(self, work: Work, message: SentMessage) -> None:
        operations.own_partnership(work, message)

    @on_own("LibraryPublished")
    def own_library(self, work: Work, message: SentMessage) -> None:
        operations.own_library(work, message)

    @on_own("OfferPublished")
    def own_offer(self, work: Work, message: SentMessage) -> None:
        operations.own_offer(work, message)

    @on_own("RequestOpened")
    def own_request(self, work: Work, message: SentMessage) -> None:
        operations.own_request(work, message)

    @every(HOUR_SECONDS, at_start=True)
    def tidy(self) -> None:
        """What is due by the day is done, in bounded steps."""
        steps = (operations.place_missing, operations.widen_requests, operations.tell_unanswered)
        for step in (*steps, operations.forget_links):
            is_more = True
            while is_more:
                with self.runtime.work() as work:
                    is_more = step(work) > 0
