"""Rules, alerts and the dashboard's expressions, put to promtool; no county needs to run."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from postgresql import ROOT
from programs import program
from watching import DEPLOYED, dashboard_expressions

TESTS = sorted((DEPLOYED / "tests").glob("*.yml"))


def promtool(*arguments: str) -> tuple[int, str]:
    """Exit code, and everything that was said."""
    done = subprocess.run(
        [program("promtool"), *arguments], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    return done.returncode, done.stdout + done.stderr


def check_expressions(folder: Path, expressions: list[str]) -> tuple[int, str]:
    """As rules, because promtool parses expressions in those only."""
    found = [
        {"record": f"checked:expression:{number}", "expr": one} for number, one in enumerate(expressions)
    ]
    file = folder / "expressions.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": found}]}), encoding="utf-8")
    return promtool("check", "rules", str(file))


def test_configuration_and_rules_are_valid() -> None:
    code, said = promtool("check", "config", str(DEPLOYED / "prometheus.yml"))
    assert (code, "rules found" in said) == (0, True), said


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.stem)
def test_alerts_fire_when_they_should_and_stay_silent_when_they_should(file: Path) -> None:
    code, said = promtool("test", "rules", str(file))
    assert code == 0, said


def test_an_alert_that_never_fires_is_noticed(tmp_path: Path) -> None:
    for name in ("rules/recording.yml", "rules/alerts.yml", "tests/books.yml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        text = (DEPLOYED / name).read_text(encoding="utf-8")
        text = text.replace("imbalance_half_days:max > 0", "imbalance_half_days:max > 1000")
        (tmp_path / name).write_text(text, encoding="utf-8")
    code, said = promtool("test", "rules", str(tmp_path / "tests" / "books.yml"))
    assert (code, "ByttebankBooksOutOfBalance" in said) == (1, True)


def test_every_expression_of_the_dashboard_can_be_parsed(tmp_path: Path) -> None:
    code, said = check_expressions(tmp_path, dashboard_expressions())
    assert code == 0, said


def test_an_expression_that_cannot_be_parsed_is_noticed(tmp_path: Path) -> None:
    code, said = check_expressions(tmp_path, [*dashboard_expressions(), "max by (peer (up)"])
    assert (code, "could not parse expression" in said) == (1, True), said


def test_the_commands_in_the_handbook_of_prometheus_work() -> None:
    text = (DEPLOYED / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^ +promtool (.+)$", text, re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        code, said = promtool(*command.split())
        assert code == 0, said
