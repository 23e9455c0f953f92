"""Both sides know when one of them has ended the exchange. Each decides for itself what comes of it."""

from datetime import date
from typing import Any

from byttebank.contracts.received import ReceivedMessage
from byttebank.contracts.refusals import CountyUnknown
from byttebank.storage.work import Work
from services.directory.operations.documents import refuse
from services.directory.operations.receiving import MAX_VERSION
from services.directory.storage import counties

Document = dict[str, Any]


def tell_partnership(work: Work, peer: Document, *, is_ended: bool) -> None:
    """The peer is told that we have ended the exchange with it, or begun it anew.

    A channel that is not open when the exchange ends keeps the message until it begins anew.
    """
    body = {"is_ended": is_ended, "changed_on": work.today.isoformat(), "version": peer["version"]}
    work.send(peer["county"], "PartnershipChanged", body)


def receive_partnership(work: Work, message: ReceivedMessage) -> None:
    """It is kept what the peer has said last. How we stand towards it does not change.

    Refuses: CountyUnknown; Malformed for a version that is none.
    """
    peer = counties.find_peer(work.connection, message.peer, for_update=True)
    if peer is None:
        raise CountyUnknown(county=message.peer)
    said = message.payload
    if not 0 < said["version"] < MAX_VERSION:
        raise refuse("/version", "A whole number above 0.")
    if said["version"] <= peer["said_version"]:
        return
    ended_on = date.fromisoformat(said["changed_on"]) if said["is_ended"] else None
    counties.write_peer(work.connection, {**peer, "ended_on": ended_on, "said_version": said["version"]})
