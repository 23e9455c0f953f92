"""What the running application knows: its services, its settings, and what things are called."""

from dataclasses import dataclass

from flask import current_app, g

from gateway import speech
from gateway.accounts import User
from gateway.backend import Backend
from gateway.known_names import KnownNames
from gateway.settings import GatewaySettings
from gateway.speech import Speech

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


def speak_to(reader: User | None) -> None:
    """From here on everything is said to this reader, or to anybody when none is known."""
    gateway = here()
    language = reader.language if reader else speech.SOURCE
    speech.speak(
        Speech(
            language=language if language in speech.spoken_languages() else speech.SOURCE,
            today=gateway.settings.today(),
            names=gateway.names,
            time_zone=gateway.settings.time_zone,
        )
    )
