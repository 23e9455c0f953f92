"""Each act in each state, all of them: the state machine as a table.

A cell is the state afterwards, `-` for nothing changed, or the refusal, in short. Each act comes on a day
when it is in time: before the date for the path to an agreement, the day after it for the rest.
"""

from datetime import date

import pytest
from engagement_cast import ACTS, EARLY, LATE, ON_THE_WAY, at, in_state

from byttebank.contracts.refusals import Refusal
from byttebank.contracts.resources import ENGAGEMENT_STATES
from services.matching.domain.acts import Order, Outcome
from services.matching.domain.transitions import act_on

TABLE = """
proposed    resv  -     decl  .     decl  .     .     .     .     .     -     -     -     -     - .   .
reserving   -     -     .     canc  canc  .     .     .     .     .     agr   ref   -     -     - .   .
refused     -     resv  decl  .     decl  .     .     .     .     .     -     -     -     -     - .   .
agreed      -     -     .     canc  canc  early early early early .     -     -     -     -     - .   .
declined    .     .     -     .     -     .     .     .     .     .     -     -     -     -     - .   .
expired     late  late  .     .     .     .     .     .     .     .     -     -     -     -     - .   .
cancelled   .     .     .     -     -     .     .     .     .     disp  free  -     -     -     - .   .
carried_out .     .     .     .     .     -     .     conf  disp  disp  -     -     -     -     - .   .
confirmed   .     .     .     .     .     -     .     -     .     disp  -     -     sett  disp  - .   .
settled     .     .     .     .     .     -     .     -     .     disp  -     -     -     -     - .   .
no_show     .     .     .     .     .     .     -     .     -     disp  -     -     -     -     - .   .
disputed    .     .     .     .     .     -     .     .     -     -     -     -     note  -     - conf nosh
unanswered  .     .     .     .     .     done  unan  done  unan  disp  -     -     -     -     - .   .
"""
"""Columns, as `ACTS`: accept, accept by the host, decline, cancel, withdraw, yes, no, yes and no of the host,
dispute; hold made, hold refused, posted, turned down; time passed; ruled yes, ruled no."""
WORDS = {
    "-": "-",
    ".": "not_now",
    "early": "not_yet",
    "late": "proposal_expired",
    "resv": "reserving",
    "agr": "agreed",
    "ref": "refused",
    "decl": "declined",
    "canc": "cancelled",
    "disp": "disputed",
    "conf": "confirmed",
    "done": "carried_out",
    "nosh": "no_show",
    "sett": "settled",
    "unan": "unanswered",
    "free": "nothing but ReleaseDays",
    "note": "nothing but a line",
}
ROWS = {line.split()[0]: line.split()[1:] for line in TABLE.strip().splitlines()}
CELLS = [
    (state, act, WORDS[cell]) for state, cells in ROWS.items() for act, cell in zip(ACTS, cells, strict=True)
]
BEFORE_THE_DATE = ("proposed", "reserving", "refused", "agreed", "declined", "expired", "cancelled")


def test_the_table_has_every_state_and_every_act() -> None:
    assert set(ROWS) == set(ENGAGEMENT_STATES) == set(ON_THE_WAY)
    assert {len(cells) for cells in ROWS.values()} == {len(ACTS)}


@pytest.mark.parametrize("state", ENGAGEMENT_STATES)
def test_every_state_can_be_reached(state: str) -> None:
    assert in_state(state).state == state


@pytest.mark.parametrize(("state", "act", "cell"), CELLS, ids=[f"{one[0]}-{one[1]}" for one in CELLS])
def test_each_act_in_each_state(state: str, act: str, cell: str) -> None:
    before = in_state(state)
    day = EARLY if state in BEFORE_THE_DATE else date(2027, 1, 5) if state == "unanswered" else LATE
    try:
        outcome: Outcome | None = act_on(before, ACTS[act], at(day))
        code = None
    except Refusal as refusal:
        outcome, code = None, refusal.code
    if outcome is None:
        assert code == cell
    elif cell == "-":
        assert outcome == Outcome(before)
    elif cell == "nothing but ReleaseDays":
        assert outcome == Outcome(before, (Order.RELEASE_DAYS,))
    elif cell == "nothing but a line":
        assert outcome.engagement.state == state
        assert outcome.engagement.history[-1].what == "days_posted"
    else:
        assert outcome.engagement.state == cell
        assert outcome.engagement.history[: len(before.history)] == before.history
        assert len(outcome.engagement.history) > len(before.history)
