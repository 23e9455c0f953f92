"""The part of matching's shell that deals with rounds. The computation runs in a process of its own."""

from typing import Any

from byttebank import telemetry
from byttebank.contracts.received import ReceivedMessage, SentMessage
from byttebank.messaging.service import Runtime, every, on_local, on_own, on_peer, rpc
from byttebank.storage.work import Work
from services.matching import operations
from services.matching.computing import Computation

Document = dict[str, Any]
LOOK_SECONDS = 1
JOINT_SECONDS = 5
FORGET_SECONDS = 3600
AT_A_TIME = 25
"""Proposals in one look, so that other work gets its turn."""

_log = telemetry.logger(__name__)


class MatchingRounds:
    """Rounds of matching: decided on, computed, published, shown."""

    runtime: Runtime
    computations: dict[str, Computation] = {}
    """By county, for one process may run several; nameko makes this object anew for every call."""

    @rpc
    def matching_rounds(self, limit: int = 24) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.matching_rounds(work, limit)

    @rpc
    def matching_round(self, round_id: str) -> Document:
        with self.runtime.reading() as work:
            return operations.matching_round(work, round_id)

    @rpc
    def matching_round_input(self, round_id: str) -> str:
        with self.runtime.reading() as work:
            return operations.matching_round_input(work, round_id)

    @rpc
    def published_rounds(self, limit: int = 24) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.published_rounds(work, limit)

    @rpc
    def create_matching_round(self, round: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.create_matching_round(work, round, actor, self.runtime.key)

    @rpc
    def run_matching_round(self, round_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.run_matching_round(work, round_id, actor)

    @rpc
    def stop_matching_round(self, round_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.stop_matching_round(work, round_id, actor)

    @rpc
    def publish_matching_round(self, round_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.publish_matching_round(work, round_id, actor)

    @rpc
    def discard_matching_round(self, round_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.discard_matching_round(work, round_id, actor)

    @on_local("AccountsReported")
    def accounts_reported(self, work: Work, body: Document) -> None:
        operations.accounts_reported(work, body)
        operations.joint_accounts_reported(work, body, self.runtime.key)

    @on_peer("MATCHING_ROUND")
    def joint_documents(self, work: Work, message: ReceivedMessage) -> None:
        operations.joint_documents(work, message)

    @on_own("MATCHING_ROUND")
    def own_joint_documents(self, work: Work, message: SentMessage) -> None:
        operations.own_joint_documents(work, message)

    @every(JOINT_SECONDS)
    def go_on_with_joint_rounds(self) -> None:
        """What has arrived and what time it is, for every round with other counties that is open.

        Each by itself: one that fails stops no other.
        """
        if self.runtime.key is None:
            return
        with self.runtime.reading() as work:
            found = operations.open_joint_rounds(work)
        for round_id in found:
            try:
                with self.runtime.work() as work:
                    operations.go_on_with_joint(work, round_id, self.runtime.key)
            except Exception:
                _log.exception("A joint round could not go on", round_id=round_id)

    @every(FORGET_SECONDS, at_start=True)
    def forget_pseudonyms(self) -> None:
        """Of rounds whose days have been, nothing says whom a pseudonym stood for."""
        with self.runtime.work() as work:
            count = operations.forget_pseudonyms(work)
        if count:
            _log.info("Pseudonyms of rounds that are over are forgotten", rounds=count)

    @every(LOOK_SECONDS)
    def go_on_with_rounds(self) -> None:
        """One step of the round under way: begun, looked at, ended, or some more of it proposed."""
        with self.runtime.reading() as work:
            found = operations.round_at_work(work)
        county = self.runtime.county
        own = self.computations.get(county)
        if own is not None and (found is None or (own.round_id, own.run) != (found["id"], found["run"])):
            self._close()
            own = None
        if found is None:
            return
        if found["stage"] == "waiting":
            self._begin(found["id"])
        elif found["stage"] == "publishing":
            self._publish(found["id"])
        elif own is not None:
            self._look(own, is_stopping=found["is_stopping"])
        elif found["is_dead"]:
            _log.warning("A round's computation was interrupted", round_id=found["id"])
            with self.runtime.work() as work:
                operations.computation_ended(work, found["id"], found["run"])

    def _begin(self, round_id: str) -> None:
        with self.runtime.work() as work:
            begun = operations.begin_computing(work, round_id)
        if begun is not None:
            run, given = begun
            self.computations[self.runtime.county] = Computation(round_id, run, given)
            _log.info("A round is computed", round_id=round_id, run=run)

    def _look(self, own: Computation, *, is_stopping: bool) -> None:
        if is_stopping:
            own.stop()
        days_served, bound = own.progress() or (None, None)
        if not own.is_over:
            with self.runtime.work() as work:
                is_counted = operations.computing(work, own.round_id, own.run, days_served, bound)
            if not is_counted:
                self._close()
            return
        try:
            outcome, code = own.outcome(), None
        except ValueError as error:
            _log.error("A round was refused", round_id=own.round_id, said=str(error))
            outcome, code = None, "too_large"
        with self.runtime.work() as work:
            if outcome is None:
                operations.computation_ended(work, own.round_id, own.run, code)
            else:
                operations.computed(work, own.round_id, own.run, outcome)
        self._close()
        if outcome is not None:
            totals = {name: outcome[name] for name in ("status", "days_served", "bound", "seconds")}
            _log.info("A round is computed to its end", round_id=own.round_id, **totals)

    def _publish(self, round_id: str) -> None:
        for _ in range(AT_A_TIME):
            with self.runtime.work() as work:
                is_more = operations.publish_next(work, round_id)
            if not is_more:
                _log.info("A round is published", round_id=round_id)
                return

    def _close(self) -> None:
        self.computations.pop(self.runtime.county).close()
