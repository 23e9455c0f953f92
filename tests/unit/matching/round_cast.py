"""What a county does with a round of matching, and what the ledger answers."""

from typing import Any

from matching_cast import Matching, actor, an_id, open_offers

from byttebank.contracts.fields import load
from byttebank.contracts.matching_rounds import MatchingRound
from services.matching import operations
from services.matching.rounds.reading import read_content
from services.matching.rounds.solving import solve

Document = dict[str, Any]

ROUND = an_id("round")

COUNTY = {**actor("Kari"), "role": "county"}


def a_round(**changes: Any) -> Document:
    return {
        "id": ROUND,
        "name": "Uke 50",
        "first_on": "2026-12-07",
        "last_on": "2026-12-18",
        "reply_by_on": "2026-12-02",
        **changes,
    }


def begin(county: Matching, **changes: Any) -> Document:
    begun: Document = county.do(operations.create_matching_round, a_round(**changes), COUNTY)
    return begun


def report(
    county: Matching, round_id: str = ROUND, counties: list[Document] | None = None, **available: int
) -> None:
    """The ledger answers: nobody has given or received, and five days are the limit."""
    accounts = [
        {
            "library_id": an_id(name),
            "balance_half_days": 0,
            "available_half_days": available.get(name, 10),
        }
        for name in ("Eidskog", "Grue")
    ]
    told = {"round_id": round_id, "accounts": accounts}
    county.do(operations.accounts_reported, told | ({"counties": counties} if counties else {}))


def see(county: Matching, round_id: str = ROUND) -> Document:
    found: Document = county.ask(operations.matching_round, round_id)
    load(MatchingRound, found)
    return found


def compute(county: Matching, round_id: str = ROUND) -> None:
    """As the process does it, in this one."""
    run, text = county.do(operations.begin_computing, round_id)
    outcome = solve(read_content(text.encode()).instance)
    plan = [
        {"request": day.request, "colleague": day.colleague, "date": day.date.isoformat()}
        for day in outcome.plan
    ]
    unmet = [{"request": one.request, "reason": one.reason, "text": one.text} for one in outcome.unmet]
    said = {"status": outcome.status, "bound": outcome.bound, "plan": plan, "unmet": unmet}
    county.do(operations.computed, round_id, run, said)


def offer(county: Matching, *colleagues: str) -> None:
    for one in open_offers(*colleagues):
        county.hear("OfferChanged", {**one, "half_days": 20})


def publish(county: Matching, round_id: str = ROUND) -> None:
    county.do(operations.publish_matching_round, round_id, COUNTY)
    while county.do(operations.publish_next, round_id):
        pass
