"""What matching asks of the book when it computes a round."""

from typing import Any

from byttebank.storage.work import Work
from services.ledger.domain import fuse
from services.ledger.domain.accounts import HALF_DAY, PEER_PREFIX, Balance, kind_of, unit_of
from services.ledger.operations.accounts import account
from services.ledger.storage import book, clearing, copies, settlements


def report_accounts(work: Work, body: dict[str, Any]) -> None:
    """Matching hears how every open account of a library stands, and what the limit towards each county
    leaves, all at this moment.
    """
    balances = book.list_accounts(work.connection)
    standing = [
        account(work, account_id)
        for account_id in balances
        if unit_of(account_id) == HALF_DAY and kind_of(account_id) == "library"
    ]
    names = ("library_id", "balance_half_days", "available_half_days")
    accounts = [{name: one[name] for name in names} for one in standing if one["state"] == "open"]
    waiting = settlements.waiting_by_peer(work.connection)
    reserved = clearing.reservations(work.connection)
    counties = []
    for county, peer in sorted(copies.list_peers(work.connection).items()):
        balance, kept = balances.get(f"{PEER_PREFIX}{county}", Balance()), reserved.get(county, 0)
        most = peer.fuse_half_days
        counties.append(
            {
                "county": county,
                "may_receive_half_days": most - fuse.use_out(balance, kept),
                "may_give_half_days": most - fuse.use_in(balance, waiting.get(county, 0), kept),
            }
        )
    told = {"round_id": body["round_id"], "accounts": accounts, "counties": counties}
    work.emit("AccountsReported", told)
