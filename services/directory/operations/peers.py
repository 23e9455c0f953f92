"""The counties we exchange with: joining, freezing, thawing. Keys are added, never forgotten."""

from typing import Any

from marshmallow import Schema, fields

from byttebank.contracts.fields import Slug, WholeNumber, text
from byttebank.contracts.local import PeerKey
from byttebank.contracts.received import SentMessage
from byttebank.contracts.refusals import CountyUnknown, NotNow, SameKeyOtherBody
from byttebank.federation.keys import PublicKey, fingerprint
from byttebank.storage.work import Work
from services.directory.operations.documents import read, refuse
from services.directory.operations.partnership import tell_partnership
from services.directory.operations.publishing import tell_everything
from services.directory.storage import board, counties

Document = dict[str, Any]
MAX_FUSE = 1_000_000
NEW: Document = {
    "state": "invited",
    "was_active": False,
    "keys": [],
    "version": 0,
    "ended_on": None,
    "said_version": 0,
}
"""A county of which nothing is known yet."""


class JoiningPeer(Schema):
    """What is agreed with a county when it joins."""

    county = Slug(required=True)
    name = text(100)
    base_url = text(300, required=False, load_default=None, allow_none=True)
    fuse_half_days = WholeNumber(required=True)
    keys = fields.List(fields.Nested(PeerKey), required=True)


def add_peer(
    work: Work,
    county: str,
    name: str,
    base_url: str | None,
    keys: list[Document],
    fuse_half_days: int,
) -> Document:
    """We exchange with the county; when it is new, or came back, it is told of all that we publish.

    `keys`: `{key_id, public_key, valid_from_at}`, its fingerprints compared by people beforehand; they are
    added to those we know. A frozen county stays frozen: see `thaw_peer`. Said again, nothing changes.
    Refuses: Malformed, also for our own county and for keys that are none; SameKeyOtherBody for a known key
    id with another key.
    """
    wanted = read(
        JoiningPeer,
        {
            "county": county,
            "name": name,
            "base_url": base_url,
            "fuse_half_days": fuse_half_days,
            "keys": keys,
        },
    )
    if wanted["county"] == work.county:
        raise refuse("/county", "A county does not exchange with itself.")
    _check_fuse(wanted["fuse_half_days"])
    _check_keys(wanted["keys"])
    counties.hold_publishing(work.connection, work.county, alone=True)
    stored = counties.find_peer(work.connection, county, for_update=True)
    before = stored or NEW
    state = before["state"] if before["state"] == "frozen" else "active"
    peer = {**before, **wanted, "state": state, "keys": _joined(before["keys"], wanted["keys"])}
    if peer != stored:
        _change(work, before, peer)
    return _peer(peer)


def add_keys(work: Work, county: str, keys: list[Document]) -> Document:
    """`Peer` with these keys too; how we stand towards it does not change.

    Refuses: CountyUnknown, Malformed, SameKeyOtherBody.
    """
    _check_keys(keys)
    counties.hold_publishing(work.connection, work.county, alone=True)
    stored = _known(work, county)
    peer = {**stored, "keys": _joined(stored["keys"], keys)}
    if peer != stored:
        _change(work, stored, peer)
    return _peer(peer)


def freeze_peer(work: Work, county: str) -> Document:
    """`Peer`, frozen: nothing new is told to it or agreed with it until it is thawed.

    Refuses: CountyUnknown; NotNow for a county that has left.
    """
    return _set_state(work, county, "frozen", {"active", "invited"}, act="freeze")


def thaw_peer(work: Work, county: str) -> Document:
    """`Peer`, active again, and told of everything that it missed. Refuses: CountyUnknown, NotNow.

    For one that is active this county's services hear it anew: a channel that stopped by itself recovers.
    """
    counties.hold_publishing(work.connection, work.county, alone=True)
    stored = _known(work, county)
    if stored["state"] == "active":
        _change(work, stored, stored)
        return _peer(stored)
    return _set_state(work, county, "active", {"frozen"}, act="thaw")


def leave_peer(work: Work, county: str) -> Document:
    """`Peer` that has left: nothing of what it published is here any more, and nothing more is told to it
    than this.

    Keys and what is signed stay. It may join again with `add_peer`, and publishes anew.
    Refuses: CountyUnknown.
    """
    left = _set_state(work, county, "left", {"active", "invited", "frozen"}, act="leave")
    board.forget_county(work.connection, county)
    return left


