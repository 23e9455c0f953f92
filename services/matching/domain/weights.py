"""What the parts of a candidate's score weigh in a county, and which versions of that there have been."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from byttebank.contracts.ranking import BOUNDS
from byttebank.contracts.refusals import Malformed


@dataclass(frozen=True, slots=True)
class Weights:
    """Points of each part (docs/ranking.md). `version` 0 is what every county begins with."""

    can_teach: int = 10
    all_dates: int = 20
    """Free on as many dates as are asked for; in proportion for fewer."""
    no_travel: int = 60
    km_per_point: int = 5
    """A visit next door or work at a distance; one point less for each so many km."""
    owes_per_half_day: int = 5
    owes_most: int = 40
    """Those who have received more than they have given come first (and the others later), to a limit."""
    first_visit: int = 15
    months_most: int = 12
    """Libraries that have not helped each other yet; else a point for each month since, up to so many."""
    same_county: int = 10
    neighbour_county: int = 5
    version: int = 0

    def points(self) -> dict[str, int]:
        """The weights by name, without the version."""
        found = asdict(self)
        del found["version"]
        return found


DEFAULT = Weights()
NAMES = tuple(one.name for one in fields(Weights) if one.name != "version")


def changed(weights: Weights, points: Mapping[str, int], version: int) -> Weights:
    """These weights with other `points`, as a new version.

    Refuses: Malformed for a name that is none, a number out of its bounds.
    """
    errors = [
        {"pointer": f"/{name}", "detail": f"Not a weight; they are {', '.join(NAMES)}."}
        for name in points
        if name not in NAMES
    ]
    for name, value in points.items():
        if name not in NAMES:
            continue
        least, most = BOUNDS[name]
        bounds = f"Must be greater than or equal to {least} and less than or equal to {most}."
        if type(value) is not int:
            errors.append({"pointer": f"/{name}", "detail": "Not a valid integer."})
        elif not least <= value <= most:
            errors.append({"pointer": f"/{name}", "detail": bounds})
    if errors:
        raise Malformed(errors=errors)
    return Weights(**{**weights.points(), **points}, version=version)
