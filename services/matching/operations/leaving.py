"""Whether a county may leave: no engagement with it may hold days."""

from typing import Any

from byttebank.contracts.book_refusals import PeerInUse
from byttebank.storage.work import Work
from services.matching.operations.recovering import HOLDS_DAYS
from services.matching.storage import leaving


def check_leaving(work: Work, county: str) -> dict[str, Any]:
    """`{county}`: no engagement with it holds days; what is only proposed comes to nothing by itself.

    Refuses: PeerInUse.
    """
    count = leaving.count_engagements(work.connection, county, HOLDS_DAYS)
    if count:
        raise PeerInUse(county=county, owed_half_days=0, pending_half_days=0, engagements=count)
    return {"county": county}
