"""Clearing rounds as people and clients see them."""

from typing import Any

from byttebank.clock import format_time
from byttebank.contracts.refusals import Malformed, NotFound
from byttebank.storage.work import Work
from services.ledger.domain.clearing import Round
from services.ledger.domain.clearing_acts import OPEN
from services.ledger.storage import clearing
from services.ledger.storage.clearing import StoredRound

MAX_ROUNDS = 100


def clearing_rounds(work: Work, limit: int = 24) -> list[dict[str, Any]]:
    """`ClearingRound`s, the newest first. Refuses: Malformed for a limit outside 1 to 100."""
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MAX_ROUNDS:
        detail = f"A whole number from 1 to {MAX_ROUNDS}."
        raise Malformed(errors=[{"pointer": "/limit", "detail": detail}])
    found = []
    for round_id in clearing.round_ids(work.connection, limit=limit):
        stored = clearing.find_round(work.connection, round_id, work.county)
        if stored is not None and stored.round.proposal is not None:
            found.append(_shown(work, stored))
    return found


def clearing_round(work: Work, round_id: str) -> dict[str, Any]:
    """`ClearingRound`. Refuses: NotFound."""
    return _shown(work, _find(work, round_id))


def clearing_evidence(work: Work, round_id: str) -> list[dict[str, Any]]:
    """Every signed document of the round, in the order it came: [{kind, signer, signed_at, document}].

    With the counties' public keys anybody can check them, without us. Refuses: NotFound.
    """
    return [
        {
            "kind": paper.kind,
            "signer": paper.signer,
            "signed_at": format_time(paper.created_at),
            "document": paper.octets.decode("ascii"),
        }
        for paper in _find(work, round_id).round.papers
    ]


def clearing_figures(work: Work) -> dict[str, Any]:
    """`{open_clearing_rounds, oldest_clearing_round_seconds, applied_clearing_rounds}`, for the gauges."""
    heard_at = clearing.heard_at(work.connection, OPEN)
    return {
        "open_clearing_rounds": len(heard_at),
        "oldest_clearing_round_seconds": (work.now - heard_at[0]).total_seconds() if heard_at else 0.0,
        "applied_clearing_rounds": len(clearing.heard_at(work.connection, ["applied"])),
    }


def _find(work: Work, round_id: str) -> StoredRound:
    stored = clearing.find_round(work.connection, round_id, work.county) if round_id else None
    if stored is None or stored.round.proposal is None:
        raise NotFound(kind="clearing_round", id=str(round_id))
    return stored


def _shown(work: Work, stored: StoredRound) -> dict[str, Any]:
    round_ = stored.round
    proposal, abort = round_.proposal, round_.find("ABORT", round_.coordinator)
    result = round_.result
    owed = result.owed if result else {}
    cleared = result.cleared if result else {}
    return {
        "id": round_.id,
        "stage": round_.stage,
        "coordinator": round_.coordinator,
        "proposed_at": format_time(proposal.created_at) if proposal else None,
        "answer_by_at": format_time(round_.deadline("answer_by_at")),
        "accept_by_at": format_time(round_.deadline("accept_by_at")),
        "ended_at": format_time(stored.ended_at) if stored.ended_at else None,
        "abort_reason": abort.body["reason"] if abort else None,
        "counties": round_.counties,
        "answered": sorted(round_.chosen.body["positions"] if round_.chosen else round_.positions),
        "accepted": sorted(round_.agreeing("ACCEPT")),
        "owed_half_days": sum(owed.values()),
        "cleared_half_days": sum(cleared.values()),
        "positions": [
            {
                "debtor": debtor,
                "creditor": creditor,
                "owed_half_days": amount,
                "cleared_half_days": cleared.get((debtor, creditor), 0),
            }
            for (debtor, creditor), amount in sorted(owed.items())
        ],
        "rings": [
            {"half_days": amount, "counties": ring} for amount, ring in (result.rings() if result else [])
        ],
        "left_out": [list(pair) for pair in (result.left_out if result else [])],
        "reserved": _reserved(work, round_),
        "contradictions": round_.contradictions(),
    }


def _reserved(work: Work, round_: Round) -> list[dict[str, Any]]:
    """What is reserved of our positions now, each as debtor and creditor."""
    return [
        {
            "debtor": work.county if owed > 0 else peer,
            "creditor": peer if owed > 0 else work.county,
            "owed_half_days": abs(owed),
            "cleared_half_days": 0,
        }
        for peer, owed in clearing.reserved_of(work.connection, round_.id).items()
    ]
