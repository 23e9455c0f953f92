"""What counties owe each other, whether the books balance, and the figures operators watch."""

from typing import Any

from byttebank.clock import format_time
from byttebank.storage.channels import channel_states
from byttebank.storage.work import Work
from services.ledger.domain import fuse
from services.ledger.domain.accounts import ADJUSTMENTS, HALF_DAY, PEER_PREFIX, Balance, kind_of, unit_of
from services.ledger.domain.settlement import IN_DOUBT_AFTER, LONG_IN_DOUBT
from services.ledger.operations.clearing_view import clearing_figures
from services.ledger.storage import book, clearing, copies, reconciliations, settlements


def positions(work: Work) -> list[dict[str, Any]]:
    """`Position` towards each peer, by its slug."""
    peers = copies.list_peers(work.connection)
    waiting = settlements.waiting_by_peer(work.connection)
    cleared = clearing.cleared_towards(work.connection)
    claims = settlements.open_claims(work.connection)
    in_doubt = _in_doubt(work)
    channels = channel_states(work.connection)
    return [
        {
            "county": county,
            "owed_to_us_half_days": balance.debits_posted - cleared.get(county, 0),
            "owed_by_us_half_days": balance.credits_posted - cleared.get(county, 0),
            "net_half_days": fuse.owed_to_us(balance),
            "pending_out_half_days": balance.credits_pending,
            "waiting_in_half_days": waiting.get(county, 0),
            "open_claims_half_days": sum(claim["amount"] for claim in claims if claim["peer"] == county),
            "fuse_half_days": peers[county].fuse_half_days if county in peers else 0,
            "in_doubt_count": len(in_doubt.get(county, [])),
            "oldest_in_doubt_at": format_time(in_doubt[county][0]) if county in in_doubt else None,
            "channel_state": channels.get(county, "recovering"),
        }
        for county, balance in _peer_balances(work).items()
    ]


def doubts(work: Work) -> list[dict[str, Any]]:
    """What was sent to other counties and not answered for a minute or more, oldest first.

    `{transfer_id, county, half_days, sent_at, is_long}`; `is_long`: 72 hours or more.
    """
    return [
        {
            "transfer_id": one.transfer_id,
            "county": one.peer,
            "half_days": one.amount,
            "sent_at": format_time(one.sent_at),
            "is_long": work.now - one.sent_at >= LONG_IN_DOUBT,
        }
        for one in settlements.unanswered(work.connection)
        if work.now - one.sent_at >= IN_DOUBT_AFTER
    ]


def trial_balance(work: Work) -> dict[str, Any]:
    """Every account's debits and credits, summed from the entries; `imbalance_half_days` must be 0.

    `{county, unit, accounts: [{account_id, name, kind, debits, credits}], debits_half_days,
    credits_half_days, imbalance_half_days, transfers, as_of}`.
    """
    posted = book.posted_sums(work.connection)
    sums = {account_id: pair for account_id, pair in posted.items() if unit_of(account_id) == HALF_DAY}
    opened = {one for one in book.list_accounts(work.connection) if unit_of(one) == HALF_DAY}
    account_ids = sorted(opened | set(sums))
    libraries = copies.libraries_by_id(work.connection, set(account_ids))
    peers = copies.list_peers(work.connection)
    names = {
        **{library.id: library.name for library in libraries.values()},
        **{PEER_PREFIX + peer.county: peer.name for peer in peers.values()},
        ADJUSTMENTS: copies.county_name(work.connection, work.county),
    }
    debits = sum(debit for debit, _ in sums.values())
    credits_ = sum(credit for _, credit in sums.values())
    return {
        "county": work.county,
        "unit": HALF_DAY,
        "accounts": [
            {
                "account_id": account_id,
                "name": names.get(account_id, account_id),
                "kind": kind_of(account_id),
                "debits": sums.get(account_id, (0, 0))[0],
                "credits": sums.get(account_id, (0, 0))[1],
            }
            for account_id in account_ids
        ],
        "debits_half_days": debits,
        "credits_half_days": credits_,
        "imbalance_half_days": debits - credits_,
        "transfers": book.count_posted(work.connection),
        "as_of": format_time(work.now),
    }


def figures(work: Work) -> dict[str, Any]:
    """What the gauges show.

    `{imbalance_half_days, reserved_half_days, in_doubt_transfers, oldest_in_doubt_seconds, waiting_half_days,
    open_claims, open_disputes, peers: {county: {net_half_days, fuse_half_days, fuse_use_ratio,
    in_doubt_transfers, oldest_in_doubt_seconds}}}` and those of `clearing_figures`; the fuse's use is the
    greater of the two directions.
    """
    sums = book.posted_sums(work.connection).values()
    balances = book.list_accounts(work.connection)
    peers = copies.list_peers(work.connection)
    waiting = settlements.waiting_by_peer(work.connection)
    reserved = clearing.reservations(work.connection)
    in_doubt = _in_doubt(work)

    def oldest_seconds(*counties: str) -> float:
        times = [in_doubt[county][0] for county in counties if county in in_doubt]
        return (work.now - min(times)).total_seconds() if times else 0.0

    return {
        "imbalance_half_days": sum(debit - credit for debit, credit in sums),
        "reserved_half_days": sum(balance.debits_pending for balance in balances.values()),
        "in_doubt_transfers": sum(len(times) for times in in_doubt.values()),
        "oldest_in_doubt_seconds": oldest_seconds(*in_doubt),
        "waiting_half_days": sum(waiting.values()),
        "open_claims": len(settlements.open_claims(work.connection)),
        "open_disputes": len(reconciliations.open_disputes(work.connection)),
        **clearing_figures(work),
        "peers": {
            county: {
                "net_half_days": fuse.owed_to_us(balance),
                "fuse_half_days": peers[county].fuse_half_days,
                "fuse_use_ratio": _fuse_use(
                    balance, waiting.get(county, 0), peers[county].fuse_half_days, reserved.get(county, 0)
                ),
                "in_doubt_transfers": len(in_doubt.get(county, [])),
                "oldest_in_doubt_seconds": oldest_seconds(county),
            }
            for county, balance in _peer_balances(work).items()
            if county in peers
        },
    }


def _fuse_use(balance: Balance, waiting: int, fuse_half_days: int, reserved: int) -> float:
    use = max(fuse.use_out(balance, reserved), fuse.use_in(balance, waiting, reserved), 0)
    if fuse_half_days == 0:
        return 1.0 if use else 0.0
    return use / fuse_half_days


def _peer_balances(work: Work) -> dict[str, Balance]:
    return {
        account_id.removeprefix(PEER_PREFIX): balance
        for account_id, balance in book.list_accounts(work.connection).items()
        if kind_of(account_id) == "peer"
    }


def _in_doubt(work: Work) -> dict[str, list[Any]]:
    """When each transfer in doubt was sent, by peer, oldest first."""
    found: dict[str, list[Any]] = {}
    for one in settlements.unanswered(work.connection):
        if work.now - one.sent_at >= IN_DOUBT_AFTER:
            found.setdefault(one.peer, []).append(one.sent_at)
    return found
