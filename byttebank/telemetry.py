"""What a node tells about itself: structured logs on stderr and metrics for Prometheus.

Ids that belong together (`request_id`, `transfer_id`, `engagement_id`) are bound once and then carried: in a
greenlet by context variables, between services by RPC headers, the outbox and message headers. Metrics are
named `byttebank_*` with base units; their labels are few (county, service, method, message, peer, outcome),
never a library or a person. What copies of a service read from their database is the same in all of them:
take the highest, not the sum.
"""

import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import structlog
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    Counter,
    Gauge,
    Histogram,
    Info,
    generate_latest,
)

TRACE_KEYS = ("request_id", "transfer_id", "engagement_id")
"""The ids that travel from one process to the next, as a dictionary of texts."""

SECONDS_BUCKETS = (0.001, 0.005, 0.025, 0.1, 0.25, 1.0, 2.5, 5.0, 10.0)

RPC_CALLS = Counter(
    "byttebank_rpc_calls",
    "Calls a service answered: ok, refused, failed or expired (its caller had given up).",
    ["county", "service", "method", "outcome"],
)
RPC_SECONDS = Histogram(
    "byttebank_rpc_seconds",
    "Time a service took to answer a call.",
    ["county", "service", "method"],
    buckets=SECONDS_BUCKETS,
)
RPC_REQUESTS = Counter(
    "byttebank_rpc_requests",
    "Calls as the caller saw them: ok, refused, failed, timed_out or unreachable.",
    ["county", "service", "outcome"],
)
MESSAGES_HANDLED = Counter(
    "byttebank_messages_handled",
    "Messages acknowledged, by outcome: applied, duplicate or parked; a peer's also held, control or frozen.",
    ["county", "service", "message", "outcome"],
)
MESSAGE_SECONDS = Histogram(
    "byttebank_message_seconds",
    "Time from the arrival of a message to its acknowledgement, retries included.",
    ["county", "service", "message"],
    buckets=SECONDS_BUCKETS,
)
MESSAGE_RETRIES = Counter(
    "byttebank_message_retries",
    "Attempts at a message that failed and were tried again.",
    ["county", "service"],
)
MESSAGES_PARKED = Counter(
    "byttebank_messages_parked",
    "Messages put aside for a person to look at, by the reason's code.",
    ["county", "service", "reason"],
)
OUTBOX_PUBLISHED = Counter(
    "byttebank_outbox_published",
    "Outbox messages the broker confirmed, to this county (local) or to others (peer).",
    ["county", "service", "kind"],
)
OUTBOX_OLDEST_SECONDS = Gauge(
    "byttebank_outbox_oldest_seconds",
    "Age of the oldest message that our broker should have and has not; 0 when there is none.",
    ["county", "service"],
)
MESSAGES_KEPT = Gauge(
    "byttebank_kept_messages",
    "Rows of the inbox and the outbox, told apart by table; counted every hour.",
    ["county", "service", "table"],
)
MESSAGES_PRUNED = Counter(
    "byttebank_messages_pruned",
    "Rows of the inbox and the outbox that were older than the node keeps them, and are gone.",
    ["county", "service", "table"],
)
PARKED_MESSAGES = Gauge(
    "byttebank_parked_messages",
    "Messages that lie parked now.",
    ["county", "service"],
)
PEER_OLDEST_WAITING_SECONDS = Gauge(
    "byttebank_peer_oldest_waiting_seconds",
    "Age of the oldest message that the peer has not said it holds, wherever it is; 0 when there is none.",
    ["county", "service", "peer"],
)
PEER_LAST_CONTACT = Gauge(
    "byttebank_peer_last_contact_timestamp_seconds",
    "When anything last arrived from the peer; 0 when nothing ever did.",
    ["county", "service", "peer"],
)
PEER_CLOCK_OFFSET_SECONDS = Gauge(
    "byttebank_peer_clock_offset_seconds",
    "How far the peer's clock is proven to be ahead of ours, below zero behind; 0 when they agree.",
    ["county", "service", "peer"],
)
CHANNEL_STATE = Gauge(
    "byttebank_channel_state",
    "1 for the state that the channel to the peer is in, 0 for the other two.",
    ["county", "service", "peer", "state"],
)
DATABASE_UP = Gauge(
    "byttebank_database_up",
    "1 when the service's database answered the last time it was asked, some seconds ago; else 0.",
    ["county", "service"],
)
BUILD = Info("byttebank_build", "The release that runs.")
TIMER_TICKS = Counter(
    "byttebank_timer_ticks",
    "Ticks of a service's timers: ok or failed.",
    ["county", "service", "method", "outcome"],
)
HTTP_REQUESTS = Counter(
    "byttebank_http_requests",
    "Requests answered.",
    ["county", "method", "status"],
)
HTTP_SECONDS = Histogram(
    "byttebank_http_seconds",
    "Time from a request to the end of its answer.",
    ["county", "method"],
    buckets=SECONDS_BUCKETS,
)

