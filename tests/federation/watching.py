"""A real Prometheus that watches the federation with the deployed configuration, rules and dashboard."""

import contextlib
import json
import os
import shutil
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import yaml
from bed import Bed
from postgresql import ROOT
from programs import Child, free_port, program, wait_for

DEPLOYED = ROOT / "deploy" / "prometheus"
START_SECONDS = 60
PACE = "2s"
"""Instead of the deployed interval, which tests would only wait for."""

sys.path.insert(0, str(ROOT / "deploy" / "grafana"))

import node_at_a_glance  # noqa: E402

__all__ = ["DEPLOYED", "Prometheus", "dashboard_expressions", "deployed_names", "node_at_a_glance", "rules"]


def rules() -> list[dict[str, Any]]:
    """Every deployed rule."""
    documents = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(DEPLOYED.glob("rules/*.yml"))]
    return [rule for document in documents for group in document["groups"] for rule in group["rules"]]


def dashboard_expressions(county: str = "innlandet") -> list[str]:
    """What the deployed dashboard asks for, with the county filled in."""
    document = json.loads(node_at_a_glance.FILE.read_text(encoding="utf-8"))
    return [one.replace("$county", county) for one in node_at_a_glance.expressions(document)]


def deployed_names() -> set[str]:
    """Every metric and recorded series that rules and dashboard name."""
    expressions = [*dashboard_expressions(), *(rule["expr"] for rule in rules())]
    return {name for one in expressions for name in node_at_a_glance.metric_names(one)}


class Prometheus:
    """Prometheus in a folder, scraping every process and broker of the federation."""

    def __init__(self, folder: Path, bed: Bed) -> None:
        self.port = free_port()
        shutil.copytree(DEPLOYED, folder)
        configuration = folder / "prometheus.yml"
        configuration.write_text(configuration.read_text("utf-8").replace("15s", PACE), encoding="utf-8")
        (folder / "targets" / "byttebank.yml").write_text(json.dumps(_processes(bed)), encoding="utf-8")
        (folder / "targets" / "rabbitmq.yml").write_text(json.dumps(_brokers(bed)), encoding="utf-8")
        command = [
            program("prometheus"),
            f"--config.file={configuration}",
            f"--storage.tsdb.path={folder / 'series'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
        ]
        self._child = Child(command, log=folder / "log", environment={"PATH": os.environ["PATH"]})

    def start(self) -> "Prometheus":
        """It answers."""
        self._child.start()
        wait_for(self._is_ready, START_SECONDS, self._child.tail)
        return self

    def end(self) -> None:
        """It does not run."""
        self._child.end()

    def ask(self, path: str, **parameters: str) -> Any:
        """The `data` of the HTTP API's answer. Refuses: `AssertionError` with what it said against it."""
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(url, timeout=20) as answer:
                return json.loads(answer.read())["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{parameters}: {error.read().decode()}") from error

    def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """Labels and value of each series of an expression, now."""
        found = self.ask("query", query=expression)["result"]
        return [(one["metric"], float(one["value"][1])) for one in found]

    def wait_until(self, expression: str, seconds: float) -> float:
        """Seconds until the expression has a series."""
        return wait_for(lambda: self.query(expression), seconds, lambda: f"{expression} has no series")

    def _is_ready(self) -> bool:
        assert self._child.is_running, self._child.tail()
        with contextlib.suppress(OSError, AssertionError):
            return bool(self.ask("query", query="vector(1)")["result"])
        return False


def _processes(bed: Bed) -> list[dict[str, Any]]:
    return [
        {
            "targets": [f"127.0.0.1:{copy.metrics_port}"],
            "labels": {"county": county.slug, "service": copy.service},
        }
        for county in bed.counties.values()
        for copy in county.copies
    ]


def _brokers(bed: Bed) -> list[dict[str, Any]]:
    return [
        {"targets": [f"127.0.0.1:{county.broker.metrics_port}"], "labels": {"county": county.slug}}
        for county in bed.counties.values()
    ]
