"""What every AMQP method of a channel has in common."""

from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from itertools import count
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from amqp import exceptions

from byttebank.messaging.embedded.namespace import Namespace
from byttebank.messaging.embedded.queues import Queue

if TYPE_CHECKING:
    from byttebank.messaging.embedded.connection import Connection

C = TypeVar("C", bound="Methods")
P = ParamSpec("P")
T = TypeVar("T")


def amqp_method(function: Callable[Concatenate[C, P], T]) -> Callable[Concatenate[C, P], T]:
    """Refused on a closed channel. A channel error ends what the channel held and a connection error ends the
    connection, as both do on RabbitMQ."""

    @wraps(function)
    def method(self: C, *args: P.args, **kwargs: P.kwargs) -> T:
        if self.connection is None:
            raise exceptions.RecoverableConnectionError(f"{function.__name__}: the channel is closed")
        self.connection.broker.check_thread()
        try:
            return function(self, *args, **kwargs)
        except exceptions.ChannelError as error:
            self.fail(error)
            raise
        except exceptions.FrameSyntaxError:
            raise  # a value AMQP cannot carry, which py-amqp finds out before it sends anything
        except exceptions.ConnectionError:
            if self.connection is not None:
                self.connection.close()
            raise

    return method


class Methods:
    """The state that a channel's methods share."""

    def __init__(self, connection: "Connection", channel_id: int) -> None:
        self.connection: Connection | None = connection
        self.channel_id = channel_id
        self.namespace: Namespace = connection.namespace
        self.events: dict[str, set[Callable[..., Any]]] = defaultdict(set)
        self.next_tag = count(1).__next__
        self.last_queue = ""

    def post(self, action: Callable[[], None]) -> None:
        """The action runs when the application drains this connection's events."""
        if self.connection is not None:
            self.connection.post(action)

    def fail(self, error: Exception) -> None:
        """The channel holds nothing any more, because of an error its caller hears."""

    def named_queue(self, name: str, method: tuple[int, int]) -> Queue:
        """The queue of that name, or with no name the one declared last. Refuses: as `Namespace.queue`."""
        return self.namespace.queue(name or self.last_queue, method, self.connection)
