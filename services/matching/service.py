"""The shell of matching: RPC, events, messages of peers and the clock, each handed to one operation."""

from typing import Any

from byttebank.contracts.received import ReceivedMessage, SentMessage
from byttebank.messaging.service import Runtime, every, on_local, on_own, on_peer, rpc
from byttebank.storage.work import Work
from services.matching import operations
from services.matching.measuring import MeasuredRounds
from services.matching.round_shell import MatchingRounds
from services.matching.vandring_shell import VandringRounds

Document = dict[str, Any]
TICK_SECONDS = 60


class MatchingService(MatchingRounds, VandringRounds, MeasuredRounds):
    """What fits: candidates and engagements (`byttebank.contracts.rpc.MatchingPort`)."""

    name = "matching"
    runtime = Runtime()

    @rpc
    def candidates(self, request_id: str, limit: int = 10) -> Document:
        with self.runtime.reading() as work:
            return operations.candidates(work, request_id, limit)

    @rpc
    def propose(self, proposal: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.propose(work, proposal, actor)

    @rpc
    def accept(
        self,
        engagement_id: str,
        actor: Document,
        host_contact_id: str | None = None,
        host_contact_name: str | None = None,
    ) -> Document:
        with self.runtime.work() as work:
            return operations.accept(work, engagement_id, actor, host_contact_id, host_contact_name)

    @rpc
    def decline(self, engagement_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.decline(work, engagement_id, actor)

    @rpc
    def cancel(self, engagement_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.cancel(work, engagement_id, actor)

    @rpc
    def ask_move(self, engagement_id: str, dates: list[str], actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.ask_move(work, engagement_id, dates, actor)

    @rpc
    def answer_move(self, engagement_id: str, dates: list[str], accepts: bool, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.answer_move(work, engagement_id, dates, accepts, actor)

    @rpc
    def confirm(self, engagement_id: str, happened: bool, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.confirm(work, engagement_id, happened, actor)

    @rpc
    def dispute(self, engagement_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.dispute(work, engagement_id, actor)

    @rpc
    def get_engagement(self, engagement_id: str, actor: Document) -> Document:
        with self.runtime.reading() as work:
            return operations.get_engagement(work, engagement_id, actor)

    @rpc
    def list_engagements(self, library_id: str, state: str | None = None) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.list_engagements(work, library_id, state)

    @rpc
    def disputes(self, actor: Document) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.disputes(work, actor)

    @rpc
    def rule(self, engagement_id: str, happened: bool, reason: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.rule(work, engagement_id, happened, reason, actor)

    @rpc
    def check_leaving(self, county: str) -> Document:
        with self.runtime.reading() as work:
            return operations.check_leaving(work, county)

    @rpc
    def export_person(self, person_id: str, actor: Document) -> Document:
        with self.runtime.reading() as work:
            return operations.export_person(work, person_id, actor)

    @rpc
    def ranking_weights(self, version: int | None = None) -> Document:
        with self.runtime.reading() as work:
            return operations.ranking_weights(work, version)

    @rpc
    def ranking_versions(self, limit: int = 24) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.ranking_versions(work, limit)

    @rpc
    def set_ranking_weights(self, points: Document, actor: Document, version: int | None = None) -> Document:
        with self.runtime.work() as work:
            return operations.set_ranking_weights(work, points, actor, version)

    @rpc
    def preview_ranking(self, points: Document, actor: Document) -> Document:
        with self.runtime.reading() as work:
            return operations.preview_ranking(work, points, actor)

    @on_local("CountyChanged")
    def county_changed(self, work: Work, body: Document) -> None:
        operations.county_changed(work, body)

    @on_local("PeerChanged")
    def peer_changed(self, work: Work, body: Document) -> None:
        operations.peer_changed(work, body)

    @on_local("LibraryChanged")
    def library_changed(self, work: Work, body: Document) -> None:
        operations.library_changed(work, body)

    @on_local("ParticipationAccepted")
    def participation_accepted(self, work: Work, body: Document) -> None:
        operations.participation_accepted(work, body)

    @on_local("ColleagueChanged")
    def colleague_changed(self, work: Work, body: Document) -> None:
        operations.colleague_changed(work, body)

    @on_local("PersonErased")
    def person_erased(self, work: Work, body: Document) -> None:
        operations.person_erased(work, body)

    @on_local("OfferChanged")
    def offer_changed(self, work: Work, body: Document) -> None:
        operations.offer_changed(work, body)

    @on_local("RequestChanged")
    def request_changed(self, work: Work, body: Document) -> None:
        operations.request_changed(work, body)

    @on_local("TravelTimesChanged")
    def travel_times_changed(self, work: Work, body: Document) -> None:
        operations.travel_times_changed(work, body)

    @on_local("DaysReserved")
    def days_reserved(self, work: Work, body: Document) -> None:
        operations.days_reserved(work, body)

    @on_local("ReservationRefused")
    def reservation_refused(self, work: Work, body: Document) -> None:
        operations.reservation_refused(work, body)

    @on_local("DaysPosted")
    def days_posted(self, work: Work, body: Document) -> None:
        operations.days_posted(work, body)

    @on_local("DaysReleased")
    def days_released(self, work: Work, body: Document) -> None:
        operations.days_released(work, body)

    @on_peer("EngagementProposed")
    def engagement_proposed(self, work: Work, message: ReceivedMessage) -> None:
        operations.engagement_proposed(work, message)

    @on_peer("EngagementShared")
    def engagement_shared(self, work: Work, message: ReceivedMessage) -> None:
        operations.engagement_shared(work, message)

    @on_own("EngagementShared")
    def own_shared(self, work: Work, message: SentMessage) -> None:
        operations.own_shared(work, message)

    @on_peer("EngagementAccepted")
    def engagement_accepted(self, work: Work, message: ReceivedMessage) -> None:
        operations.answered(work, message)

    @on_peer("EngagementDeclined")
    def engagement_declined(self, work: Work, message: ReceivedMessage) -> None:
        operations.answered(work, message)

    @on_peer("EngagementCancelled")
    def engagement_cancelled(self, work: Work, message: ReceivedMessage) -> None:
        operations.answered(work, message)

    @on_peer("EngagementConfirmed")
    def engagement_confirmed(self, work: Work, message: ReceivedMessage) -> None:
        operations.answered(work, message)

    @on_peer("EngagementDisputed")
    def engagement_disputed(self, work: Work, message: ReceivedMessage) -> None:
        operations.answered(work, message)

    @on_peer("EngagementMoveAsked")
    def engagement_move_asked(self, work: Work, message: ReceivedMessage) -> None:
        operations.answered(work, message)

    @on_peer("EngagementMoveAnswered")
    def engagement_move_answered(self, work: Work, message: ReceivedMessage) -> None:
        operations.answered(work, message)

    @every(TICK_SECONDS)
    def tick(self) -> None:
        """Each silence in a transaction of its own: one that fails stops no other, and the last is told."""
        with self.runtime.reading() as work:
            waiting = operations.due(work)
        failure: Exception | None = None
        for engagement_id in waiting:
            try:
                with self.runtime.work() as work:
                    operations.pass_time(work, engagement_id)
            except Exception as error:
                failure = error
        if failure is not None:
            raise failure
