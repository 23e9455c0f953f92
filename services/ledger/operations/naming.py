"""Which accounts are libraries of this county, and what they are called."""

from byttebank.contracts.refusals import AccountUnknown
from byttebank.identifiers import is_id
from byttebank.storage.work import Work
from services.ledger.domain.accounts import ADJUSTMENTS, PEER_PREFIX, kind_of
from services.ledger.storage import book, copies


def check_library(work: Work, library_id: str) -> None:
    """The library has an account in this county. Refuses: AccountUnknown."""
    is_known = isinstance(library_id, str) and kind_of(library_id) == "library"
    if not is_known or not book.has_account(work.connection, library_id):
        raise AccountUnknown(account_id=str(library_id))


def library_names(work: Work, account_ids: set[str]) -> dict[str, str]:
    """Each account's name: a library's, a county's for its own account or a peer's; the id where nobody
    has told us.
    """
    known = copies.libraries_by_id(work.connection, {one for one in account_ids if is_id(one)})
    names = {one: known[one].name if one in known else one for one in account_ids}
    if ADJUSTMENTS in account_ids:
        names[ADJUSTMENTS] = copies.county_name(work.connection, work.county)
    peers = [one for one in account_ids if kind_of(one) == "peer"]
    for account_id in peers:
        peer = copies.find_peer(work.connection, account_id.removeprefix(PEER_PREFIX))
        names[account_id] = peer.name if peer else account_id.removeprefix(PEER_PREFIX)
    return names
