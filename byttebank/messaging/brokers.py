"""Whether a county's RabbitMQ can be used now, later, or not without somebody's help."""

import ssl
from typing import Any
from urllib.parse import unquote, urlsplit

from amqp.exceptions import AccessRefused, AMQPError, NotAllowed, NotFound

from byttebank.config import without_password
from byttebank.messaging import topology
from byttebank.messaging.faults import is_passing
from byttebank.messaging.session import open_connection

CALLED_SERVICES = ("directory", "ledger", "matching", "notify")


class BrokerAway(Exception):
    """The broker does not answer now. The message says which, and what was heard."""


class BrokerUnusable(Exception):
    """The broker answers, but a person must do something. The message says what."""


def check_broker(url: str) -> None:
    """The broker answers and has the node's exchanges and queues.

    Refuses: `BrokerAway` when it may answer later; `BrokerUnusable`.
    """
    shown, parts = without_password(url), urlsplit(url)
    try:
        with open_connection(url) as connection:
            connection.connect()
            _find_topology(connection.channel())
    except AccessRefused as error:
        raise BrokerUnusable(
            f"The broker at {shown} refuses user {parts.username!r}: unknown, or the password is wrong."
            " See BYTTEBANK_AMQP_URL and BYTTEBANK_AMQP_PASSWORD_FILE."
        ) from error
    except NotAllowed as error:
        vhost = unquote(parts.path[1:]) or "/"
        raise BrokerUnusable(
            f"The broker at {shown} has no virtual host {vhost!r} for user {parts.username!r}."
            " `byttebank init` makes it."
        ) from error
    except NotFound as error:
        raise BrokerUnusable(
            f"The broker at {shown} lacks what the node needs: {error.reply_text}. `byttebank init` makes it."
        ) from error
    except ssl.SSLError as error:
        raise BrokerUnusable(
            f"The broker at {shown} and we do not agree on TLS: {error}. See cacertfile=, certfile= and"
            " keyfile= in BYTTEBANK_AMQP_URL."
        ) from error
    except (AMQPError, OSError) as error:
        if not is_passing(error):
            raise BrokerUnusable(f"The broker at {shown} cannot be used: {error}") from error
        raise BrokerAway(f"The broker at {shown} does not answer: {error}") from error


def _find_topology(channel: Any) -> None:
    """Refuses: `NotFound` for the first thing that is missing."""
    for exchange in (topology.local_exchange(), topology.inbound_exchange(), topology.rpc_exchange()):
        exchange(channel).declare(passive=True)
    local = [topology.local_queue(service, []) for service in CALLED_SERVICES]
    for queue in [*topology.node_queues(), *local]:
        queue(channel).queue_declare(passive=True)