def own_partnership(work: Work, message: SentMessage) -> None:
    """After a restore from an old backup: what we have ended is ended, and no version goes back."""
    stored = counties.find_peer(work.connection, message.peer, for_update=True)
    told = message.payload
    if stored is None or not told["is_ended"] or stored["version"] >= told["version"]:
        return
    before = {**stored, "version": told["version"] - 1}
    _change(work, before, {**stored, "state": "left"})
    board.forget_county(work.connection, message.peer)


def set_fuse(work: Work, county: str, fuse_half_days: int) -> Document:
    """`Peer` with another fuse: how many half-days may be owed and on their way, in each direction.

    Lowered it blocks new days; those that are agreed stand. Refuses: CountyUnknown, Malformed.
    """
    _check_fuse(fuse_half_days)
    counties.hold_publishing(work.connection, work.county, alone=True)
    stored = _known(work, county)
    peer = {**stored, "fuse_half_days": fuse_half_days}
    if peer != stored:
        _change(work, stored, peer)
    return _peer(peer)


def list_peers(work: Work) -> list[Document]:
    """`Peer`s by county; `fingerprint` is that of the newest key."""
    return [_peer(peer) for peer in counties.list_peers(work.connection)]


def _set_state(work: Work, county: str, state: str, allowed: set[str], *, act: str) -> Document:
    counties.hold_publishing(work.connection, work.county, alone=True)
    stored = _known(work, county)
    if stored["state"] == state:
        return _peer(stored)
    if stored["state"] not in allowed:
        raise NotNow(state=stored["state"], act=act)
    peer = {**stored, "state": state}
    _change(work, stored, peer)
    return _peer(peer)


def _known(work: Work, county: str) -> Document:
    stored = counties.find_peer(work.connection, county, for_update=True)
    if stored is None:
        raise CountyUnknown(county=county)
    return stored


def _change(work: Work, before: Document, peer: Document) -> None:
    """Store the peer with the next version, tell this county, and the peer itself if it is active anew."""
    is_active = peer["state"] == "active"
    changed = {
        **peer,
        "was_active": before["was_active"] or is_active,
        "version": before["version"] + 1,
    }
    counties.write_peer(work.connection, changed)
    told = ("county", "name", "state", "fuse_half_days", "keys", "version")
    work.emit("PeerChanged", {key: changed[key] for key in told})
    if "left" in (before["state"], peer["state"]) and before["state"] != peer["state"]:
        tell_partnership(work, changed, is_ended=not is_active)
    if is_active and before["state"] != "active":
        tell_everything(work, peer["county"], with_ended=before["was_active"])


def _check_fuse(fuse_half_days: int) -> None:
    if isinstance(fuse_half_days, bool) or not 0 <= fuse_half_days <= MAX_FUSE:
        raise refuse("/fuse_half_days", f"Half-days from 0 to {MAX_FUSE}.")


def _check_keys(keys: list[Document]) -> None:
    if not keys:
        raise refuse("/keys", "At least one public key.")
    for index, key in enumerate(keys):
        try:
            public_key = PublicKey.from_text(key["public_key"])
        except ValueError as error:
            raise refuse(f"/keys/{index}/public_key", f"No Ed25519 public key: {error}.") from error
        if public_key.key_id != key["key_id"]:
            raise refuse(f"/keys/{index}/key_id", f"This key's id is {public_key.key_id}.")


def _joined(known: list[Document], given: list[Document]) -> list[Document]:
    by_id = {key["key_id"]: key for key in known}
    for key in given:
        if by_id.setdefault(key["key_id"], key)["public_key"] != key["public_key"]:
            raise SameKeyOtherBody(id=key["key_id"])
    return sorted(by_id.values(), key=lambda key: (key["valid_from_at"], key["key_id"]))


def _peer(peer: Document) -> Document:
    newest = peer["keys"][-1]["public_key"]
    return {
        "county": peer["county"],
        "name": peer["name"],
        "state": peer["state"],
        "fuse_half_days": peer["fuse_half_days"],
        "fingerprint": fingerprint(PublicKey.from_text(newest)),
        "base_url": peer["base_url"],
        "ended_on": peer["ended_on"].isoformat() if peer["ended_on"] else None,
    }
