"""What matching does: one use case, one function, one transaction."""

from services.matching.operations.answering import accept, cancel, confirm, decline, dispute
from services.matching.operations.booking import (
    days_posted,
    days_released,
    days_reserved,
    reservation_refused,
)
from services.matching.operations.candidates import candidates
from services.matching.operations.index import (
    colleague_changed,
    county_changed,
    library_changed,
    offer_changed,
    peer_changed,
    request_changed,
)
from services.matching.operations.proposing import propose
from services.matching.operations.receiving import answered, engagement_proposed, engagement_shared
from services.matching.operations.recovering import own_shared
from services.matching.operations.ruling import disputes, rule
from services.matching.operations.showing import get_engagement, list_engagements
from services.matching.operations.silence import due, pass_time

__all__ = [
    "accept",
    "answered",
    "cancel",
    "candidates",
    "colleague_changed",
    "confirm",
    "county_changed",
    "days_posted",
    "days_released",
    "days_reserved",
    "decline",
    "dispute",
    "disputes",
    "due",
    "engagement_proposed",
    "engagement_shared",
    "get_engagement",
    "library_changed",
    "list_engagements",
    "offer_changed",
    "own_shared",
    "pass_time",
    "peer_changed",
    "propose",
    "request_changed",
    "reservation_refused",
    "rule",
]
