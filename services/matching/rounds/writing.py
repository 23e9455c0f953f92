"""The outcome of a round as a document and as text."""

from collections import Counter
from typing import Any

from services.matching.domain.instance import Instance
from services.matching.rounds.reasons import CAP, NO_CANDIDATE, NO_PLACE, NOBODY_FREE, OWN_LIMIT
from services.matching.rounds.solving import FEASIBLE, INFEASIBLE, OPTIMAL, UNKNOWN, Outcome
from services.matching.rounds.words import SOURCE_LANGUAGE, text_of

STATUSES = {
    OPTIMAL: "best possible, proven",
    FEASIBLE: "the best found; better is not ruled out",
    UNKNOWN: "no plan was found that brings every library back to its limit; there may be one",
    INFEASIBLE: "no plan keeps all limits: a library starts below its limit and cannot be brought back",
}
REASONS = {
    NO_CANDIDATE: "nobody fits at all",
    OWN_LIMIT: "stopped by their own limit",
    NOBODY_FREE: "nobody can be freed, whoever is moved",
    CAP: "stopped by a cap between two counties",
    NO_PLACE: "no place in the plan that was found",
}


def document(outcome: Outcome, seconds: float, language: str = SOURCE_LANGUAGE) -> dict[str, Any]:
    """What `byttebank rounds solve --json` writes (`docs/rounds.md`), its sentences in the language."""
    return {
        "status": outcome.status,
        "days_served": outcome.days,
        "bound": outcome.bound,
        "certificate": outcome.certificate,
        "seconds": round(seconds, 3),
        "plan": [
            {"request": day.request, "colleague": day.colleague, "date": day.date.isoformat()}
            for day in outcome.plan
        ],
        "unmet": [
            {"request": one.request, "reason": one.reason, "text": text_of(one.said, language)}
            for one in outcome.unmet
        ],
    }


def summary(instance: Instance, outcome: Outcome, seconds: float) -> str:
    """A few lines for people."""
    asked = sum(one.half_days for one in instance.requests) / 2
    # A file's name may hold what moves a terminal's cursor.
    name = "".join(sign if sign.isprintable() else " " for sign in instance.name).strip()
    lines = [
        f"{name or 'Round'}: {len(instance.libraries)} libraries, {len(instance.colleagues)}"
        f" colleagues, {len(instance.requests)} requests for {asked:g} days",
        f"Days served: {outcome.days}, at most possible: {outcome.bound}. {STATUSES[outcome.status]}.",
    ]
    for reason, count in sorted(Counter(one.reason for one in outcome.unmet).items()):
        lines.append(f"  {count} requests lack days: {REASONS[reason]}")
    lines.append(f"{seconds:.1f} seconds. The plan and every reason: --json")
    return "\n".join(lines) + "\n"
