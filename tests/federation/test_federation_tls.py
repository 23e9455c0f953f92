"""Links with certificates instead of passwords (EXTERNAL), between two brokers that speak TLS alone."""

import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import amqp
import pytest
from amqp.exceptions import AccessRefused
from amqp.sasl import EXTERNAL
from certificates import Authority
from postgresql import ROOT
from programs import free_port, install_missing, wait_for
from rabbitmq import PASSWORD, Broker, Erlang

from byttebank.federation.envelope import broker_user
from byttebank.federation.keys import generate_signing_key, save_signing_key
from byttebank.messaging.brokers import BrokerUnusable, check_broker
from byttebank.messaging.embedded import Publication
from byttebank.messaging.rabbitmq import RabbitMqPublisher
from byttebank.messaging.topology import out_name

ONE, OTHER = "innlandet", "akershus"
ARRIVED_SECONDS = 60.0


class TlsBroker(Broker):
    """A broker that takes TLS connections with a certificate of the authority, and no others."""

    def __init__(self, folder: Path, name: str, erlang: Erlang, authority: Authority, host: str) -> None:
        self.tls_port = free_port()
        self._authority = authority
        self._certificate, self._key = authority.sign(f"broker-{name}", host)
        super().__init__(folder, name, erlang)

    def _write_configuration(self) -> None:
        super()._write_configuration()
        with (self.folder / "rabbitmq.conf").open("a", encoding="utf-8") as conf:
            conf.write(
                f"listeners.ssl.1 = 127.0.0.1:{self.tls_port}\n"
                f"ssl_options.cacertfile = {self._authority.file}\n"
                f"ssl_options.certfile = {self._certificate}\n"
                f"ssl_options.keyfile = {self._key}\n"
                "ssl_options.verify = verify_peer\n"
                "ssl_options.fail_if_no_peer_cert = true\n"
                "ssl_cert_login_from = common_name\n"
                "auth_mechanisms.1 = PLAIN\n"
                "auth_mechanisms.2 = EXTERNAL\n"
            )
        plugins = self.folder / "enabled_plugins"
        enabled = plugins.read_text(encoding="utf-8").replace("].", ",rabbitmq_auth_mechanism_ssl].")
        plugins.write_text(enabled, encoding="utf-8")


class Node:
    """A county's broker and what `byttebank init` needs to know of it. No service runs."""

    def __init__(self, folder: Path, slug: str, erlang: Erlang, authority: Authority) -> None:
        self.slug = slug
        self.broker = TlsBroker(folder / "rabbitmq", slug, erlang, authority, "localhost")
        self.state = folder / "state"
        self.state.mkdir()
        save_signing_key(generate_signing_key(), self.state / "signing-key.pem")
        (self.state / "password").write_text(PASSWORD, encoding="utf-8")
        self.certificate, self.key = authority.sign(broker_user(slug))
        self._files = f"cacertfile={authority.file}&certfile={self.certificate}&keyfile={self.key}"

    @property
    def url(self) -> str:
        """Where its own services connect, with the password."""
        return f"amqps://byttebank:{PASSWORD}@localhost:{self.broker.tls_port}/{self.slug}?{self._files}"

    def init(self, peer: "Node") -> None:
        """`byttebank init` with a link to the peer, on which both sides show certificates."""
        (self.state / "peers.toml").write_text(
            f"[{peer.slug}]\n"
            f'send_to = "amqps://{broker_user(self.slug)}@localhost:{peer.broker.tls_port}/{peer.slug}'
            f'?{self._files}&verify=verify_peer&server_name_indication=localhost&auth_mechanism=external"\n',
            encoding="utf-8",
        )
        done = subprocess.run(
            [sys.executable, "-m", "byttebank", "init"],
            env={
                "PATH": os.environ["PATH"],
                "LANG": "C.UTF-8",
                "BYTTEBANK_COUNTY": self.slug,
                "BYTTEBANK_AMQP_URL": self.url.replace(f":{PASSWORD}@", "@"),
                "BYTTEBANK_AMQP_PASSWORD_FILE": str(self.state / "password"),
                "BYTTEBANK_STATE_DIR": str(self.state),
                "BYTTEBANK_MANAGEMENT_URL": self.broker.management_url,
                "BYTTEBANK_PEERS_FILE": str(self.state / "peers.toml"),
            },
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "authority", "Authority of the counties")


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[dict[str, Node]]:
    """Two counties whose brokers are linked with certificates alone."""
    install_missing("rabbitmq-server")
    folder = tmp_path_factory.mktemp("nodes")
    erlang = Erlang(folder / "erlang").start()
    made = {slug: Node(folder / slug, slug, erlang, authority) for slug in (ONE, OTHER)}
    try:
        for node in made.values():
            node.broker.start()
        for node in made.values():
            node.broker.wait_until_ready()
        made[ONE].init(made[OTHER])
        made[OTHER].init(made[ONE])
        yield made
    finally:
        for node in made.values():
            node.broker.end()
        erlang.stop()


