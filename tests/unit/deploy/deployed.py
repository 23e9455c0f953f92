"""What is deployed to watch a node: rules, their tests, the dashboard; and the metrics that the code has."""

import importlib
import sys
from pathlib import Path
from typing import Any

import yaml
from prometheus_client import REGISTRY

ROOT = Path(__file__).resolve().parents[3]
PROMETHEUS = ROOT / "deploy" / "prometheus"
GRAFANA = ROOT / "deploy" / "grafana"
sys.path.insert(0, str(GRAFANA))

import node_at_a_glance  # noqa: E402

__all__ = ["GRAFANA", "PROMETHEUS", "ROOT", "alerts", "load", "node_at_a_glance", "recordings", "unknown"]


def load(path: Path) -> Any:
    """The document in a YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def rules() -> list[dict[str, Any]]:
    """Every rule that is deployed."""
    files = sorted((PROMETHEUS / "rules").glob("*.yml"))
    return [rule for file in files for group in load(file)["groups"] for rule in group["rules"]]


def alerts() -> dict[str, dict[str, Any]]:
    """The alerts by name."""
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def recordings() -> dict[str, str]:
    """The expressions of recorded series by their names."""
    return {rule["record"]: rule["expr"] for rule in rules() if "record" in rule}


def known_metrics() -> set[str]:
    """The names of all series that our processes may expose, from the code."""
    for process in (
        "services.directory",
        "services.ledger",
        "services.matching",
        "services.notify",
        "gateway",
    ):
        importlib.import_module(f"{process}.service")
    return {name for name in REGISTRY._names_to_collectors if name.startswith("byttebank_")}


def unknown(expression: str) -> set[str]:
    """The names of ours in an expression that neither the code nor a recording knows."""
    names = node_at_a_glance.metric_names(expression)
    ours = {name for name in names if "byttebank_" in name}
    return ours - known_metrics() - set(recordings())
