"""A fixed cast for the rules of one channel: Innlandet speaks, Vestland listens."""

from byttebank.federation.channel import Channel, Incoming, Outgoing
from byttebank.federation.control import Hello, Sent, Statement
from byttebank.federation.effects import Effect, SendControl
from byttebank.federation.jws import HASH_OF_NOTHING
from byttebank.federation.ranges import NO_NUMBERS, Ranges

ME, PEER = "innlandet", "vestland"
QUESTION, OTHER_QUESTION, CHALLENGE, FRESH = ("1" * 32, "2" * 32, "3" * 32, "4" * 32)


def hash_of(seq: int, epoch: int = 1) -> str:
    """The hash of the message with that number, as if it were one."""
    return f"{epoch:032x}{seq:032x}" if seq else HASH_OF_NOTHING


def open_channel(*, last_seq: int = 0, incoming: Incoming | None = None) -> Channel:
    """Open in both directions, in the first epoch."""
    outgoing = Outgoing(
        epoch=1, last_seq=last_seq, last_hash=hash_of(last_seq), spans=((1, 1),), is_recovered=True
    )
    theirs = incoming or Incoming(epoch=1, granted_nonce=OTHER_QUESTION, spans=((1, 1),), is_recovered=True)
    return Channel(ME, PEER, "ledger", outgoing, theirs)


def hello(
    nonce: str = OTHER_QUESTION,
    *,
    challenge: str | None = None,
    epoch: int = 1,
    seq: int = 0,
    spans: tuple[tuple[int, int], ...] = ((1, 1),),
    void: Ranges = NO_NUMBERS,
) -> Hello:
    """The peer's question."""
    return Hello(nonce, challenge, epoch, Sent(seq, hash_of(seq), False, spans, void))


def statement(
    nonce: str = QUESTION,
    *,
    is_grant: bool = False,
    epoch: int = 1,
    challenge: str | None = None,
    received: int = 0,
    received_hash: str | None = None,
    missing: Ranges = NO_NUMBERS,
    sent: int = 0,
    is_recovered: bool = True,
    spans: tuple[tuple[int, int], ...] = ((1, 1),),
    void: Ranges = NO_NUMBERS,
) -> Statement:
    """The peer's answer or notice."""
    return Statement(
        nonce,
        is_grant,
        epoch,
        challenge,
        received,
        received_hash or hash_of(received),
        None,
        missing,
        Sent(sent, hash_of(sent), is_recovered, spans, void),
    )


def controls(effects: tuple[Effect, ...]) -> list[tuple[str, dict]]:
    """Types and bodies of the control messages among the effects."""
    return [(each.type, each.body) for each in effects if isinstance(each, SendControl)]
