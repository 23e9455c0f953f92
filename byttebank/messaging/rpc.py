"""The caller's side of RPC: the four services of a county behind their ports, each call with a deadline.

No answer in time: a read refuses `ServiceUnavailable`, a write `UnknownOutcome` (it may have happened; trying
again with the same id is safe). A service that is not there refuses at once. A call that still waits in its
queue when the caller gives up is never carried out.
"""

import inspect
import json
import time
from collections.abc import Callable
from itertools import product
from typing import Any, cast

import eventlet
from eventlet.event import Event
from kombu.message import Message
from nameko.exceptions import deserialize, deserialize_to_instance

from byttebank import telemetry
from byttebank.contracts.refusals import Refusal, ServiceUnavailable, UnknownOutcome, all_refusals
from byttebank.contracts.rpc import DirectoryPort, LedgerPort, MatchingPort, NotifyPort
from byttebank.identifiers import new_id
from byttebank.messaging import topology
from byttebank.messaging.calls import DEADLINE, TRANSIENT
from byttebank.messaging.deliveries import read_json
from byttebank.messaging.embedded import BrokerNotStarted, Publication
from byttebank.messaging.faults import is_passing
from byttebank.messaging.publishing import open_publisher
from byttebank.messaging.session import Session, Source

TIMEOUT_SECONDS = 5.0
READY_SECONDS = 10.0
ANSWER_BATCH = 20

PORTS: dict[str, type] = {
    "directory": DirectoryPort,
    "ledger": LedgerPort,
    "matching": MatchingPort,
    "notify": NotifyPort,
}

OUTCOMES = ("ok", "refused", "failed", "timed_out", "unreachable")
"""What may become of a call, as its caller sees it."""

WRITES = frozenset(
    {
        "create_offer",
        "withdraw_offer",
        "renew_offer",
        "write_skill",
        "write_library",
        "set_library_page",
        "write_colleague",
        "set_choices",
        "set_skills",
        "confirm_skills",
        "erase_person",
        "widen_request",
        "create_request",
        "set_library_language",
        "set_colleague_language",
        "open_request",
        "cancel_prepared",
        "act_on_peer",
        "reconcile",
        "close_request",
        "decline_request",
        "invite_library",
        "renew_invitation",
        "withdraw_invitation",
        "join_library",
        "accept_participation",
        "name_approver",
        "propose",
        "accept",
        "decline",
        "cancel",
        "ask_move",
        "answer_move",
        "confirm",
        "dispute",
        "mark_read",
        "resend_failed_mails",
        "rule",
        "make_promise",
        "date_promise",
        "withdraw_promise",
        "forgive_promise",
        "reverse",
        "decline_reversal",
        "make_whole",
        "close_account",
        "open_account",
        "merge_county",
        "grant_travel",
        "refund_travel",
        "return_refund",
        "set_ranking_weights",
        "create_matching_round",
        "run_matching_round",
        "stop_matching_round",
        "publish_matching_round",
        "discard_matching_round",
        "create_vandring_round",
        "answer_vandring",
        "plan_vandring_round",
        "publish_vandring_round",
        "discard_vandring_round",
        "propose_visit",
        "ask_vandring_swap",
        "answer_vandring_swap",
        "leave_vandring",
        "remind_of_reflections",
        "write_reflection",
        "propose_clearing",
        "close_clearing",
    }
)
"""The methods that change something. Without an answer nobody knows whether they did."""

_log = telemetry.logger(__name__)


class _GaveUp(Exception):
    """No answer came in time."""


