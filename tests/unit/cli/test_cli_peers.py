from pathlib import Path

import pytest

from byttebank.cli.peers import read_peers
from byttebank.config import ConfigurationWrong

GOOD = """
[akershus]
send_to = "amqps://county-innlandet@broker.example:5671/akershus?verify=verify_peer"
send_password_file = "out"
receive_password_file = "in"

[ostfold]
"""


def peers_file(folder: Path, text: str) -> Path:
    (folder / "out").write_text("p@ss\n")
    (folder / "in").write_text("word\n")
    path = folder / "peers.toml"
    path.write_text(text)
    return path


def test_links_are_read_with_their_passwords(tmp_path: Path) -> None:
    akershus, ostfold = read_peers(peers_file(tmp_path, GOOD), "innlandet")
    assert akershus.county == "akershus"
    assert akershus.receive_password == "word"
    assert akershus.send_to == (
        "amqps://county-innlandet:p%40ss@broker.example:5671/akershus?verify=verify_peer"
    )
    assert (ostfold.send_to, ostfold.receive_password) == (None, None)


def test_without_a_file_there_are_no_links() -> None:
    assert read_peers(None, "innlandet") == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[akershus", "not TOML"),
        ("akershus = 3", "a table named after a county"),
        ("[Akershus]", "a table named after a county"),
        ("[innlandet]", "our own county"),
        ('[akershus]\nsend = "x"', "must be a text and one of send_to"),
        ("[akershus]\nsend_to = 5", "must be a text and one of send_to"),
        ('[akershus]\nsend_to = "http://x/y"', "send_to must be amqps://county-innlandet@"),
        ('[akershus]\nsend_to = "amqp://county-innlandet@x"', "send_to must be amqps://county-innlandet@"),
        ('[akershus]\nsend_to = "amqp://guest@x/y"', "must name the user county-innlandet"),
        ('[akershus]\nreceive_password_file = "none"', "cannot be read"),
    ],
)
def test_what_is_wrong_is_named_with_the_file(tmp_path: Path, text: str, says: str) -> None:
    path = peers_file(tmp_path, text)
    with pytest.raises(ConfigurationWrong, match=says) as refused:
        read_peers(path, "innlandet")
    assert str(tmp_path) in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationWrong, match="BYTTEBANK_PEERS_FILE"):
        read_peers(tmp_path / "none", "innlandet")
