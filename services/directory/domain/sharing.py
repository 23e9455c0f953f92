"""How far a name travels, as its owner chose: own library, own county, all counties."""

from typing import Literal

Place = Literal["library", "county", "all"]
"""Where a reader stands: at the owner's library, elsewhere in the county, in another county."""

DEPTH = {"library": 0, "county": 1, "all": 2}


def is_shared(sharing: str, reader: Place) -> bool:
    """Whether a name with this sharing choice shows to a reader who stands there."""
    return DEPTH[sharing] >= DEPTH[reader]


def shared_name(name: str | None, sharing: str, reader: Place) -> str | None:
    """The name as that reader may see it; None stands for "a colleague"."""
    return name if is_shared(sharing, reader) else None


def reaches(reach: str, counties: list[str], county: str) -> bool:
    """Whether an offer or a request with this reach is told to another county.

    `counties`: those that the offer names, or the neighbours that a request reaches.
    """
    return reach == "all" or (reach in ("counties", "neighbours") and county in counties)
