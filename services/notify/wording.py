"""What the words of a mail consist of; the words themselves stand in `words` and `vandring_words`."""

from dataclasses import dataclass


def N_(text: str) -> str:
    """The text as it is: gettext's tools find it by this name, and it is translated where it is used."""
    return text


SEE = N_("Se oppdraget")


@dataclass(frozen=True)
class Words:
    """A mail's subject, the sentences of its body, and what the link to the engagement's page says."""

    subject: str
    sentences: tuple[str, ...]
    call: str = SEE
