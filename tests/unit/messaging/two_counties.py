"""Two counties' channels over a wire that a test may cut, repeat, reorder and forge."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from byttebank.clock import FixedClock, format_time
from byttebank.contracts.received import ReceivedMessage
from byttebank.federation.envelope import EnvelopeHeader, broker_user, seal
from byttebank.federation.keys import SigningKey
from byttebank.identifiers import uuid7
from byttebank.messaging.arrivals import Arrival
from byttebank.messaging.channels import Channels
from byttebank.messaging.sealing import Outgoing
from byttebank.storage import messages
from byttebank.storage.channels import channel_states, create_channel_tables
from byttebank.storage.engine import open_engine
from byttebank.storage.work import Database, Work

SERVICE = "matching"
IDS = [uuid7(1_700_000_000_000 + n, b"\x00" * 10) for n in range(40)]
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
KEYS = {"innlandet": SigningKey.from_seed(b"i" * 32), "akershus": SigningKey.from_seed(b"a" * 32)}


def peer_changed(
    county: str, *, version: int = 1, state: str = "active", key: SigningKey | None = None
) -> Any:
    """The directory's word on a peer."""
    public = (key or KEYS[county]).public_key
    entry = {"key_id": public.key_id, "public_key": public.text, "valid_from_at": format_time(NOW)}
    return {
        "county": county,
        "name": county.title(),
        "state": state,
        "fuse_half_days": 200,
        "keys": [entry],
        "version": version,
    }


@dataclass
class County:
    """One county's matching service: its database, its channels, and what it heard."""

    name: str
    peer: str
    path: Path
    heard: list[ReceivedMessage] = field(default_factory=list)
    trouble: Callable[[ReceivedMessage], None] = lambda message: None

    def __post_init__(self) -> None:
        engine = open_engine(f"sqlite:///{self.path}")
        with engine.begin() as connection:
            messages.create_message_tables(connection)
            create_channel_tables(connection)
        self.database = Database(engine, county=self.name, service=SERVICE, clock=FixedClock(NOW))
        self.restart()

    def restart(self) -> None:
        """The process begins anew on the same database."""
        self.channels = Channels(
            self.database, service=SERVICE, county=self.name, key=KEYS[self.name], wake=lambda: None
        )
        self.channels.start()

    def meet(self, **how: Any) -> None:
        """The directory tells of the peer."""
        with self.database.work() as work:
            self.channels.peer_changed(work, peer_changed(self.peer, **how))

    def decline(self, engagement_id: str) -> None:
        """Say something to the peer."""
        with self.database.work() as work:
            work.send(self.peer, "EngagementDeclined", {"engagement_id": engagement_id})

    def accept(self, engagement_id: str, name: str) -> None:
        """Say something with a name beside it."""
        payload = {"engagement_id": engagement_id, "roles": ["colleague"]}
        with self.database.work() as work:
            work.send(self.peer, "EngagementAccepted", payload, detached={"colleague_name": name})

    def take_out(self) -> list[Outgoing]:
        """Everything that waits, confirmed."""
        batch = self.channels.outgoing(100)
        self.channels.sent(batch)
        return batch

    def hear(self, message: Outgoing, stamped_user: str | None = None) -> str:
        """The message arrives over the peer's link."""
        arrival = self._arrival(message, stamped_user)
        return self.channels.receive(**vars(arrival), handle=self._handle)

    def hear_together(self, found: Sequence[Outgoing]) -> list[str]:
        """The messages arrive together."""
        arrivals = [self._arrival(message) for message in found]
        return self.channels.receive_together(arrivals, self._handle)

    def remind(self) -> None:
        """Some seconds have passed."""
        self.channels._said_at.clear()
        self.channels.tick()

    @property
    def is_frozen(self) -> bool:
        return self.state() == "frozen"

    def state(self) -> str:
        with self.database.reading() as work:
            return channel_states(work.connection)[self.peer]

    def parked(self) -> list[dict[str, Any]]:
        with self.database.reading() as work:
            return messages.list_parked(work.connection)

    def ids(self) -> list[str]:
        """The engagements that were spoken of, in the order they were heard."""
        return [message.payload["engagement_id"] for message in self.heard]

    def _arrival(self, message: Outgoing, stamped_user: str | None = None) -> Arrival:
        user = stamped_user or broker_user(self.peer)
        return Arrival(f"in.{self.peer}.{SERVICE}", user, message.octets, message.headers)

    def _handle(self, work: Work, message: ReceivedMessage) -> None:
        self.trouble(message)
        self.heard.append(message)


def two_counties(tmp_path: Path) -> tuple[County, County]:
    """Innlandet and Akershus, who have heard of each other and not yet spoken."""
    one = County("innlandet", "akershus", tmp_path / "innlandet.sqlite")
    two = County("akershus", "innlandet", tmp_path / "akershus.sqlite")
    one.meet()
    two.meet()
    return one, two


def exchange(one: County, two: County, rounds: int = 20) -> None:
    """Deliver until nobody has anything to say."""
    for _ in range(rounds):
        from_one, from_two = one.take_out(), two.take_out()
        if not from_one and not from_two:
            if one.state() == two.state() == "open" or one.is_frozen or two.is_frozen:
                return
            one.remind()
            two.remind()
        for message in from_one:
            two.hear(message)
        for message in from_two:
            one.hear(message)
    raise AssertionError("they never stop talking")


def sealed(
    key: SigningKey, *, seq: int, message_type: str = "EngagementDeclined", version: int = 1
) -> Outgoing:
    """A message from Innlandet to Akershus, signed with this key."""
    header = EnvelopeHeader(
        sender="innlandet",
        recipient="akershus",
        service="matching",
        message_id=IDS[30 + seq],
        type=message_type,
        type_version=version,
        created_at=NOW,
        epoch=1,
        seq=seq,
        prev_hash="0" * 64,
    )
    octets = seal({"engagement_id": IDS[20 + seq]}, header=header, key=key)
    return Outgoing("akershus", "innlandet.matching", octets)
