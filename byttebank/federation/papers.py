"""Signed documents of a round that several counties hold together, and how many fit into a message."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from byttebank.federation.canonical import payload_hash

PARCEL_CHARACTERS = 36_000
"""So much text of documents goes into one message, which must fit into an envelope."""


@dataclass(frozen=True)
class Paper:
    """A document of the round whose signature is checked. `octets` as signed."""

    kind: str
    signer: str
    body: Mapping[str, Any]
    octets: bytes
    created_at: datetime

    @cached_property
    def body_hash(self) -> str:
        """The same for everything that says the same."""
        return payload_hash(dict(self.body))


def in_parcels(papers: Iterable[Paper]) -> list[list[str]]:
    """The documents as text, in order, in as many parts as their length asks for."""
    parcels: list[list[str]] = [[]]
    for paper in papers:
        text = paper.octets.decode("ascii")
        if parcels[-1] and sum(map(len, parcels[-1])) + len(text) > PARCEL_CHARACTERS:
            parcels.append([])
        parcels[-1].append(text)
    return [parcel for parcel in parcels if parcel]
