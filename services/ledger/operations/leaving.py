"""Whether a county may leave: nothing may be owed, agreed, sent or waiting between us and it."""

from typing import Any

from byttebank.contracts.book_refusals import PeerInUse
from byttebank.contracts.refusals import CountyUnknown
from byttebank.storage.work import Work
from services.ledger.domain.accounts import peer_account_id
from services.ledger.storage import book, copies, settlements


def check_leaving(work: Work, county: str) -> dict[str, Any]:
    """`{county}`: nothing is unfinished between our book and it.

    Refuses: CountyUnknown; PeerInUse while anything is owed, agreed, in doubt, waiting or claimed.
    """
    if copies.find_peer(work.connection, county) is None:
        raise CountyUnknown(county=county)
    account_id = peer_account_id(county)
    if not book.has_account(work.connection, account_id):
        return {"county": county}
    balance = book.balance(work.connection, account_id)
    claims = settlements.open_claims(work.connection)
    pending = balance.debits_pending + balance.credits_pending
    pending += settlements.waiting_by_peer(work.connection).get(county, 0)
    pending += sum(claim["amount"] for claim in claims if claim["peer"] == county)
    owed = abs(balance.days_to_use)
    if pending or owed or any(one.peer == county for one in settlements.unanswered(work.connection)):
        raise PeerInUse(county=county, owed_half_days=owed, pending_half_days=pending, engagements=0)
    return {"county": county}
