"""Why a request lacks days, in bokmål, nynorsk and English."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from byttebank import language
from byttebank.cli import solving
from byttebank.cli.app import app
from byttebank.language import CatalogMissing
from services.matching.domain.instance import Wish
from services.matching.rounds import words
from services.matching.rounds.words import LANGUAGES, text_of

pytestmark = pytest.mark.simulation
"""Takes seconds: the command is started over again."""

DATES = (date(2026, 12, 7), date(2026, 12, 11))
WISH = Wish("r", "L1", ("weeding", "local_history"), DATES, 3, ends_half=True)
ANYBODY = Wish("r", "L1", (), DATES[:1], 2)
FILE = {
    "format": "staff-day-exchange/1",
    "skills_rule": "all-of",
    "libraries": [
        {"id": one, "balance_days": 0, "limit_days": 2, "lat": 60.0, "lon": 12.0} for one in ("L1", "L2")
    ],
    "colleagues": [],
    "requests": [
        {
            "id": "r",
            "library": "L1",
            "skills": ["weeding"],
            "dates": ["2026-12-07"],
            "days": 1,
            "same_person": False,
        }
    ],
}


@pytest.mark.parametrize(
    ("said", "texts"),
    [
        (
            words.few_dates(WISH),
            (
                "Forespørselen ber om 2,5 dager og har for få datoer (2). "
                "Velg flere datoer eller færre dager.",
                "Førespurnaden ber om 2,5 dagar og har for få datoar (2). "
                "Vel fleire datoar eller færre dagar.",
                "The request asks for 2.5 days and has too few dates (2). Choose more dates or fewer days.",
            ),
        ),
        (
            words.nobody_can(ANYBODY),
            (
                "Ingen på andre bibliotek kan komme.",
                "Ingen på andre bibliotek kan komme.",
                "Nobody at other libraries can come.",
            ),
        ),
        (
            words.nobody_free_then(ANYBODY, 3),
            (
                "3 kan komme, ingen av dem er ledig 7. desember 2026. Velg flere datoer.",
                "3 kan komme, ingen av dei er ledig 7. desember 2026. Vel fleire datoar.",
                "3 can come, and none of them is free 7 December 2026. Choose more dates.",
            ),
        ),
        (
            words.capped("Østfold", "Innlandet", 3, is_whole=True),
            (
                "Noen kunne ha kommet, men det kan ikke gå flere dager fra Østfold til Innlandet i denne "
                "runden. Med 1,5 dager mer fra Østfold hadde dere fått hele forespørselen.",
                "Nokon kunne ha komme, men det kan ikkje gå fleire dagar frå Østfold til Innlandet i denne "
                "runden. Med 1,5 dagar meir frå Østfold hadde de fått heile førespurnaden.",
                "Somebody could have come, but no more days can go from Østfold to Innlandet in this "
                "round. With 1.5 days more from Østfold you would have got all that was asked for.",
            ),
        ),
    ],
)
def test_a_reason_is_said_in_each_language(said: words.Sentence, texts: tuple[str, str, str]) -> None:
    found = tuple(text_of(said, one).replace("\u00a0", " ") for one in LANGUAGES)
    assert found == texts


def test_skills_are_listed_as_the_language_does_and_braces_in_them_are_only_text() -> None:
    odd = Wish("r", "L1", ("{dates}", "weeding"), DATES, 2)
    assert text_of(words.nobody_can(odd)) == "Ingen på andre bibliotek kan {dates} og weeding."
    assert text_of(words.nobody_can(odd), "en") == "Nobody at other libraries can do {dates} and weeding."


def test_the_languages_are_ours_and_no_other_is_there() -> None:
    assert LANGUAGES == language.LANGUAGES
    assert words.SOURCE_LANGUAGE == language.SOURCE_LANGUAGE
    with pytest.raises(CatalogMissing):
        text_of(words.NO_DATES, "sv")


def test_the_command_says_reasons_as_the_environment_asks(tmp_path: Path) -> None:
    (tmp_path / "round.json").write_text(json.dumps(FILE))
    command = [sys.executable, "-m", "byttebank", "rounds", "solve", str(tmp_path / "round.json"), "--json"]
    english = {"LANG": "en_GB.UTF-8"}
    done = subprocess.run(command, env=english, capture_output=True, check=True, timeout=60)
    (unmet,) = json.loads(done.stdout)["unmet"]
    assert unmet["text"] == "Nobody at other libraries can do weeding."


def test_the_language_that_is_asked_for_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(solving, "subprocess", Recorder(asked))
    monkeypatch.setattr(solving.signal, "signal", lambda number, handler: None)
    (tmp_path / "round.json").write_text(json.dumps(FILE))
    wishes = ["rounds", "solve", str(tmp_path / "round.json"), "--language", "nn"]
    CliRunner().invoke(app, wishes, env={"LANG": "en_GB.UTF-8"})
    (command,) = asked
    assert command[command.index("--language") + 1] == "nn"
    assert float(command[command.index("--began") + 1]) < time.monotonic()
    refused = CliRunner().invoke(app, [*wishes[:-1], "sv"])
    assert (refused.exit_code, len(asked)) == (2, 1)
    assert "nb, nn, en" in refused.stderr


class Recorder:
    """Instead of starting processes, writes down which."""

    def __init__(self, asked: list[list[str]]) -> None:
        self._asked = asked

    def Popen(self, command: list[str], *, preexec_fn: Callable[[], None]) -> "Recorder":
        self._asked.append(command)
        return self

    def wait(self) -> int:
        return 0


def test_the_time_limit_counts_from_the_start_of_the_command() -> None:
    began = solving.process_began()
    assert began == pytest.approx(solving.process_began(), abs=0.05)
    assert 0 < time.process_time() <= time.monotonic() - began < time.monotonic()
