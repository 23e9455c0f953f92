"""What reconciliation has found, and the signed messages that prove it."""

from typing import Any

from byttebank.clock import format_time
from byttebank.contracts.refusals import NotFound
from byttebank.storage import envelopes
from byttebank.storage.work import Work
from services.ledger.storage import reconciliations

Document = dict[str, Any]


def list_reconciliations(work: Work) -> list[Document]:
    """How the last comparison with each peer ended, over its messages and over ours.

    `{county, sender, state, through_seq, half_days_here, half_days_there, compared_at, agreed_at}`; `state`
    is `agreed`, `searching` or `differs`.
    """
    return [
        {
            "county": row["peer"],
            "sender": row["sender"],
            "state": row["state"],
            "through_seq": row["through_seq"],
            "half_days_here": row["half_days_here"],
            "half_days_there": row["half_days_there"],
            "compared_at": format_time(row["compared_at"]),
            "agreed_at": format_time(row["agreed_at"]) if row["agreed_at"] else None,
        }
        for row in reconciliations.list_all(work.connection)
    ]


def list_disputes(work: Work) -> list[Document]:
    """Differences between our book and a peer's that nobody has settled, oldest first.

    `{county, sender, seq, is_ours, transfer_id, hash_here, hash_there, half_days_here, half_days_there,
    opened_at}`: up to message `seq` of `sender` the books are the same, with it they are not. `is_ours`: we
    have found it.
    """
    return [
        {
            "county": row["peer"],
            **{
                name: row[name]
                for name in (
                    "sender",
                    "seq",
                    "is_ours",
                    "transfer_id",
                    "hash_here",
                    "hash_there",
                    "half_days_here",
                    "half_days_there",
                )
            },
            "opened_at": format_time(row["opened_at"]),
        }
        for row in reconciliations.open_disputes(work.connection)
    ]


def signed_message(work: Work, peer: str, sender: str, seq: int) -> str:
    """The message with this number as its sender signed it: flattened JWS (RFC 7515), for anybody to check.

    Refuses: NotFound.
    """
    octets = None
    if sender in (peer, work.county):
        octets = envelopes.octets_at(work.connection, peer, seq, is_sent=sender == work.county)
    if octets is None:
        raise NotFound(kind="message", id=f"{sender} {seq}")
    return octets.decode("utf-8")
