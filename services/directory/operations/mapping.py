"""The mapping of skills in this county."""

from typing import Any

from byttebank.contracts.refusals import NotFound
from byttebank.storage.work import Work
from services.directory.domain.mapping import as_document, map_skills
from services.directory.storage import counties, libraries, market

Document = dict[str, Any]


def mapping(work: Work) -> Document:
    """Which skills exist, are wanted and are missing, for the county and for each municipality; nobody's.

    `{county, mapped_on, places: [{municipality_code, name, libraries, exist, wanted, missing, is_from_offers,
    conclusion: {code, parameters}}]}`, the county first. Conclusions: mapping_lacks {skills, exist, all},
    mapping_covered {skills, exist, all}, mapping_unknown {exist, all}.
    Refuses: NotFound before the county is set.
    """
    settings = counties.find_county(work.connection, work.county)
    if settings is None:
        raise NotFound(kind="county", id=work.county)
    own = libraries.libraries_of_county(work.connection, work.county)
    # Who wanted nothing kept of herself has no name, and hides nobody else's skills.
    people = [one for one in libraries.all_colleagues(work.connection) if one["name"] is not None]
    places = map_skills(
        [library for library in own if library["state"] == "open"],
        people,
        market.things_in_use(work.connection, "offer", work.county, work.today),
        market.things_in_use(work.connection, "request", work.county, work.today),
        settings["name"],
    )
    skills = [skill["code"] for skill in libraries.list_skills(work.connection)]
    return {
        "county": work.county,
        "mapped_on": work.today.isoformat(),
        "places": [as_document(place, skills) for place in places],
    }