class RpcClient:
    """Calls to the services of one county over one queue of answers. Safe for any number of greenlets."""

    def __init__(self, url: str, county: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._county = county
        self._timeout_seconds = timeout_seconds
        self._name = new_id()
        self._waiting: dict[str, Event] = {}
        self._publisher = open_publisher(url)
        self._session = Session(url, name=f"{county}.answers")
        self._session.read(Source(topology.reply_queue(self._name), self._take_answers, batch=ANSWER_BATCH))
        for refusal in all_refusals():
            deserialize_to_instance(refusal)
        for service, outcome in product(PORTS, OUTCOMES):
            telemetry.RPC_REQUESTS.labels(county, service, outcome)

    def start(self, spawn: Callable[..., Any] = eventlet.spawn) -> None:
        """Answers are read from now on. `spawn` runs the reading greenlet."""
        spawn(self._session.run)

    @property
    def is_ready(self) -> bool:
        """Answers can arrive."""
        return self._session.is_ready

    @property
    def lacks(self) -> str:
        """What keeps calls from going out and answers from arriving; empty when they can."""
        return self._session.lacks or self._publisher.lacks

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> bool:
        """Whether answers can arrive within so many seconds."""
        return self._session.wait_until_ready(seconds)

    def stop(self) -> None:
        """No answer is read any more; calls under way end as if no answer had come."""
        self._session.stop()
        self._publisher.close()
        for event in list(self._waiting.values()):
            if not event.ready():
                event.send_exception(_GaveUp())

    def call(
        self,
        service: str,
        method: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        *,
        is_write: bool,
        timeout_seconds: float | None = None,
    ) -> Any:
        """The method's answer.

        Refuses: the method's own refusals; `ServiceUnavailable` when the service is not there, failed, or did
        not answer a read in time; `UnknownOutcome` when it did not answer a write.
        """
        outcome = "ok"
        try:
            return self._ask(
                service, method, {"args": args, "kwargs": kwargs}, timeout_seconds or self._timeout_seconds
            )
        except Refusal as refusal:
            outcome = "unreachable" if isinstance(refusal, ServiceUnavailable) else "refused"
            raise
        except _GaveUp as error:
            outcome = "timed_out"
            _log.warning("No answer in time", called=f"{service}.{method}")
            raise (UnknownOutcome() if is_write else ServiceUnavailable(service=service)) from error
        except Exception as error:
            outcome = "failed"
            _log.error("A call failed", called=f"{service}.{method}", error=repr(error))
            # Without the broker nobody knows whether the call went out. A service that failed has changed
            # nothing.
            is_unknown = is_write and is_passing(error) and getattr(error, "is_sent", True)
            raise (UnknownOutcome() if is_unknown else ServiceUnavailable(service=service)) from error
        finally:
            telemetry.RPC_REQUESTS.labels(self._county, service, outcome).inc()

    def _ask(self, service: str, method: str, call: dict[str, Any], seconds: float) -> Any:
        correlation_id = new_id()
        answered = self._waiting[correlation_id] = Event()
        try:
            with eventlet.Timeout(seconds, _GaveUp()):
                publication = self._publication(service, method, call, correlation_id, seconds)
                try:
                    (outcome,) = self._publisher.publish([publication])
                except BrokerNotStarted as error:
                    raise ServiceUnavailable(service=service) from error
                if not outcome.is_confirmed:
                    raise ServiceUnavailable(service=service)
                answer = answered.wait()
        finally:
            del self._waiting[correlation_id]
        if answer.get("error"):
            raise deserialize(answer["error"])
        return answer["result"]

    def _publication(
        self, service: str, method: str, call: dict[str, Any], correlation_id: str, seconds: float
    ) -> Publication:
        milliseconds = max(int(seconds * 1000), 1)
        deadline = int(time.time() * 1000) + milliseconds
        return Publication(
            exchange=topology.RPC,
            routing_key=f"{service}.{method}",
            body=json.dumps(call, ensure_ascii=False).encode(),
            properties={
                "content_type": "application/json",
                "content_encoding": "utf-8",
                "delivery_mode": TRANSIENT,
                "reply_to": self._name,
                "correlation_id": correlation_id,
                "expiration": str(milliseconds),
                "application_headers": {**telemetry.current_trace(), DEADLINE: deadline},
            },
        )

    def _take_answers(self, messages: list[Message]) -> None:
        for message in messages:
            self._take_answer(message)
            self._session.acknowledge(message)

    def _take_answer(self, message: Message) -> None:
        body = message.body.encode() if isinstance(message.body, str) else bytes(message.body or b"")
        event = self._waiting.get(str(message.properties.get("correlation_id")))
        if event is not None and not event.ready():
            try:
                event.send(read_json(body))
            except Refusal as error:
                event.send_exception(error)


class RpcBackend:
    """The services of a county over RPC, by the ports of `byttebank.contracts.rpc`."""

    def __init__(self, client: RpcClient) -> None:
        self.directory = cast(DirectoryPort, _Caller(client, "directory"))
        self.ledger = cast(LedgerPort, _Caller(client, "ledger"))
        self.matching = cast(MatchingPort, _Caller(client, "matching"))
        self.notify = cast(NotifyPort, _Caller(client, "notify"))


class _Caller:
    """One service's port: a method for each of the port's, that calls it."""

    def __init__(self, client: RpcClient, service: str) -> None:
        for name, function in inspect.getmembers(PORTS[service], inspect.isfunction):
            if not name.startswith("_"):
                setattr(self, name, _method(client, service, name, inspect.signature(function)))


def _method(client: RpcClient, service: str, name: str, signature: inspect.Signature) -> Callable[..., Any]:
    def method(*args: Any, **kwargs: Any) -> Any:
        signature.bind(None, *args, **kwargs)
        return client.call(service, name, args, kwargs, is_write=name in WRITES)

    method.__name__ = name
    return method
