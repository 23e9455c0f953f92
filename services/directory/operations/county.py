"""The node's own settings."""

from typing import Any
from zoneinfo import ZoneInfo

from byttebank.contracts import resources
from byttebank.contracts.refusals import NotFound
from byttebank.language import LANGUAGES
from byttebank.storage.work import Work
from services.directory.operations.documents import read, refuse
from services.directory.operations.skills import seed_skills
from services.directory.storage import counties

Document = dict[str, Any]


def set_county(work: Work, settings: Document) -> Document:
    """These are the county's settings; the county's services are told when something is new.

    `settings`: a `County`. Refuses: Malformed, also for another county's slug, a time zone that is none, or a
    language that we do not have.
    """
    wanted = read(resources.County, settings)
    if wanted["slug"] != work.county:
        raise refuse("/slug", f"This is the node of {work.county}.")
    try:
        ZoneInfo(wanted["time_zone"])
    except (KeyError, ValueError, OSError) as error:
        raise refuse("/time_zone", "A time zone such as Europe/Oslo.") from error
    if wanted["language"] not in LANGUAGES:
        raise refuse("/language", f"One of {', '.join(LANGUAGES)}.")
    counties.hold_publishing(work.connection, work.county, alone=True)
    stored = counties.find_county(work.connection, work.county)
    if stored is None or stored != {**wanted, "version": stored["version"]}:
        changed = {**wanted, "version": 1 if stored is None else stored["version"] + 1}
        counties.write_county(work.connection, changed)
        work.emit("CountyChanged", changed)
    return wanted


def set_up_county(work: Work, settings: Document) -> Document:
    """As `set_county`, and the vocabulary holds the skills that all counties share. Refuses: as it does."""
    wanted = set_county(work, settings)
    seed_skills(work)
    return wanted


def county(work: Work) -> Document:
    """This node's `County`. Refuses: NotFound before it is set."""
    stored = counties.find_county(work.connection, work.county)
    if stored is None:
        raise NotFound(kind="county", id=work.county)
    return {key: value for key, value in stored.items() if key != "version"}
