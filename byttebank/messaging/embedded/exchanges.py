"""Exchanges: which queues a routing key leads to."""

from dataclasses import dataclass, field

TYPES = ("direct", "topic", "fanout")

_ROUTES_REMEMBERED = 4096
"""Routing keys with a reply address in them are without number, so the memory of routes is cut now and then.
"""


@dataclass(slots=True, eq=False)
class Exchange:
    """One exchange and its bindings, each a pair of queue name and binding key."""

    name: str
    type: str
    durable: bool = True
    auto_delete: bool = False
    alternate: str | None = None
    bindings: dict[tuple[str, str], None] = field(default_factory=dict)
    _routes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_kept(self) -> bool:
        """It survives a restart of the broker."""
        return self.durable and not self.auto_delete

    def bind(self, queue: str, key: str) -> bool:
        """The queue gets what the key matches. True when that is new."""
        if (queue, key) in self.bindings:
            return False
        self.bindings[queue, key] = None
        self._routes.clear()
        return True

    def unbind(self, queue: str, key: str) -> bool:
        """The queue no longer gets what the key matches. True when it did until now."""
        if (queue, key) not in self.bindings:
            return False
        del self.bindings[queue, key]
        self._routes.clear()
        return True

    def route(self, routing_key: str) -> tuple[str, ...]:
        """The names of the queues that get a message with this routing key, each once."""
        found = self._routes.get(routing_key)
        if found is None:
            if len(self._routes) >= _ROUTES_REMEMBERED:
                self._routes.clear()
            names = {queue: None for queue, key in self.bindings if self._matches(key, routing_key)}
            found = self._routes[routing_key] = tuple(names)
        return found

    def _matches(self, key: str, routing_key: str) -> bool:
        if self.type == "fanout":
            return True
        if self.type == "topic":
            return topic_matches(key, routing_key)
        return key == routing_key


def topic_matches(pattern: str, routing_key: str) -> bool:
    """A topic pattern covers a routing key: `*` is exactly one word, `#` is any number of words, none
    included.

    Words are what dots part; an empty routing key has no word at all (measured on RabbitMQ 3.10).
    """
    return _words_match(pattern.split(".") if pattern else [], routing_key.split(".") if routing_key else [])


def _words_match(pattern: list[str], words: list[str]) -> bool:
    # The classic walk with one point to fall back to: the last `#`, which takes one word more each time.
    at, word = 0, 0
    fallback: tuple[int, int] | None = None
    while word < len(words):
        if at < len(pattern) and pattern[at] == "#":
            fallback = (at, word)
            at += 1
        elif at < len(pattern) and pattern[at] in ("*", words[word]):
            at, word = at + 1, word + 1
        elif fallback is not None:
            fallback = (fallback[0], fallback[1] + 1)
            at, word = fallback[0] + 1, fallback[1]
        else:
            return False
    return all(rest == "#" for rest in pattern[at:])
