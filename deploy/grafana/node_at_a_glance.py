"""The Grafana dashboard of one node, as code.

    python deploy/grafana/node_at_a_glance.py       writes dashboards/node-at-a-glance.json anew

Days are shown as days: two half-days each. Copies of a service read the same database, so the highest of
their numbers counts, never the sum.
"""

import json
import re
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.builders import dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.common import BigValueColorMode, BigValueGraphMode
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

FILE = Path(__file__).parent / "dashboards" / "node-at-a-glance.json"
PROMETHEUS = model.DataSourceRef(type_val="prometheus", uid="$datasource")
HERE = '{county="$county"}'
OURS = '{job="byttebank", county="$county"}'
GREEN, AMBER, RED = "green", "orange", "red"

FOUR_NUMBERS = (
    ("Imbalance", "Debits less credits of the book, in days. Anything but 0 is a fault.", "none", (), 0.5,
     f"county:byttebank_ledger_imbalance_half_days:max{HERE} / 2"),
    ("In doubt", "Transfers that another county has not answered for a minute or more.", "none", (1,), 10,
     f"county:byttebank_ledger_in_doubt_transfers:max{HERE}"),
    ("Oldest waiting", "Age of the oldest message that its receiver does not hold yet.", "s", (300,), 1200,
     f"county:byttebank_oldest_waiting_seconds:max{HERE}"),
    ("Parked", "Messages that could not be used and wait for a person.", "none", (), 1,
     f"county:byttebank_parked_messages:sum{HERE}"),
)  # fmt: skip
"""Title, what it is, unit, where it turns amber, where red, expression."""

PEERS = (
    ("Owes us (days)", "none", f"max by (peer) (byttebank_ledger_peer_net_half_days{HERE}) / 2"),
    ("Fuse (days)", "none", f"max by (peer) (byttebank_ledger_peer_fuse_half_days{HERE}) / 2"),
    ("Fuse used", "percentunit", f"max by (peer) (byttebank_ledger_peer_fuse_use_ratio{HERE})"),
    ("In doubt", "none", f"max by (peer) (byttebank_ledger_peer_in_doubt_transfers{HERE})"),
    ("Oldest in doubt", "s", f"max by (peer) (byttebank_ledger_peer_oldest_in_doubt_seconds{HERE})"),
    ("Oldest waiting", "s",
     f"max by (peer) (county_service_peer:byttebank_peer_oldest_waiting_seconds:max{HERE})"),
    ("Silent for", "s", f"max by (peer) (county_service_peer:byttebank_peer_silence_seconds:min{HERE})"),
    ("Channels open", "none",
     'sum by (peer) (max by (service, peer) (byttebank_channel_state{county="$county", state="open"}))'),
    ("Channels frozen", "none",
     f"sum by (peer) (county_service_peer:byttebank_channel_frozen:max{HERE})"),
)  # fmt: skip
"""Column, unit, expression; one row for each peer."""

