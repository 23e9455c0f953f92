"""What operators watch of a service's messages: how old is what waits, what lies aside. In few queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from byttebank.federation.channel import ChannelState
from byttebank.federation.channel_row import load_channel
from byttebank.storage.channel_tables import channels, peers_heard, received_envelopes, sent_envelopes
from byttebank.storage.messages import outbox, parked_messages


@dataclass(frozen=True)
class PeerFigures:
    """A peer as this service sees it. We exchange nothing with one that is only invited, or has left.

    `oldest_unpublished_at`: of the messages that our broker should have and has not. `oldest_waiting_at`: of
    those that the peer has not said it holds, wherever they are. Either counts from the writing, and once the
    message is sealed, from the sealing.
    """

    peer: str
    is_exchanging: bool
    state: ChannelState
    oldest_unpublished_at: datetime | None
    oldest_waiting_at: datetime | None
    last_contact_at: datetime | None


def oldest_local(connection: Connection) -> datetime | None:
    """When the oldest message to this county was written that the broker has not confirmed."""
    return connection.execute(_oldest_in_outbox().where(outbox.c.peer.is_(None))).scalar_one()


def count_parked(connection: Connection) -> int:
    """How many messages lie parked."""
    return connection.execute(
        select(func.count()).select_from(parked_messages).where(parked_messages.c.redriven_at.is_(None))
    ).scalar_one()


def peer_figures(connection: Connection) -> list[PeerFigures]:
    """Every peer, by its slug. What waits for one whose channel is not open is not late for our broker."""
    sent, received, peer = sent_envelopes.c, received_envelopes.c, channels.c.peer
    lacks_from = func.coalesce(peers_heard.c.lacks_from, 1)
    unsealed = _oldest_in_outbox().where(outbox.c.peer == peer)
    unpublished = select(func.min(sent.sealed_at)).where(sent.peer == peer, sent.published_at.is_(None))
    lacking = select(sent.sealed_at).where(sent.peer == peer, sent.seq >= lacks_from)
    arrived = select(received.received_at).where(received.peer == peer)
    rows = connection.execute(
        select(
            peer,
            channels.c.peer_state,
            channels.c.channel,
            peers_heard.c.heard_at,
            unsealed.correlate(channels).scalar_subquery().label("unsealed_at"),
            unpublished.correlate(channels).scalar_subquery().label("unpublished_at"),
            lacking.order_by(sent.seq).limit(1).correlate(channels, peers_heard).scalar_subquery(),
            arrived.order_by(received.seq.desc()).limit(1).correlate(channels).scalar_subquery(),
        )
        .outerjoin(peers_heard, peers_heard.c.peer == peer)
        .order_by(peer)
    )
    found = []
    for county, peer_state, text, heard_at, unsealed_at, unpublished_at, lacking_at, arrived_at in rows:
        state = load_channel(text).state
        late = [unpublished_at, *([unsealed_at] if state is ChannelState.OPEN else [])]
        found.append(
            PeerFigures(
                county,
                peer_state not in ("invited", "left"),
                state,
                oldest_unpublished_at=min(filter(None, late), default=None),
                oldest_waiting_at=min(filter(None, (unsealed_at, lacking_at)), default=None),
                last_contact_at=max(filter(None, (heard_at, arrived_at)), default=None),
            )
        )
    return found


def _oldest_in_outbox() -> Any:
    return select(func.min(outbox.c.created_at)).where(outbox.c.published_at.is_(None))
