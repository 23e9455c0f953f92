"""What matching asks of the book when it computes a round."""

from typing import Any

from byttebank.storage.work import Work
from services.ledger.domain.accounts import HALF_DAY, kind_of, unit_of
from services.ledger.operations.accounts import account
from services.ledger.storage import book


def report_accounts(work: Work, body: dict[str, Any]) -> None:
    """Matching hears how every open account of a library stands, all at this moment."""
    standing = [
        account(work, account_id)
        for account_id in book.list_accounts(work.connection)
        if unit_of(account_id) == HALF_DAY and kind_of(account_id) == "library"
    ]
    names = ("library_id", "balance_half_days", "available_half_days")
    accounts = [{name: one[name] for name in names} for one in standing if one["state"] == "open"]
    work.emit("AccountsReported", {"round_id": body["round_id"], "accounts": accounts})
