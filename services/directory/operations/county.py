"""The node's own settings."""

from typing import Any

from byttebank.contracts import resources
from byttebank.contracts.refusals import NotFound
from byttebank.storage.work import Work
from services.directory.operations.documents import read, refuse
from services.directory.storage import counties

Document = dict[str, Any]


def set_county(work: Work, settings: Document) -> Document:
    """These are the county's settings; the county's services are told when something is new.

    `settings`: a `County`. Refuses: Malformed, also for another county's slug.
    """
    wanted = read(resources.County, settings)
    if wanted["slug"] != work.county:
        raise refuse("/slug", f"This is the node of {work.county}.")
    counties.hold_publishing(work.connection, work.county, alone=True)
    stored = counties.find_county(work.connection, work.county)
    if stored is None or stored != {**wanted, "version": stored["version"]}:
        changed = {**wanted, "version": 1 if stored is None else stored["version"] + 1}
        counties.write_county(work.connection, changed)
        work.emit("CountyChanged", changed)
    return wanted


def county(work: Work) -> Document:
    """This node's `County`. Refuses: NotFound before it is set."""
    stored = counties.find_county(work.connection, work.county)
    if stored is None:
        raise NotFound(kind="county", id=work.county)
    return {key: value for key, value in stored.items() if key != "version"}