LOCAL_OUTCOMES = ("applied", "duplicate", "parked")
PEER_OUTCOMES = (*LOCAL_OUTCOMES, "held", "control", "frozen")
FROM_PEER = "from_peer"
"""The label `message` of all messages from other counties."""

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def set_up_logging(level: str = "INFO", *, as_json: bool | None = None) -> None:
    """Every log line of the process, ours and the libraries', goes to stderr as one line.

    `as_json` None: JSON unless stderr is a terminal, where it is `key=value`.
    """
    if as_json is None:
        as_json = not sys.stderr.isatty()
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if not as_json:
        first = ["timestamp", "level", "event", "county", "service"]
        renderer = structlog.processors.KeyValueRenderer(key_order=first, drop_missing=True)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_is_worth_a_line)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("alembic", "amqp", "kombu", "nameko"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def logger(name: str) -> Any:
    """A logger that takes its message and then ids and facts by keyword."""
    return structlog.stdlib.get_logger(name)


@contextmanager
def bound(**ids: str | None) -> Iterator[None]:
    """Within the block, log lines of this greenlet carry these ids. Those that are None are left out."""
    with structlog.contextvars.bound_contextvars(**{key: value for key, value in ids.items() if value}):
        yield


def bind(**ids: str | None) -> None:
    """From now on, log lines of this greenlet carry these ids. For greenlets that end with their task."""
    structlog.contextvars.bind_contextvars(**{key: value for key, value in ids.items() if value})


def unbind(*ids: str) -> None:
    """From now on, log lines of this greenlet do not carry these ids."""
    structlog.contextvars.unbind_contextvars(*ids)


def current_trace() -> dict[str, str]:
    """The ids bound in this greenlet that travel on with what it causes."""
    context = structlog.contextvars.get_contextvars()
    return {key: str(context[key]) for key in TRACE_KEYS if context.get(key)}


def read_trace(carried: Mapping[str, Any]) -> dict[str, str]:
    """The travelling ids among a message's headers; whatever else is there is ignored."""
    return {key: carried[key][:80] for key in TRACE_KEYS if isinstance(carried.get(key), str)}


def begin_at_zero(county: str, service: str, *, methods: Iterable[str], messages: Iterable[str]) -> None:
    """The series of a service exist before anything has happened, so that the first event is seen as a rise.

    `methods` that it answers, and `messages` that it hears, `FROM_PEER` among them if it does.
    """
    for method in methods:
        RPC_SECONDS.labels(county, service, method)
        for outcome in ("ok", "refused", "failed", "expired"):
            RPC_CALLS.labels(county, service, method, outcome)
    for message in messages:
        MESSAGE_SECONDS.labels(county, service, message)
        for outcome in PEER_OUTCOMES if message == FROM_PEER else LOCAL_OUTCOMES:
            MESSAGES_HANDLED.labels(county, service, message, outcome)
    MESSAGE_RETRIES.labels(county, service)
    for kind in ("local", "peer"):
        OUTBOX_PUBLISHED.labels(county, service, kind)


def tell_release() -> None:
    """The metrics say which release runs."""
    BUILD.info({"version": version("byttebank")})


def metrics_app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI: `GET /metrics` in the text format of Prometheus, 404 for anything else."""
    if environ.get("PATH_INFO") != "/metrics":
        start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return [b""]
    text = generate_latest(REGISTRY)
    start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST), ("Content-Length", str(len(text)))])
    return [text]


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    # nameko warns, with a traceback, of each refusal; refusals are answers, and counted by our own shell.
    return not (record.name == "nameko.containers" and str(record.msg).startswith("(expected)"))
