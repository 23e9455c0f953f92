"""The part of matching's shell that deals with vandring rounds and reflections."""

from typing import Any

from byttebank import telemetry
from byttebank.messaging.service import Runtime, every, rpc
from services.matching import operations

Document = dict[str, Any]
LOOK_SECONDS = 5
REFLECTION_SECONDS = 60
AT_A_TIME = 25
"""Proposals in one look, so that other work gets its turn."""

_log = telemetry.logger(__name__)


class VandringRounds:
    """Everyone visits one and hosts one: invited, planned, published, changed, followed up."""

    runtime: Runtime
    last_looked_at: dict[str, str] = {}
    """Visit by county, for one process may run several; nameko makes this object anew for every call."""

    @rpc
    def vandring_rounds(self, limit: int = 24) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.vandring_rounds(work, limit)

    @rpc
    def vandring_round(self, round_id: str) -> Document:
        with self.runtime.reading() as work:
            return operations.vandring_round(work, round_id)

    @rpc
    def library_vandrings(self, library_id: str) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.library_vandrings(work, library_id)

    @rpc
    def library_vandring(self, round_id: str, library_id: str) -> Document:
        with self.runtime.reading() as work:
            return operations.library_vandring(work, round_id, library_id)

    @rpc
    def create_vandring_round(self, round: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.create_vandring_round(work, round, actor)

    @rpc
    def answer_vandring(self, round_id: str, library_id: str, answer: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.answer_vandring(work, round_id, library_id, answer, actor)

    @rpc
    def plan_vandring_round(self, round_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.plan_vandring_round(work, round_id, actor)

    @rpc
    def publish_vandring_round(self, round_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.publish_vandring_round(work, round_id, actor)

    @rpc
    def discard_vandring_round(self, round_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.discard_vandring_round(work, round_id, actor)

    @rpc
    def propose_visit(
        self, visit_id: str, engagement_id: str, colleague_id: str, day: str, actor: Document
    ) -> Document:
        with self.runtime.work() as work:
            return operations.propose_visit(work, visit_id, engagement_id, colleague_id, day, actor)

    @rpc
    def ask_vandring_swap(
        self, round_id: str, swap_id: str, other_library_id: str, actor: Document
    ) -> Document:
        with self.runtime.work() as work:
            return operations.ask_vandring_swap(work, round_id, swap_id, other_library_id, actor)

    @rpc
    def answer_vandring_swap(self, swap_id: str, accepts: bool, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.answer_vandring_swap(work, swap_id, accepts, actor)

    @rpc
    def leave_vandring(self, round_id: str, library_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.leave_vandring(work, round_id, library_id, actor)

    @rpc
    def remind_of_reflections(self, round_id: str, actor: Document) -> int:
        with self.runtime.work() as work:
            return operations.remind_of_reflections(work, round_id, actor)

    @rpc
    def write_reflection(self, reflection: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.write_reflection(work, reflection, actor)

    @rpc
    def reflection(self, engagement_id: str, library_id: str) -> Document | None:
        with self.runtime.reading() as work:
            return operations.reflection(work, engagement_id, library_id)

    @rpc
    def reflections(self, words: str = "", limit: int = 50) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.reflections(work, words, limit)

    @every(LOOK_SECONDS)
    def propose_visits(self) -> None:
        """Visits whose visitor is known are proposed, each by itself: one that fails stops no other.

        The next look begins behind the last visit of this one, so those that fail have their turn and no
        more.
        """
        county = self.runtime.county
        with self.runtime.reading() as work:
            waiting = operations.waiting_visits(work, AT_A_TIME, self.last_looked_at.get(county, ""))
        for visit_id in waiting:
            self.last_looked_at[county] = visit_id
            try:
                with self.runtime.work() as work:
                    operations.propose_waiting(work, visit_id)
            except Exception:
                _log.exception("A visit could not be proposed", visit_id=visit_id)

    @every(REFLECTION_SECONDS)
    def ask_for_reflections(self) -> None:
        """Whoever was on a visit a week ago, or two, and wrote nothing, is asked."""
        with self.runtime.reading() as work:
            is_due = operations.are_due(work)
        if is_due:
            with self.runtime.work() as work:
                operations.ask_for_reflections(work)
