"""The few offers among which the best for a request are, out of very many."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from byttebank.storage.work import Work
from services.matching.domain.ranking import Need
from services.matching.storage import index
from services.matching.storage.rows import Row

if TYPE_CHECKING:
    from services.matching.market.shortlist import Shortlist

FEW_OFFERS = 3_000
"""Up to here, reading them all for each question is as quick, and needs no memory."""


def shortlist(
    work: Work, request: Row, need: Need, taken: Mapping[str, Mapping[date, int]], limit: int
) -> "Shortlist | None":
    """A shortlist that holds the best `limit` candidates; None where all offers are few enough to rank."""
    if not index.has_more_offers_than(work.connection, FEW_OFFERS):
        return None
    # Imported here: a county with few offers never carries the arrays.
    from services.matching.market.shortlist import Question
    from services.matching.storage import market

    known = market.known(work.connection, work.county, work.today)
    if need.last_on > known.until:
        return None
    visits = market.visits_of(work.connection, request["library_id"])
    wanted = frozenset(request["skills"])
    own = request["library_id"]
    return Question(known).shortlist(need, own, wanted, taken, visits, today=work.today, limit=limit)