SERVICE, PER_COUNTY = "{{service}}", "{{county}}"
GRAPHS = (
    ("Pages and API", (
        ("Requests", "reqps", f"county:byttebank_http_requests:rate5m{HERE}", PER_COUNTY),
        ("Failed (5xx)", "percentunit",
         f"county:byttebank_http_requests_failed:ratio_rate5m{HERE}", PER_COUNTY),
        ("Slowest 1 %", "s", f"county:byttebank_http_seconds:p99_5m{HERE}", PER_COUNTY),
    )),
    ("Calls, by the service that answers", (
        ("Calls", "reqps", f"county_service:byttebank_rpc_calls:rate5m{HERE}", SERVICE),
        ("Failed or too late", "reqps", f"county_service:byttebank_rpc_calls_failed:rate5m{HERE}", SERVICE),
        ("Slowest 1 %", "s", f"county_service:byttebank_rpc_seconds:p99_5m{HERE}", SERVICE),
        ("What callers saw", "reqps",
         f"sum by (outcome) (rate(byttebank_rpc_requests_total{HERE}[5m]))", "{{outcome}}"),
    )),
    ("Messages, by the service that hears", (
        ("Handled", "cps", f"county_service:byttebank_messages_handled:rate5m{HERE}", SERVICE),
        ("Tried again", "cps", f"county_service:byttebank_message_retries:rate5m{HERE}", SERVICE),
        ("Slowest 1 %", "s", f"county_service:byttebank_message_seconds:p99_5m{HERE}", SERVICE),
        ("Published", "cps",
         f"sum by (kind) (rate(byttebank_outbox_published_total{HERE}[5m]))", "{{kind}}"),
    )),
    ("Book", (
        ("Set aside (days)", "none", f"max(byttebank_ledger_reserved_half_days{HERE}) / 2", "set aside"),
        ("Not decided yet (days)", "none", f"max(byttebank_ledger_waiting_half_days{HERE}) / 2", "waiting"),
        ("Open claims", "none", f"max(byttebank_ledger_open_claims{HERE})", "claims"),
        ("Differences from peers' books", "none", f"max(byttebank_ledger_open_disputes{HERE})", "disputes"),
    )),
    ("Rounds", (
        ("Under way", "none", f"max by (kind) (byttebank_matching_open_rounds{HERE})", "{{kind}}"),
        ("Own step has taken", "s",
         f"max by (kind) (byttebank_matching_oldest_round_seconds{HERE})", "{{kind}}"),
        ("Waits for a county beyond its time", "s",
         f"max(byttebank_matching_joint_round_overdue_seconds{HERE})", "overdue"),
        ("Interrupted", "none", f"max(byttebank_matching_interrupted_rounds{HERE})", "interrupted"),
        ("Computed now", "bool", f"max(byttebank_matching_round_running{HERE})", "running"),
        ("Computation has taken", "s", f"max(byttebank_matching_round_seconds{HERE})", "last"),
        ("Days served", "none", f"max(byttebank_matching_round_served_half_days{HERE}) / 2", "served"),
        ("Days possible at most", "none",
         f"max(byttebank_matching_round_bound_half_days{HERE}) / 2", "bound"),
        ("Visits not proposed yet", "none", f"max(byttebank_matching_waiting_visits{HERE})", "visits"),
    )),
    ("Databases, queues, processes", (
        ("Database answers", "bool", f"min by (service) (byttebank_database_up{HERE})", SERVICE),
        ("In the broker's queues", "none",
         "max by (queue) (rabbitmq_detailed_queue_messages"
         '{county="$county", queue=~"out[.].*|unrouted|dead-letters"})', "{{queue}}"),
        ("Waits for our broker", "s", f"max by (service) (byttebank_outbox_oldest_seconds{HERE})", SERVICE),
        ("Processes that answer", "none", f"sum by (service) (up{OURS})", SERVICE),
        ("Processor", "percentunit",
         f"sum by (service) (rate(process_cpu_seconds_total{OURS}[5m]))", SERVICE),
        ("Memory", "bytes", f"sum by (service) (process_resident_memory_bytes{OURS})", SERVICE),
        ("Failed ticks of timers", "cps",
         "sum by (service, method) (rate(byttebank_timer_ticks_total"
         '{county="$county", outcome="failed"}[5m]))', "{{service}} {{method}}"),
    )),
    ("Mail", (
        ("Waiting", "none", f"max(byttebank_waiting_mails{HERE})", "waiting"),
        ("Oldest", "s", f"max(byttebank_mails_oldest_seconds{HERE})", "oldest"),
        ("Refused for good", "none", f"max(byttebank_failed_mails{HERE})", "refused"),
        ("Attempts", "cps",
         f"sum by (outcome) (rate(byttebank_mail_attempts_total{HERE}[5m]))", "{{outcome}}"),
    )),
)  # fmt: skip
"""Row, and its graphs: title, unit, expression, legend."""


