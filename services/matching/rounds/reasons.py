"""Why a request was not served, or not in full, found in the residual network of the round.

One search from the bank decides it, in which days that are served stay served: where the bank reaches the
request, somebody could come, perhaps after others have changed places, and only the host's own limit is in
the way. Where it does not, nobody can be freed however everybody is moved.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.matching.domain.instance import Wish
from services.matching.rounds.able import Able
from services.matching.rounds.bits import bits
from services.matching.rounds.circulation import Circulation
from services.matching.rounds.network import Ints
from services.matching.rounds.possible import Bools, Possible

NO_CANDIDATE, OWN_LIMIT, NOBODY_FREE, NO_PLACE = "no_candidate", "own_limit", "nobody_free", "no_place"
CAP = "cap"
"""All are proven but `no_place`, which is for rounds with `same_person`, half-days or caps: there only
`no_candidate` and `cap` are."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """A request that lacks days, a reason, and a sentence for people in bokmål."""

    request: str
    reason: str
    text: str


def reasons(
    possible: Possible,
    used: Ints,
    circulation: Circulation | None,
    flow: Ints | None,
    caps: Mapping[int, tuple[int, int]],
) -> tuple[Unmet, ...]:
    """Every request that lacks days, with its reason, ascending by id.

    `circulation` and `flow` are those of the plan; None where blocks stand in the way of proofs. `caps`: what
    `stopped_by_cap` found.
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
            reason, text = NO_CANDIDATE, _few_dates(request)
        elif not candidates[at]:
            reason, text = NO_CANDIDATE, funnel.text(at)
        elif at in caps:
            reason, text = CAP, _cap(p, at, *caps[at])
        elif reached is None or back is None or circulation is None:
            reason, text = (
                NO_PLACE,
                (
                    "Den beste planen vi fant, har ikke plass. Det er ikke bevist at det er umulig:"
                    " flere datoer eller flere som kan komme, gjør det lettere."
                ),
            )
        elif reached[circulation.request_node + at]:
            reason, text = (
                OWN_LIMIT,
                (
                    "I en fordelingsrunde kan ingen gå over grensen. Noen kunne ha kommet:"
                    " med én dag mer å bruke hadde dere fått én dag til."
                ),
            )
        else:
            own = back[circulation.account_node + int(p.host[at])]
            reason, text = NOBODY_FREE, _nobody(request, bool(own))
        found.append(Unmet(request.id, reason, text))
    return tuple(found)


def _cap(possible: Possible, at: int, cap: int, lacks: int) -> str:
    lender, host = possible.cap_names[cap]
    days = "én dag" if lacks == possible.unit else f"{lacks / possible.unit:g} dager".replace(".", ",")
    gain = "hele forespørselen" if possible.same[at] else "én dag til"
    text = f"Noen kunne ha kommet, men det kan ikke gå flere dager fra {lender} til {host} i denne runden."
    return f"{text} Med {days} mer fra {lender} hadde dere fått {gain}."


def _nobody(request: Wish, can_pay: bool) -> str:
    dates = _dates(request)
    what = f"som kan {_and(request.skills)}" if request.skills else "som kan komme"
    text = f"Alle {what} {dates}, er opptatt, også om andre bytter plass."
    if can_pay:
        return f"{text} Én kollega til {what} på en av disse datoene, hadde gitt dere én dag til."
    return f"{text} Det trengs én kollega til {what}, og dere har nådd grensen: tilby selv én dag til."


def _few_dates(request: Wish) -> str:
    text = f"Forespørselen ber om {request.days} dager og har {len(request.dates)} datoer."
    return f"{text} Velg flere datoer eller færre dager."


def _dates(request: Wish) -> str:
    first, last = request.dates[0], request.dates[-1]
    one, other = (f"{day.day}.{day.month}.{day.year}" for day in (first, last))
    return one if first == last else f"mellom {one} og {other}"


def _free(count: int) -> str:
    return "ledig" if count == 1 else "ledige"


def _and(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " og " + words[-1]


class _Funnel:
    """How many are left when skills, dates and distance are asked for, one after the other."""

    def __init__(self, possible: Possible) -> None:
        self._possible = possible
        self._able = Able(possible.instance)
        self._colleague_dates = bits(possible.instance.colleagues, possible.dates)
        self._request_dates = bits(possible.instance.requests, possible.dates)

    def text(self, at: int) -> str:
        """The sentence for the request at this position."""
        p, request = self._possible, self._possible.instance.requests[at]
        if not request.dates:
            return "Forespørselen har ingen datoer. Velg minst én."
        able = self._able.who(request.skills)
        able = able[p.home[able] != p.host[at]]
        skills = f" {_and(request.skills)}" if request.skills else " komme"
        if not len(able):
            return f"Ingen på andre bibliotek kan{skills}."
        enough = request.days if request.same_person else 1
        common = np.bitwise_count(self._colleague_dates[able] & self._request_dates[at]).sum(axis=1)
        free = int((np.minimum(common, p.most[able]) >= enough).sum())
        if not free:
            together = f" alle {request.days} dagene" if enough > 1 else ""
            text = f"{len(able)} kan{skills}, ingen av dem er ledig{together} {_dates(request)}."
            return f"{text} Velg flere datoer."
        return (
            f"{len(able)} kan{skills}, {free} av dem er {_free(free)} {_dates(request)},"
            " ingen av dem kan reise så langt eller passer ellers."
        )


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
