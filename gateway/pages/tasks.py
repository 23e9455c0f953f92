"""What waits for a reader, as the first page lists it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """Something that waits for the reader."""

    title: str
    text: str
    due: str
    button: str
    href: str
