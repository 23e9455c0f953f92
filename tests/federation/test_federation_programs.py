"""What the tests need is installed, or named exactly where it may not be."""

import os

import programs
import pytest


@pytest.fixture
def nothing_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "find_program", lambda _name: None)


@pytest.mark.usefixtures("nothing_is_there")
def test_without_the_right_to_install_it_says_exactly_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert programs.main() == 1
    said = capsys.readouterr().err
    assert "apt-get install chromium faketime hledger postgresql prometheus rabbitmq-server (as root" in said


@pytest.mark.usefixtures("nothing_is_there")
def test_what_is_asked_for_is_named_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(programs.Missing, match=r"apt-get install postgresql rabbitmq-server \("):
        programs.install_missing("rabbitmq-server", "initdb")


def test_everything_the_tests_need_is_here() -> None:
    programs.install_missing()
    assert all(programs.find_program(name) for name in programs.PACKAGES)
