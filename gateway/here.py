"""What the running application knows: its services, its settings, and what things are called."""

from dataclasses import dataclass

from flask import current_app, g

from gateway import languages, speech
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

    def library_language(self, library_id: str) -> str:
        """What those at the library read who have not chosen."""
        return languages.spoken(self.names.library_language(library_id)) or speech.SOURCE


def here() -> Gateway:
    """The gateway that answers this request."""
    gateway: Gateway = current_app.extensions[EXTENSION]
    return gateway


def person() -> User:
    """Whoever is signed in, in a view that asks for it (`gateway.auth.guard`)."""
    user: User = g.user
    return user


def speak_to(reader: User | None, *, is_program: bool = False) -> None:
    """From here on everything is said to this reader, or to anybody when none is known.

    A person reads in the own language, else in the browser's chosen one, else in the library's. Anybody
    reads in the chosen one, else as the browser asks (Accept-Language), else in the county's. A program
    reads as it asks, else as its person does; for one that is unknown nothing is asked of the services.
    """
    gateway = here()
    speech.speak(
        Speech(
            language=_language_of(reader, gateway, is_program) or speech.SOURCE,
            today=gateway.settings.today(),
            names=gateway.names,
            time_zone=gateway.settings.time_zone,
        )
    )


def _language_of(reader: User | None, gateway: Gateway, is_program: bool) -> str | None:
    if is_program:
        accepted = languages.accepted_language()
        if accepted or reader is None:
            return accepted
    if reader is not None:
        own = languages.spoken(reader.language) or (None if is_program else languages.chosen_language())
        return own or gateway.library_language(reader.library_id)
    chosen = languages.chosen_language() or languages.accepted_language()
    return chosen or languages.spoken(gateway.names.county_language())
