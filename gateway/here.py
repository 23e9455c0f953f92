"""What the running application knows: its services, its settings, and what things are called."""

from dataclasses import dataclass

from flask import current_app, g

from gateway.accounts import User
from gateway.backend import Backend
from gateway.known_names import KnownNames
from gateway.settings import GatewaySettings

EXTENSION = "byttebank"


@dataclass(frozen=True)
class Gateway:
    """One county's gateway while it runs."""

    backend: Backend
    settings: GatewaySettings
    names: KnownNames


def here() -> Gateway:
    """The gateway that answers this request."""
    gateway: Gateway = current_app.extensions[EXTENSION]
    return gateway


def person() -> User:
    """Whoever is signed in, in a view that asks for it (`gateway.auth.guard`)."""
    user: User = g.user
    return user
