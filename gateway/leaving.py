"""Ending the exchange with a county: asked of the services that know whether anything is unfinished."""

from typing import Any

from gateway.here import here, person


def leave_county(act: dict[str, Any]) -> dict[str, Any]:
    """`Peer`, left. `act`: a `NewPeerAct` that says `leave`.

    What is agreed on between the questions and the act waits in the book, and goes on if the county joins
    again. Refuses: as `act_on_peer`; PeerInUse while anything is owed, agreed or on its way.
    """
    actor = person().actor
    here().backend.matching.check_leaving(act["county"])
    here().backend.ledger.check_leaving(act["county"])
    return here().backend.directory.act_on_peer(act, actor)
