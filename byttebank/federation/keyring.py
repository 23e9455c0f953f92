"""Whose keys we know. Old keys are kept for ever, so that old signatures can always be checked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from byttebank.federation.keys import PublicKey


class KeyConflict(ValueError):
    """The key is known otherwise: another key with its id, or the same key from another time."""


@dataclass(frozen=True)
class KnownKey:
    """A county's key and the UTC time from which the county signs with it."""

    county: str
    public_key: PublicKey
    valid_from: datetime


class Keyring(Mapping[tuple[str, str], KnownKey]):
    """An unchanging mapping from (county, key id) to the known key."""

    def __init__(self, keys: Iterable[KnownKey] = ()) -> None:
        """Refuses: `KeyConflict`."""
        self._keys: dict[tuple[str, str], KnownKey] = {}
        for key in keys:
            if key.valid_from.utcoffset() is None:
                raise ValueError("valid_from needs an offset from UTC")
            place = (key.county, key.public_key.key_id)
            if self._keys.setdefault(place, key) != key:
                raise KeyConflict(f"{key.county} has another key, or other dates, for {place[1]}")

    def find(self, county: str, key_id: str) -> PublicKey | None:
        """The county's key with that id."""
        known = self._keys.get((county, key_id))
        return known.public_key if known else None

    def newest(self, county: str) -> KnownKey | None:
        """The key the county has signed with since last."""
        return max(self.keys_of(county), key=lambda known: known.valid_from, default=None)

    def keys_of(self, county: str) -> list[KnownKey]:
        """All keys of the county, oldest first."""
        mine = [known for known in self._keys.values() if known.county == county]
        return sorted(mine, key=lambda known: known.valid_from)

    def with_key(self, county: str, public_key: PublicKey, valid_from: datetime) -> "Keyring":
        """A keyring with this key too; the same one again changes nothing. Refuses: `KeyConflict`."""
        return Keyring([*self._keys.values(), KnownKey(county, public_key, valid_from)])

    def __getitem__(self, place: tuple[str, str]) -> KnownKey:
        return self._keys[place]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)
