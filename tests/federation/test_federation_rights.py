"""What a peer may do at our broker, what a service may do to its book, and what `init` makes of both."""

import json
from collections.abc import Callable, Iterator

import amqp
import psycopg2
import pytest
from amqp.exceptions import AccessRefused, PreconditionFailed
from bed import Bed
from programs import wait_for

ONE, OTHER = "innlandet", "akershus"
BOOK = ("transfers", "entries", "resolutions", "prepares_sent", "prepares_received", "decisions")


@pytest.fixture
def peer(bed: Bed) -> Iterator[Callable[[], amqp.Channel]]:
    """Channels of the other county's user at our broker."""
    opened = []

    def open_channel() -> amqp.Channel:
        connection = amqp.Connection(
            f"127.0.0.1:{bed.counties[ONE].broker.port}",
            f"county-{OTHER}",
            f"{OTHER}-at-{ONE}",
            virtual_host=ONE,
            confirm_publish=True,
        )
        connection.connect()
        opened.append(connection)
        return connection.channel()

    yield open_channel
    for connection in opened:
        connection.collect()


@pytest.mark.parametrize(
    "act",
    [
        lambda channel: channel.queue_declare("mine"),
        lambda channel: channel.exchange_declare("mine", "topic"),
        lambda channel: channel.queue_delete("ledger.local"),
        lambda channel: channel.queue_bind("ledger.local", "bank.in", "#"),
        lambda channel: channel.basic_get("in.trondelag.ledger"),
        lambda channel: channel.basic_consume(f"in.{OTHER}.ledger"),
        lambda channel: channel.basic_publish_confirm(amqp.Message("x"), "bank.local", "ledger.PostDays.v1"),
        lambda channel: channel.basic_publish_confirm(amqp.Message("x"), "", "ledger.local"),
        lambda channel: channel.basic_publish_confirm(amqp.Message("x"), "nameko-rpc", "ledger.positions"),
        lambda channel: channel.basic_publish_confirm(amqp.Message("x"), "bank.in", "trondelag.ledger"),
        lambda channel: channel.basic_publish_confirm(amqp.Message("x"), "bank.in", f"{OTHER}.gateway"),
    ],
)
def test_a_peer_may_do_nothing_here_but_speak_for_itself(
    peer: Callable[[], amqp.Channel], act: Callable[[amqp.Channel], object]
) -> None:
    with pytest.raises(AccessRefused):
        act(peer())


def test_a_peer_cannot_say_that_another_county_sent_its_message(peer: Callable[[], amqp.Channel]) -> None:
    forged = amqp.Message("x", user_id="county-trondelag")
    with pytest.raises(PreconditionFailed):
        peer().basic_publish_confirm(forged, "bank.in", f"{OTHER}.ledger")


@pytest.mark.parametrize("table", BOOK)
@pytest.mark.parametrize("act", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
def test_the_ledgers_role_changes_nothing_in_the_book(bed: Bed, table: str, act: str) -> None:
    cluster = bed.counties[ONE].cluster
    column = "transfer_id" if table not in ("transfers",) else "id"
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cluster.ask("ledger", act.format(table, column))


def test_not_even_the_owner_changes_the_book(bed: Bed) -> None:
    cluster = bed.counties[ONE].cluster
    with pytest.raises(psycopg2.errors.RaiseException, match="append only"):
        cluster.ask("ledger", "DELETE FROM entries", role=f"{ONE}_owner")


def test_a_service_cannot_read_anothers_database(bed: Bed) -> None:
    cluster = bed.counties[ONE].cluster
    with pytest.raises(psycopg2.OperationalError, match="permission denied"):
        psycopg2.connect(
            host="127.0.0.1", port=cluster.port, user=f"{ONE}_ledger", dbname=f"{ONE}_gateway"
        ).close()


def test_init_again_changes_nothing(bed: Bed) -> None:
    county = bed.counties[ONE]
    before = state_of(bed)
    done = json.loads(county.init("--json"))
    assert not done["key_is_new"]
    assert (done["links_deleted"], done["users_not_in_peers_file"]) == ([], [])
    assert state_of(bed) == before


def test_what_init_prints_is_what_the_broker_has(bed: Bed) -> None:
    printed = json.loads(bed.counties[ONE].init("--print"))
    found = bed.counties[ONE].broker.ask(f"definitions/{ONE}")
    for kind in ("queues", "exchanges"):
        have = {one["name"]: one for one in found[kind]}
        for wanted in printed[kind]:
            got = have[wanted["name"]]
            assert {key: got[key] for key in wanted if key != "vhost"} == {
                key: value for key, value in wanted.items() if key != "vhost"
            }
    bindings = {(one["source"], one["destination"], one["routing_key"]) for one in found["bindings"]}
    assert {(b["source"], b["destination"], b["routing_key"]) for b in printed["bindings"]} <= bindings


def test_a_county_that_left_the_peers_file_has_no_link_and_is_told_of(bed: Bed) -> None:
    county = bed.counties["trondelag"]
    file = county.state / "peers.toml"
    kept = file.read_text(encoding="utf-8")
    try:
        tables = [f"[{table}" for table in kept.split("[") if table and not table.startswith(OTHER)]
        file.write_text("".join(tables), encoding="utf-8")
        done = json.loads(county.init("--json"))
        assert done["links_deleted"] == [f"to-{OTHER}"]
        assert f"county-{OTHER}" in done["users_not_in_peers_file"]
    finally:
        file.write_text(kept, encoding="utf-8")
        county.init()

    def runs() -> bool:
        found = county.broker.ask("shovels/trondelag")
        return {one["name"] for one in found if one["state"] == "running"} == {"to-innlandet", "to-akershus"}

    wait_for(runs, 20, lambda: str(county.broker.ask("shovels/trondelag")))


def state_of(bed: Bed) -> object:
    """What the broker has, without passwords, whose salt changes."""
    found = bed.counties[ONE].broker.ask(f"definitions/{ONE}")
    return {
        kind: sorted(map(json.dumps, found[kind])) for kind in ("queues", "exchanges", "bindings", "policies")
    }
