import re
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from byttebank.config import (
    PREFIX,
    VARIABLES,
    Configuration,
    ConfigurationWrong,
    read_configuration,
    without_password,
)

EXAMPLE = Path(__file__).resolve().parents[2] / "deploy" / "county.env.example"
LEAST = {
    "BYTTEBANK_COUNTY": "innlandet",
    "BYTTEBANK_AMQP_URL": "amqp://byttebank@localhost:5672/innlandet",
    "BYTTEBANK_STATE_DIR": "/var/lib/byttebank/innlandet",
}


def example() -> dict[str, str]:
    """Every variable in the example file, with the value it shows."""
    lines = re.findall(r"^#?(BYTTEBANK_[A-Z_]+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) == len(dict(lines))
    return dict(lines)


def refusal(**changed: str | None) -> str:
    environment = {**LEAST, **{PREFIX + name: value for name, value in changed.items()}}
    with pytest.raises(ConfigurationWrong) as refused:
        read_configuration({name: value for name, value in environment.items() if value is not None})
    return str(refused.value)


def test_three_variables_are_enough() -> None:
    configuration = read_configuration({**LEAST, "PATH": "/bin"})
    assert configuration.county == "innlandet"
    assert configuration.database_url("ledger") == "sqlite:////var/lib/byttebank/innlandet/ledger.sqlite"
    assert configuration.signing_key_file == Path("/var/lib/byttebank/innlandet/signing-key.pem")
    assert (configuration.http_listen, configuration.smtp_url, configuration.is_demo) == (
        "127.0.0.1:8000",
        "",
        False,
    )


def test_the_example_documents_exactly_the_variables_that_are_read() -> None:
    assert sorted(example()) == sorted(PREFIX + name for name in VARIABLES)


def test_the_example_can_be_read_and_shows_the_defaults() -> None:
    assert read_configuration(example()) == read_configuration(LEAST)


def test_every_variable_of_the_example_is_explained() -> None:
    explained = False
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        is_variable = re.match(r"#?BYTTEBANK_", line) is not None
        assert explained or not is_variable, line
        explained = line.startswith("# ") or (explained and line.strip() != "")


@pytest.mark.parametrize("name", ["COUNTY", "AMQP_URL", "STATE_DIR"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_variable_is_named(name: str, value: str | None) -> None:
    assert refusal(**{name: value}).startswith(f"BYTTEBANK_{name} is missing.")


def test_an_unknown_variable_is_named_with_those_that_are_known() -> None:
    said = refusal(AMPQ_URL="amqp://localhost/")
    assert said.startswith("BYTTEBANK_AMPQ_URL is not a setting.")
    assert "AMQP_URL" in said.partition("Known:")[2]


def test_variables_of_tests_are_left_alone() -> None:
    assert read_configuration({**LEAST, "BYTTEBANK_TEST_AMQP_URL": "x"}).county == "innlandet"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COUNTY", "Innlandet"),
        ("COUNTY", "inn landet"),
        ("AMQP_URL", "localhost:5672"),
        ("AMQP_URL", "http://localhost"),
        ("HTTP_LISTEN", "8000"),
        ("HTTP_LISTEN", "localhost:http"),
        ("METRICS_LISTEN", "localhost:65536"),
        ("PUBLIC_URL", "byttebank.example"),
        ("SMTP_URL", "mail.example:25"),
        ("LOG_LEVEL", "LOUD"),
        ("KEEP_MESSAGES_DAYS", "6"),
        ("KEEP_MESSAGES_DAYS", "for ever"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str) -> None:
    assert refusal(**{name: value}).startswith(f"BYTTEBANK_{name}")


def test_a_public_address_has_no_slash_at_its_end() -> None:
    assert read_configuration({**LEAST, "BYTTEBANK_PUBLIC_URL": "https://x.example/a/"}).public_url == (
        "https://x.example/a"
    )


def test_a_configuration_is_never_changed() -> None:
    configuration: Configuration = read_configuration(LEAST)
    with pytest.raises(FrozenInstanceError):
        configuration.county = "oslo"  # type: ignore[misc]


def test_a_password_is_read_from_its_file_and_never_shown(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("p@ss/word \n")
    given = {**LEAST, "BYTTEBANK_AMQP_PASSWORD_FILE": str(tmp_path / "password")}
    configuration = read_configuration(given)
    assert configuration.amqp_url == "amqp://byttebank:p%40ss%2Fword@localhost:5672/innlandet"
    assert "word" not in repr(configuration)


def test_a_password_file_that_is_missing_empty_or_nobodys_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\nsecond")
    assert "cannot be read" in refusal(AMQP_PASSWORD_FILE=str(tmp_path / "none"))
    assert "no password" in refusal(AMQP_PASSWORD_FILE=str(tmp_path / "empty"))
    (tmp_path / "good").write_text("word")
    assert "names no user" in refusal(
        AMQP_URL="amqp://localhost/x", AMQP_PASSWORD_FILE=str(tmp_path / "good")
    )


def test_a_url_is_shown_without_its_password() -> None:
    shown = without_password("postgresql+psycopg2://ledger:secret@db:5432/ledger?password=secret")
    assert shown == "postgresql+psycopg2://ledger@db:5432/ledger"
