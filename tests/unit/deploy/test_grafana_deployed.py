"""The dashboard as code and the file that Grafana reads."""

from typing import Any

import pytest
from deployed import GRAFANA, load, node_at_a_glance, unknown

pytestmark = pytest.mark.simulation
"""Takes seconds: every metric and panel beside the whole code."""


def panels(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Every panel, those in rows included."""
    return [inner for one in document["panels"] for inner in (one, *one.get("panels", []))]


def test_the_file_is_what_the_code_makes() -> None:
    written = node_at_a_glance.FILE.read_text(encoding="utf-8")
    assert written == node_at_a_glance.text(), "run python deploy/grafana/node_at_a_glance.py"


def test_the_four_numbers_that_matter_come_first() -> None:
    first = panels(node_at_a_glance.document())[:5]
    titles = ["Imbalance", "In doubt", "Oldest waiting", "Parked", "Peers"]
    assert [panel["title"] for panel in first] == titles
    assert {panel["gridPos"]["y"] for panel in first[:4]} == {0}


def test_every_metric_on_the_dashboard_is_one_that_the_code_has() -> None:
    expressions = node_at_a_glance.expressions(node_at_a_glance.document())
    assert len(expressions) > 30
    assert {name for expression in expressions for name in unknown(expression)} == set()


def test_every_panel_shows_one_county_of_the_chosen_prometheus() -> None:
    for panel in panels(node_at_a_glance.document()):
        for target in panel.get("targets", []):
            assert 'county="$county"' in target["expr"]
            assert target["datasource"] == {"type": "prometheus", "uid": "$datasource"}


def test_no_panel_covers_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels(node_at_a_glance.document()):
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells


def test_grafana_is_told_where_dashboards_and_prometheus_are() -> None:
    (provider,) = load(GRAFANA / "provisioning" / "dashboards" / "byttebank.yml")["providers"]
    assert provider["type"] == "file"
    (source,) = load(GRAFANA / "provisioning" / "datasources" / "prometheus.yml")["datasources"]
    assert source["type"] == "prometheus"
