"""The message broker inside the process: what RabbitMQ is in production, with nothing to install.

`install()` teaches kombu the URL `embedded://<county>/`, `start_broker()` starts the broker of this process,
`close()` stops it. Each county is a namespace of its own, as if it had its own RabbitMQ; links join them as
shovels do. One suite, tests/integration/transport, runs against this and against RabbitMQ. What differs:

- One thread: publish from greenthreads, not from `eventlet.tpool`.
- A refusal is raised by the call it refuses, where RabbitMQ's may only come with the channel's next event.
- When one of a message's queues is full none of them gets it; RabbitMQ nacks it too, but the others have it.
- Kept across a restart: durable exchanges, durable queues, their bindings and the persistent messages in
  them; not queues that are auto-delete, exclusive or have `x-expires` (their users were in this process), and
  not a request whose answer would go to such a queue (its caller was). After a restart every kept message is
  marked redelivered.
- A message returned to its queue takes its old place in quorum queues too. Messages that a consumer has not
  got yet when it goes away do not count as delivered.
- Unknown queue and exchange arguments are refused, RabbitMQ ignores them. Not here: headers exchanges,
  bindings between exchanges, `x-max-length` that drops messages, prefetch for a whole channel, consumer
  arguments, transactions.
"""

from byttebank.messaging.embedded.broker import (
    EmbeddedBroker,
    Publication,
    QueueState,
    current_broker,
    start_broker,
)
from byttebank.messaging.embedded.errors import BrokerNotStarted, NoSuchLink, StoreRefused, WrongThread
from byttebank.messaging.embedded.links import LinkState
from byttebank.messaging.embedded.outcomes import Outcome
from byttebank.messaging.embedded.transport import install

__all__ = [
    "BrokerNotStarted",
    "EmbeddedBroker",
    "LinkState",
    "NoSuchLink",
    "Outcome",
    "Publication",
    "QueueState",
    "StoreRefused",
    "WrongThread",
    "current_broker",
    "install",
    "start_broker",
]
