"""Starting and stopping a federation in one process."""

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import eventlet
import pytest
from sqlalchemy import Engine
from toys import ToyDirectory, ToyLedger, ToyMatching, noted, release

from byttebank.federation.keys import KeyFileError
from byttebank.messaging.containers import load_service
from byttebank.messaging.embedded import BrokerNotStarted, current_broker
from byttebank.messaging.listener import CannotListen
from byttebank.messaging.node import Node
from byttebank.messaging.runner import EmbeddedFederation, configure
from byttebank.messaging.service import Runtime, listened_names, on_local, on_peer, rpc
from byttebank.storage.engine import DatabaseUnusable

Start = Callable[..., EmbeddedFederation]
COUNTIES = (
    "agder",
    "innlandet",
    "nordland",
    "oslo",
    "rogaland",
    "troms",
    "finnmark",
    "telemark",
    "vestland",
    "ostfold",
)


class Sleeper:
    name = "ledger"
    runtime = Runtime()

    @rpc
    def positions(self) -> None:
        eventlet.sleep(60)


def test_thirty_containers_start_and_stop_within_their_time(start: Start) -> None:
    began = time.monotonic()
    federation = start(*COUNTIES)
    started = time.monotonic()
    for county in COUNTIES:
        assert federation.rpc(county).directory.county() == {"county": county}
    stopping = time.monotonic()
    assert federation.stop()
    assert started - began < 10
    assert time.monotonic() - stopping < 3


def test_a_stop_cuts_off_what_does_not_end_and_is_done_in_time(start: Start) -> None:
    federation = start("innlandet", services=(Sleeper,))
    calling = eventlet.spawn(pytest.raises, Exception, federation.rpc("innlandet").ledger.positions)
    eventlet.sleep(0.05)
    began = time.monotonic()
    assert not federation.stop(1.0)
    assert time.monotonic() - began < 2.0
    calling.wait()


def test_a_stop_lets_a_call_end(start: Start) -> None:
    federation = start()
    calling = eventlet.spawn(federation.rpc("innlandet").ledger.positions)
    eventlet.sleep(0.05)
    federation._containers.stop(3)  # type: ignore[union-attr]
    assert calling.wait() == []


def test_stopping_twice_is_the_same_as_once(start: Start) -> None:
    federation = start()
    assert federation.stop()
    assert federation.stop()
    with pytest.raises(BrokerNotStarted):
        current_broker()


def test_what_was_under_way_when_it_stopped_goes_on_after_the_next_start(start: Start) -> None:
    federation = start()
    release(federation, times=300)
    federation.stop()
    again = start()
    again.wait_until_quiet(10)
    assert noted(again.nodes["innlandet"].database("matching"), "released") == ["released"] * 300


def test_timers_go_on_after_a_tick_that_failed(start: Start) -> None:
    federation = start()
    eventlet.sleep(0.5)
    database = federation.nodes["innlandet"].database("directory")
    federation.stop()
    ticks = noted(database, "ticked")
    assert len(ticks) >= 3


def test_a_service_that_dies_is_noticed(start: Start) -> None:
    federation = start()
    container = federation._containers._containers[0]  # type: ignore[union-attr]
    try:
        raise ZeroDivisionError("no more")
    except ZeroDivisionError as error:
        container.kill((type(error), error, error.__traceback__))
    with eventlet.Timeout(2):
        assert isinstance(federation.wait_for_death(), ZeroDivisionError)


def test_a_port_in_use_is_refused_with_a_remedy_and_leaves_nothing_running(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"Port {port} is in use; choose another with --port\."):
            start(port=port)
    with pytest.raises(BrokerNotStarted):
        current_broker()
    start(port=port)


def test_a_second_federation_in_the_process_is_refused_and_harms_the_first_in_nothing(start: Start) -> None:
    federation = start()
    with pytest.raises(RuntimeError, match="runs in this process already"):
        start()
    assert federation.rpc("innlandet").directory.county() == {"county": "innlandet"}


def test_a_county_that_lost_its_key_is_not_given_a_new_one(start: Start, tmp_path: Path) -> None:
    federation = start()
    federation.stop()
    federation.nodes["innlandet"].configuration.signing_key_file.unlink()
    with pytest.raises(KeyFileError):
        start()


def test_a_database_that_cannot_be_used_stops_the_start(start: Start) -> None:
    def refuse(_engine: Engine, process: str) -> None:
        raise DatabaseUnusable(f"{process} is read only")

    with pytest.raises(DatabaseUnusable, match=r"services\.ledger is read only"):
        start(migrate=refuse)
    start()


def test_a_federation_that_is_not_quiet_says_what_moves(start: Start) -> None:
    federation = start()
    calling = eventlet.spawn(federation.rpc("innlandet").ledger.positions)
    eventlet.sleep(0.05)
    with pytest.raises(TimeoutError, match="rpc-ledger"):
        federation.wait_until_quiet(0.1)
    calling.wait()


def test_two_handlers_for_one_message_are_refused(start: Start) -> None:
    class Twice:
        name = "matching"
        runtime = Runtime()

        @on_local("DaysReleased")
        def one(self, work: Any, body: Any) -> None: ...

        @on_local("DaysReleased")
        def other(self, work: Any, body: Any) -> None: ...

    with pytest.raises(Exception, match="matching handles DaysReleased twice"):
        start(services=(Twice,))


def test_one_method_may_handle_several_messages_and_still_be_called(start: Start) -> None:
    heard = []

    class Both:
        name = "matching"
        runtime = Runtime()

        @on_local("DaysReleased")
        @on_local("DaysReserved")
        def either(self, work: Any, body: Any) -> None:
            heard.append(body)

    assert listened_names(Both) == {"DaysReleased", "DaysReserved", "PeerChanged"}
    federation = start(services=(ToyLedger, Both))
    release(federation)
    federation.wait_until_quiet(5)
    assert [body["reason"] for body in heard] == ["released"]
    Both().either(None, {})
    assert heard[-1] == {}


def test_handlers_are_declared_only_for_messages_that_are_agreed() -> None:
    with pytest.raises(KeyError):
        on_local("DaysVanished")
    with pytest.raises(KeyError):
        on_peer("VANISH")


def test_a_service_without_a_signing_key_cannot_hear_peers(tmp_path: Path) -> None:
    node = Node(configure(tmp_path, "innlandet"))
    assert node.open_channels("ledger", wake=lambda: None) is None
    assert node.open_channels("notify", wake=lambda: None) is None


def test_a_service_is_found_by_its_name() -> None:
    with pytest.raises(LookupError, match="There is no service 'kitchen'"):
        load_service("kitchen")


def test_the_toys_know_their_names() -> None:
    assert [listened_names(service) for service in (ToyLedger, ToyMatching, ToyDirectory)] == [
        {"ReserveDays", "PeerChanged"},
        {"DaysReleased", "DaysReserved", "PeerChanged"},
        {"PeerChanged"},
    ]
