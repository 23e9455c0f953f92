"""The commands of the operator's chapter on days between counties are run as they stand there."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from test_cli_exchange import TRANSFER, node_template, run, state

pytestmark = pytest.mark.simulation
"""Takes seconds: every command of a chapter."""

__all__ = ["node_template", "state"]

ROOT = Path(__file__).parents[3]
CHAPTER = (ROOT / "docs" / "settlement.md").read_text(encoding="utf-8")
COMMANDS = sorted(
    {*re.findall(r"^    byttebank (.+)$", CHAPTER, re.M), *re.findall(r"`byttebank ([^`]+)`", CHAPTER)}
)
REFUSED = {"proof": "no message", "leave": "cannot leave yet"}
"""What a node says no to that has sent one day and received nothing."""


def test_the_chapter_has_commands() -> None:
    assert len(COMMANDS) > 9


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_chapter_does_what_it_is_named_for(state: Any, command: str) -> None:
    words = shlex.split(command.replace("TRANSFER", TRANSFER))
    refused = next((sentence for word, sentence in REFUSED.items() if word in words), None)
    out = run(state, *words, code=3 if refused else 0)
    assert out.strip()
    assert (refused or "") in out


def test_every_reason_for_which_a_channel_stops_is_explained() -> None:
    source = (ROOT / "byttebank" / "federation" / "recovery.py").read_text(encoding="utf-8")
    reasons = set(re.findall(r'_freeze\(channel, (?:"(\w+)")', source))
    assert len(reasons) >= 3
    assert [reason for reason in reasons if f"`{reason}`" not in CHAPTER] == []