def connect_as(node: Node, files: tuple[Path, Path], authority: Authority) -> amqp.Connection:
    """Signed in at the node's broker with a certificate, as the link of a peer is."""
    connection = amqp.Connection(
        f"localhost:{node.broker.tls_port}",
        virtual_host=node.slug,
        authentication=[EXTERNAL()],
        confirm_publish=True,
        connect_timeout=10,
        ssl={
            "ca_certs": str(authority.file),
            "certfile": str(files[0]),
            "keyfile": str(files[1]),
            "cert_reqs": ssl.CERT_REQUIRED,
            "server_hostname": "localhost",
        },
    )
    connection.connect()
    return connection


def test_our_services_reach_their_broker_over_tls_and_find_what_init_made(nodes: dict[str, Node]) -> None:
    for node in nodes.values():
        check_broker(node.url)


def test_a_link_signs_in_with_its_certificate_and_the_other_broker_stamps_who_sent(
    nodes: dict[str, Node],
) -> None:
    publisher = RabbitMqPublisher(nodes[ONE].url)
    (outcome,) = publisher.publish([Publication(out_name(OTHER), f"{ONE}.ledger", b"over TLS", {})])
    publisher.close()
    assert outcome.is_confirmed
    broker = nodes[OTHER].broker
    login = ("administrator", PASSWORD)
    files = nodes[OTHER].certificate, nodes[OTHER].key
    with amqp.Connection(f"127.0.0.1:{broker.port}", *login, virtual_host=OTHER) as connection:
        channel = connection.channel()
        found = []
        wait_for(
            lambda: found or found.extend(filter(None, [channel.basic_get(f"in.{ONE}.ledger", no_ack=True)])),
            ARRIVED_SECONDS,
            lambda: f"{files}: {broker.ask(f'shovels/{OTHER}')} {broker.tail()}",
        )
    assert found[0].body in ("over TLS", b"over TLS")
    assert found[0].properties["user_id"] == broker_user(ONE)


def test_a_peers_certificate_lets_it_speak_for_itself_alone(
    nodes: dict[str, Node], authority: Authority
) -> None:
    node = nodes[ONE]
    connection = connect_as(node, (nodes[OTHER].certificate, nodes[OTHER].key), authority)
    connection.channel().basic_publish_confirm(amqp.Message("x"), "bank.in", f"{OTHER}.ledger")
    with pytest.raises(AccessRefused):
        connection.channel().basic_publish_confirm(amqp.Message("x"), "bank.in", "trondelag.ledger")
    connection.collect()


def test_a_certificate_of_another_authority_is_refused(
    nodes: dict[str, Node], authority: Authority, tmp_path: Path
) -> None:
    forger = Authority(tmp_path / "forger", "Authority of the counties")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        connect_as(nodes[ONE], forger.sign(broker_user(OTHER)), authority)


def test_a_certificate_in_the_name_of_a_county_that_is_no_peer_is_refused(
    nodes: dict[str, Node], authority: Authority
) -> None:
    with pytest.raises(AccessRefused):
        connect_as(nodes[ONE], authority.sign(broker_user("trondelag")), authority)


def test_without_a_certificate_nobody_gets_in(nodes: dict[str, Node], authority: Authority) -> None:
    url = f"amqps://byttebank:{PASSWORD}@localhost:{nodes[ONE].broker.tls_port}/{ONE}"
    with pytest.raises(BrokerUnusable, match=r"do not agree on TLS.*certfile="):
        check_broker(f"{url}?cacertfile={authority.file}")


def test_a_broker_whose_certificate_nobody_vouches_for_is_not_trusted(
    nodes: dict[str, Node], tmp_path: Path
) -> None:
    stranger = Authority(tmp_path / "stranger", "Somebody")
    url = f"amqps://byttebank:{PASSWORD}@localhost:{nodes[ONE].broker.tls_port}/{ONE}"
    with pytest.raises(BrokerUnusable, match="certificate verify failed") as refusal:
        check_broker(f"{url}?cacertfile={stranger.file}")
    assert PASSWORD not in str(refusal.value)
