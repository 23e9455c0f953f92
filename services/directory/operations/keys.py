"""A county's keys as its peers know them: the first compared by telephone, the next signed by the last."""

from datetime import datetime
from typing import Any

from byttebank.clock import format_time, parse_time
from byttebank.contracts.refusals import CountyUnknown, FieldMissing, NotNow
from byttebank.federation.keyring import Keyring, KnownKey
from byttebank.federation.keys import PublicKey, fingerprint
from byttebank.federation.rotation import read_rotation, rotate
from byttebank.storage.work import Work
from services.directory.operations.documents import refuse
from services.directory.operations.peers import add_keys, add_peer
from services.directory.storage import counties

Document = dict[str, Any]
FUSE_HALF_DAYS = 200
"""What may be owed and on its way to a new county, where the operator says nothing."""


def list_keys(work: Work) -> list[Document]:
    """`{county, key_id, fingerprint, public_key, valid_from_at}` of each peer, oldest first."""
    return [
        {
            "county": peer["county"],
            "key_id": key["key_id"],
            "fingerprint": fingerprint(PublicKey.from_text(key["public_key"])),
            "public_key": key["public_key"],
            "valid_from_at": key["valid_from_at"],
        }
        for peer in counties.list_peers(work.connection)
        for key in peer["keys"]
    ]


def join_peer(
    work: Work,
    county: str,
    public_key: str,
    name: str | None = None,
    base_url: str | None = None,
    fuse_half_days: int | None = None,
) -> Document:
    """`Peer` whose key people have compared: new, come back, or with one more key.

    What is left out stays as it is; a new one needs a name. Refuses: as `add_peer`, FieldMissing (name).
    """
    stored = counties.find_peer(work.connection, county) or {}
    name = name or stored.get("name")
    if not name:
        raise FieldMissing(field="name")
    fuse = fuse_half_days if fuse_half_days is not None else stored.get("fuse_half_days", FUSE_HALF_DAYS)
    try:
        key = PublicKey.from_text(public_key)
    except ValueError as error:
        raise refuse("/public_key", f"No Ed25519 public key: {error}.") from error
    base_url = base_url or stored.get("base_url")
    return add_peer(work, county, name, base_url, [_entry(key, work.now)], fuse)


def accept_rotation(work: Work, octets: bytes) -> Document:
    """`Peer` with the new key that its newest key has signed for. Said again, nothing changes.

    Refuses: `EnvelopeError`s, among them UnknownKey for a county that we do not know, and RotationRefused;
    NotNow for a frozen one: who has stolen a key can sign for a next one.
    """
    known = Keyring(
        KnownKey(peer["county"], PublicKey.from_text(key["public_key"]), parse_time(key["valid_from_at"]))
        for peer in counties.list_peers(work.connection)
        for key in peer["keys"]
    )
    county = read_rotation(octets, keyring=known).county
    newest = rotate(known, octets).newest(county)
    stored = counties.find_peer(work.connection, county, for_update=True)
    if stored is None or newest is None:
        raise CountyUnknown(county=county)
    if stored["state"] == "frozen":
        raise NotNow(state="frozen", act="keys")
    return add_keys(work, county, [_entry(newest.public_key, newest.valid_from)])


def _entry(public_key: PublicKey, valid_from: datetime) -> Document:
    return {
        "key_id": public_key.key_id,
        "public_key": public_key.text,
        "valid_from_at": format_time(valid_from),
    }
