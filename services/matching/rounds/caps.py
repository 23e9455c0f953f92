"""Caps on the days from one county to another: which can stop anything, and which days they are about."""

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.instance import Instance

Ints = NDArray[np.int64]


def binding_caps(
    instance: Instance,
    home: Ints,
    host: Ints,
    most: Ints,
    wanted: Ints,
    colleague: Ints,
    request: Ints,
    unit: int,
) -> tuple[Ints, tuple[tuple[str, str], ...], Ints]:
    """Caps in units (`unit` a day), their counties, and by pair the number of its cap, -1 without one.

    `home`, `host`, `colleague`, `request`: of each pair; `most`, `wanted`: days of colleagues and requests.
    Left out is a cap that is as large as all days that are possible between the two.
    """
    pair_cap = np.full(len(colleague), -1, dtype=np.int64)
    if not instance.caps:
        return np.zeros(0, dtype=np.int64), (), pair_cap
    names = sorted({one.county for one in instance.libraries if one.county is not None})
    at = {name: number for number, name in enumerate(names)}
    county = np.array([-1 if one.county is None else at[one.county] for one in instance.libraries])
    lender, borrower = county[home], county[host]
    left: list[int] = []
    kept: list[tuple[str, str]] = []
    for one, other in sorted(instance.caps):
        here = np.flatnonzero((lender == at[one]) & (borrower == at[other]))
        offered, asked = most[np.unique(colleague[here])].sum(), wanted[np.unique(request[here])].sum()
        cap = instance.caps[one, other] * unit // 2
        if cap < unit * int(min(offered, asked)):
            pair_cap[here] = len(kept)
            left.append(cap)
            kept.append((one, other))
    return np.array(left, dtype=np.int64), tuple(kept), pair_cap
