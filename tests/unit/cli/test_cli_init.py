from pathlib import Path

import pytest

from byttebank.cli.init import Output, _signing_key, initialise
from byttebank.config import Configuration, ConfigurationWrong, sqlite_url
from byttebank.federation.keys import KeyFileError
from byttebank.messaging.brokers import BrokerUnusable
from byttebank.messaging.management import Management
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate


@pytest.fixture
def county(tmp_path: Path) -> Configuration:
    return Configuration(
        county="innlandet",
        amqp_url="amqp://byttebank@localhost/innlandet",
        state_dir=tmp_path,
        signing_key_file=tmp_path / "keys" / "signing-key.pem",
        database_urls={"ledger": sqlite_url(tmp_path, "ledger")},
    )


def test_a_new_county_gets_a_key_and_keeps_it(county: Configuration) -> None:
    made, is_new = _signing_key(county)
    found, is_new_again = _signing_key(county)
    assert (is_new, is_new_again) == (True, False)
    assert found.public_key.text == made.public_key.text
    assert county.signing_key_file.stat().st_mode & 0o777 == 0o600


def test_a_county_with_a_book_never_gets_a_second_key(county: Configuration) -> None:
    engine = open_engine(county.database_url("ledger"))
    migrate(engine, "services.ledger")
    engine.dispose()
    with pytest.raises(KeyFileError, match="Restore the key"):
        _signing_key(county)
    assert not county.signing_key_file.exists()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"BYTTEBANK_AMQP_URL": "embedded://innlandet/"}, "a virtual host of this node's own"),
        ({"BYTTEBANK_AMQP_URL": "amqp://localhost/innlandet"}, "a user"),
        ({"BYTTEBANK_AMQP_URL": "amqp://byttebank@localhost"}, "a virtual host of this node's own"),
        ({}, "BYTTEBANK_MANAGEMENT_URL is missing"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], says: str
) -> None:
    environment = {
        "BYTTEBANK_COUNTY": "innlandet",
        "BYTTEBANK_AMQP_URL": "amqp://byttebank@localhost/innlandet",
        "BYTTEBANK_STATE_DIR": str(tmp_path / "state"),
        **changed,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationWrong, match=says):
        initialise(Output.TEXT)
    assert not (tmp_path / "state").exists()


def test_a_broker_that_does_not_answer_is_named_with_its_plugins() -> None:
    management = Management("http://administrator:secret@127.0.0.1:9")
    with pytest.raises(BrokerUnusable, match="rabbitmq-plugins enable") as refused:
        management.apply({}, "innlandet")
    assert "secret" not in str(refused.value)