def build() -> model.Dashboard:
    """The dashboard."""
    page = (
        dashboard.Dashboard("A node at a glance")
        .uid("byttebank-node")
        .tags(["byttebank"])
        .readonly()
        .refresh("30s")
        .time("now-3h", "now")
        .with_variable(dashboard.DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
        .with_variable(_counties())
    )
    for number in FOUR_NUMBERS:
        page = page.with_panel(_number(*number))
    page = page.with_panel(_peers())
    for title, graphs in GRAPHS:
        page = page.with_row(dashboard.Row(title))
        for graph in graphs:
            page = page.with_panel(_graph(*graph, width=24 // min(len(graphs), 4)))
    return page.build()


def text() -> str:
    """The dashboard as the file that Grafana reads."""
    return json.dumps(build(), cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def document() -> dict[str, Any]:
    """The dashboard as JSON."""
    loaded: dict[str, Any] = json.loads(text())
    return loaded


def expressions(part: Any) -> list[str]:
    """Every PromQL expression in a dashboard's document, or in a part of it."""
    if isinstance(part, list):
        return [found for one in part for found in expressions(one)]
    if not isinstance(part, dict):
        return []
    own = [part["expr"]] if isinstance(part.get("expr"), str) else []
    return own + [found for one in part.values() for found in expressions(one)]


def metric_names(expression: str) -> set[str]:
    """The metrics and recorded series that a PromQL expression asks for."""
    ours = r"(?:[a-z_]+:)?\b(?:byttebank|rabbitmq|process)_[a-z0-9_]+(?::\w+)?|\bup\b"
    return set(re.findall(ours, expression))


def _counties() -> Builder[model.VariableModel]:
    return (
        dashboard.QueryVariable("county")
        .label("County")
        .datasource(PROMETHEUS)
        .query('label_values(up{job="byttebank"}, county)')
        .refresh(model.VariableRefresh.ON_DASHBOARD_LOAD)
    )


def _query(expression: str, legend: str = "") -> prometheus.Dataquery:
    return prometheus.Dataquery().datasource(PROMETHEUS).expr(expression).legend_format(legend)


def _number(
    title: str, description: str, unit: str, amber: tuple[float, ...], red: float, expression: str
) -> Builder[model.Panel]:
    steps = [model.Threshold(None, GREEN), *(model.Threshold(one, AMBER) for one in amber)]
    return (
        stat.Panel()
        .title(title)
        .description(description)
        .datasource(PROMETHEUS)
        .unit(unit)
        .no_value("not measured")
        .color_mode(BigValueColorMode.BACKGROUND)
        .graph_mode(BigValueGraphMode.AREA)
        .thresholds(dashboard.ThresholdsConfig().steps([*steps, model.Threshold(red, RED)]))
        .span(6)
        .height(5)
        .with_target(_query(expression))
    )


def _peers() -> Builder[model.Panel]:
    """One row for each peer: the columns' queries are joined by it."""
    panel = table.Panel().title("Peers").datasource(PROMETHEUS).span(24).height(8).no_value("no peers")
    names = {}
    for letter, (column, unit, expression) in zip("ABCDEFGHI", PEERS, strict=True):
        query = _query(expression).ref_id(letter).instant().format(PromQueryFormat.TABLE)
        names[f"Value #{letter}"] = column
        shown = [model.DynamicConfigValue("unit", unit)]
        panel = panel.with_target(query).override_by_name(column, shown)
    join = {"byField": "peer", "mode": "outer"}
    hidden = {f"Time {number}": True for number in range(1, len(PEERS) + 1)} | {"Time": True}
    organize = {"excludeByName": hidden, "renameByName": {**names, "peer": "Peer"}}
    return panel.with_transformation(
        model.DataTransformerConfig(id_val="joinByField", options=join)
    ).with_transformation(model.DataTransformerConfig(id_val="organize", options=organize))


def _graph(title: str, unit: str, expression: str, legend: str, *, width: int) -> Builder[model.Panel]:
    return (
        timeseries.Panel()
        .title(title)
        .datasource(PROMETHEUS)
        .unit(unit)
        .min(0)
        .fill_opacity(10)
        .span(width)
        .height(7)
        .with_target(_query(expression, legend))
    )


def main() -> None:
    """Write the file."""
    FILE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
