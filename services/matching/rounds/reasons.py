"""Why a request was not served, or not in full, found in the residual network of the round.

One search from the bank decides it, in which days that are served stay served: where the bank reaches the
request, somebody could come, perhaps after others have changed places, and only the host's own limit is in
the way. Where it does not, nobody can be freed however everybody is moved.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.matching.rounds import words
from services.matching.rounds.able import Able
from services.matching.rounds.bits import bits
from services.matching.rounds.circulation import Circulation
from services.matching.rounds.network import Ints
from services.matching.rounds.possible import Bools, Possible
from services.matching.rounds.words import Sentence, text_of

NO_CANDIDATE, OWN_LIMIT, NOBODY_FREE, NO_PLACE = "no_candidate", "own_limit", "nobody_free", "no_place"
CAP = "cap"
"""All are proven but `no_place`, which is for rounds with `same_person`, half-days or caps: there only
`no_candidate` and `cap` are."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """A request that lacks days, a reason, and what there is to say of it to people."""

    request: str
    reason: str
    said: Sentence

    @property
    def text(self) -> str:
        """The sentence in bokmål."""
        return text_of(self.said)


def reasons(
    possible: Possible,
    used: Ints,
    circulation: Circulation | None,
    flow: Ints | None,
    caps: Mapping[int, tuple[int, int]],
    no_place: Sentence = words.NO_PLACE_FOUND,
) -> tuple[Unmet, ...]:
    """Every request that lacks days, with its reason, ascending by id.

    `circulation` and `flow` are those of the plan; None where blocks stand in the way of proofs. `caps`: what
    `stopped_by_cap` found. `no_place`: what is said where nothing is proven of the request by itself.
    """
    p = possible
    served = np.bincount(p.day_request[used], minlength=len(p.wanted))
    asked = np.array([one.days for one in p.instance.requests], dtype=np.int64)
    lacking = np.flatnonzero(served < asked)
    if not len(lacking):
        return ()
    candidates = np.bincount(p.pair_request, minlength=len(p.wanted))
    reached = back = None
    if circulation is not None and flow is not None:
        reached, back = _from_bank(circulation, flow), _to_bank(circulation, flow)
    funnel = _Funnel(p)
    found = []
    for at in lacking.tolist():
        request = p.instance.requests[at]
        if served[at] == p.wanted[at]:
            reason, said = NO_CANDIDATE, words.few_dates(request)
        elif not candidates[at]:
            reason, said = NO_CANDIDATE, funnel.said(at)
        elif at in caps:
            reason, said = CAP, _cap(p, at, *caps[at])
        elif reached is None or back is None or circulation is None:
            reason, said = NO_PLACE, no_place
        elif reached[circulation.request_node + at]:
            reason, said = OWN_LIMIT, words.BEYOND_LIMIT
        else:
            own = back[circulation.account_node + int(p.host[at])]
            reason, said = NOBODY_FREE, words.all_busy(request, can_pay=bool(own))
        found.append(Unmet(request.id, reason, said))
    return tuple(found)


def _cap(possible: Possible, at: int, cap: int, lacks: int) -> Sentence:
    lender, host = possible.cap_names[cap]
    return words.capped(lender, host, 2 * lacks // possible.unit, is_whole=bool(possible.same[at]))


class _Funnel:
    """How many are left when skills, dates and distance are asked for, one after the other."""

    def __init__(self, possible: Possible) -> None:
        self._possible = possible
        self._able = Able(possible.instance)
        self._colleague_dates = bits(possible.instance.colleagues, possible.dates)
        self._request_dates = bits(possible.instance.requests, possible.dates)

    def said(self, at: int) -> Sentence:
        """The sentence for the request at this position."""
        p, request = self._possible, self._possible.instance.requests[at]
        if not request.dates:
            return words.NO_DATES
        able = self._able.who(request.skills)
        able = able[p.home[able] != p.host[at]]
        if not len(able):
            return words.nobody_can(request)
        enough = request.days if request.is_whole else 1
        common = np.bitwise_count(self._colleague_dates[able] & self._request_dates[at]).sum(axis=1)
        free = int((np.minimum(common, p.most[able]) >= enough).sum())
        if not free:
            return words.nobody_free_then(request, len(able))
        return words.nobody_near(request, len(able), free)


def _from_bank(circulation: Circulation, flow: Ints) -> Bools:
    """Nodes that the bank reaches in the residual network without giving up a day that is served."""
    tail, head = _residual(circulation, flow)
    return _reach(tail, head, circulation.network.nodes)


def _to_bank(circulation: Circulation, flow: Ints) -> Bools:
    """Nodes from which the bank is reached so."""
    tail, head = _residual(circulation, flow)
    return _reach(head, tail, circulation.network.nodes)


def _residual(circulation: Circulation, flow: Ints) -> tuple[Ints, Ints]:
    network = circulation.network
    passing = circulation.gain == 0
    onward, back = passing & (flow < network.capacity), passing & (flow > 0)
    tail = np.concatenate([network.tail[onward], network.head[back]])
    head = np.concatenate([network.head[onward], network.tail[back]])
    return tail, head


def _reach(tail: Ints, head: Ints, nodes: int) -> Bools:
    order = np.argsort(tail, kind="stable")
    tail, head = tail[order], head[order]
    first = np.searchsorted(tail, np.arange(nodes + 1))
    reached = np.zeros(nodes, dtype=bool)
    reached[0] = True
    new = np.zeros(1, dtype=np.int64)
    while len(new):
        many = first[new + 1] - first[new]
        arcs = np.repeat(first[new] - np.concatenate([[0], np.cumsum(many)[:-1]]), many) + np.arange(
            many.sum()
        )
        new = np.unique(head[arcs])
        new = new[~reached[new]]
        reached[new] = True
    return reached
