"""Hearing from the directory: settings, peers and libraries."""

from typing import Any

from byttebank.contracts.local import load_local
from byttebank.storage.work import Work
from services.ledger.domain.accounts import ADJUSTMENTS, peer_account_id
from services.ledger.operations.payee import decide_waiting
from services.ledger.storage import book, copies, settlements


def county_changed(work: Work, body: dict[str, Any]) -> None:
    """The county's limit is the one in the newest `CountyChanged`. What is agreed stays agreed.

    Refuses: Malformed.
    """
    body = load_local("CountyChanged", body)
    book.open_account(work.connection, ADJUSTMENTS, work.now)
    copies.keep_settings(
        work.connection,
        slug=body["slug"],
        name=body["name"],
        limit_half_days=body["limit_half_days"],
        limit_is_hard=body["limit_is_hard"],
        version=body["version"],
    )


def peer_changed(work: Work, body: dict[str, Any]) -> None:
    """The peer's state and fuse are the newest; what waited for them is decided where it can be now.

    Refuses: Malformed.
    """
    body = load_local("PeerChanged", body)
    if body["county"] == work.county:
        return
    book.open_account(work.connection, peer_account_id(body["county"]), work.now)
    peer = copies.Peer(body["county"], body["name"], body["state"], body["fuse_half_days"], body["version"])
    if copies.keep_peer(work.connection, peer):
        decide_waiting(work, peer.county)


def library_changed(work: Work, body: dict[str, Any]) -> None:
    """The library is known by name and county; one of ours has an account, and what waited for it is decided.

    A library that withdrew keeps its account: what was agreed is still carried through.
    Refuses: Malformed.
    """
    body = load_local("LibraryChanged", body)
    library = copies.Library(body["id"], body["county"], body["name"], body["state"], body["version"])
    is_newer = copies.keep_library(work.connection, library)
    if is_newer and library.county == work.county:
        book.open_account(work.connection, library.id, work.now)
        decide_waiting(work, *settlements.peers_waiting_for(work.connection, library.id))
