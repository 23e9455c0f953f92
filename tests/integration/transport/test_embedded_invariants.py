"""Everything at random, again and again: what was confirmed is somewhere, once, until it is acknowledged."""

import random
from collections import Counter

import eventlet
import pytest
from amqp.exceptions import MessageNacked
from kombu import Connection

from byttebank.messaging.embedded import Publication, install, start_broker

COUNTIES = ("innlandet", "akershus")
QUEUES = ("work", "small", "dead", "in", "out")
ARGUMENTS = {
    "work": {
        "x-queue-type": "quorum",
        "x-delivery-limit": 3,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "dead",
    },
    "small": {
        "x-max-length": 5,
        "x-overflow": "reject-publish",
        "x-message-ttl": 60,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "dead",
        "x-dead-letter-strategy": "at-least-once",
    },
    "dead": {"x-max-length": 40, "x-overflow": "reject-publish"},
    "in": {},
    "out": {},
}


class Play:
    """One random run. `expected` is what was confirmed and not acknowledged since."""

    def __init__(self, seed: int, path) -> None:
        self.random = random.Random(seed)
        self.path = path
        self.expected: set[str] = set()
        self.sent = 0
        self.start()

    def start(self) -> None:
        self.broker = start_broker(self.path)
        self.held: list = []
        self.channels = []
        for county in COUNTIES:
            channel = self.open(county)
            channel.exchange_declare("bank.in", "fanout", durable=True, auto_delete=False)
            for queue in QUEUES:
                channel.queue_declare(queue, durable=True, auto_delete=False, arguments=ARGUMENTS[queue])
            channel.queue_bind("in", "bank.in")
        self.broker.link("innlandet", "out", "akershus", "bank.in", "county-innlandet", prefetch=3)
        self.broker.link("akershus", "out", "innlandet", "bank.in", "county-akershus", prefetch=3)

    def open(self, county: str | None = None):
        county = county or self.random.choice(COUNTIES)
        connection = Connection(f"embedded://{county}/", transport_options={"confirm_publish": True})
        channel = connection.channel()
        self.channels.append((connection, channel))
        return channel

    def publish(self) -> None:
        _, channel = self.random.choice(self.channels)
        body = self.new()
        message = channel.prepare_message(body, content_encoding="utf-8", properties={"delivery_mode": 2})
        try:
            channel.basic_publish(message, routing_key=self.random.choice(("work", "small", "out")))
        except MessageNacked:
            return
        self.expected.add(body)

    def publish_many(self) -> None:
        bodies = [self.new() for _ in range(self.random.randint(1, 8))]
        publications = [
            Publication(
                "", self.random.choice(("work", "small", "out")), body.encode(), {"content_encoding": "utf-8"}
            )
            for body in bodies
        ]
        outcomes = self.broker.publish_many(self.random.choice(COUNTIES), publications)
        self.expected.update(
            body for body, outcome in zip(bodies, outcomes, strict=True) if outcome.is_confirmed
        )

    def new(self) -> str:
        self.sent += 1
        return f"message {self.sent}"

    def get(self) -> None:
        _, channel = self.random.choice(self.channels)
        message = channel.basic_get(self.random.choice(("work", "small", "in", "dead")))
        if message is not None:
            self.held.append((channel, message))

    def consume(self) -> None:
        _, channel = self.random.choice(self.channels)
        channel.basic_qos(0, self.random.randint(1, 4), False)
        tag = channel.basic_consume(
            self.random.choice(("work", "small", "in", "dead")),
            callback=lambda message: self.held.append((channel, message)),
        )
        for _ in range(self.random.randint(0, 6)):
            try:
                channel.connection.drain_events(timeout=0)
            except TimeoutError:
                break
        if self.random.random() < 0.7:
            channel.basic_cancel(tag)

    def settle(self) -> None:
        self.held = [(channel, message) for channel, message in self.held if channel.connection]
        if not self.held:
            return
        channel, message = self.held.pop(self.random.randrange(len(self.held)))
        how = self.random.random()
        if how < 0.4:
            channel.basic_ack(message.delivery_tag)
            self.expected.remove(message.body)
        elif how < 0.5 and message.delivery_info["routing_key"] in ("work", "small"):
            channel.basic_reject(message.delivery_tag, requeue=False)
            self.lost_when_the_dead_letters_are_full(message, channel)
        else:
            channel.basic_reject(message.delivery_tag, requeue=True)
            self.lost_when_the_dead_letters_are_full(message, channel)

    def lost_when_the_dead_letters_are_full(self, message, channel) -> None:
        """`work` sends its dead letters at most once: a full queue of them loses one, and only then."""
        if message.delivery_info["routing_key"] == "work" and message.body not in self.everywhere():
            county = channel.namespace.name
            assert self.ready(county, "dead") >= 40, message.body
            self.expected.remove(message.body)

    def ready(self, county: str, queue: str) -> int:
        return next(state.ready for state in self.broker.queues(county) if state.name == queue)

    def cut_or_heal(self) -> None:
        way = self.random.sample(COUNTIES, 2)
        self.random.choice((self.broker.cut, self.broker.heal))(*way)

    def leave(self) -> None:
        if len(self.channels) > 4:
            connection, channel = self.channels.pop(self.random.randrange(len(self.channels)))
            mine = [message for one, message in self.held if one is channel]
            channel.close()
            for message in mine:
                if message.delivery_info["routing_key"] == "work" and message.body not in self.everywhere():
                    self.expected.discard(message.body)
            connection.release()

    def wait(self) -> None:
        eventlet.sleep(self.random.choice((0, 0.01, 0.07)))

    def restart(self) -> None:
        self.broker.close()
        self.start()

    def everywhere(self) -> Counter:
        """Every message the broker has, wherever."""
        found: Counter = Counter()
        for county in COUNTIES:
            for queue in self.broker.namespace(county).queues.values():
                waiting = [*queue._arrived, *(queued for _, queued in queue._returned)]
                buried = [queued for queued, _ in queue._unburied]
                alive = [queued for queued in waiting if queued.state.value == "ready"]
                assert len(alive) == queue.ready
                found.update(
                    queued.message.body.decode() for queued in (*alive, *buried, *queue.unacked.values())
                )
        return found


@pytest.mark.parametrize("seed", range(12))
def test_what_was_confirmed_is_in_one_place_until_it_is_acknowledged(tmp_path, seed):
    install()
    play = Play(seed, tmp_path / "broker.sqlite")
    try:
        steps = [play.publish] * 6 + [play.publish_many] * 3 + [play.get] * 4 + [play.consume] * 3
        steps += [play.settle] * 8 + [play.cut_or_heal, play.leave, play.open, play.wait]
        for _ in range(400):
            play.random.choice(steps)()
            assert play.everywhere() == Counter(play.expected)
            if play.random.random() < 0.01:
                play.restart()
                assert play.everywhere() == Counter(play.expected)
        assert play.sent > 100
        assert len(play.expected) < play.sent
    finally:
        play.broker.close()
