"""Keeping the index: what the directory tells of this and other counties, and days in the books."""

from datetime import date
from typing import Any

from byttebank.storage.work import Work
from services.matching.storage import index, leaving, travel

Document = dict[str, Any]


def county_changed(work: Work, body: Document) -> None:
    """The county's own settings count from now on, unless newer ones do."""
    row = {"slug": body["slug"], "neighbours": body["neighbours"], "version": body["version"]}
    index.put_county(work.connection, row)


def peer_changed(work: Work, body: Document) -> None:
    """How we stand with another county counts from now on, unless something newer does.

    Nothing of what a county that leaves has published is here afterwards; what was agreed on stands.
    """
    row = {"county": body["county"], "state": body["state"], "version": body["version"]}
    if index.put_peer(work.connection, row) and body["state"] == "left":
        leaving.forget_county(work.connection, body["county"])


def library_changed(work: Work, body: Document) -> None:
    """The library is in the index as told, unless something newer is."""
    names = ["id", "county", "short_name", "latitude", "longitude", "country", "size_class"]
    names += ["state", "version"]
    row = {name: body[name] for name in names}
    row["closed_dates"] = " ".join(sorted(set(body["closed_dates"])))
    index.put_library(work.connection, row)


def participation_accepted(work: Work, body: Document) -> None:
    """The library may agree on days from now on, under the newest agreement it has accepted."""
    index.put_participation(work.connection, {name: body[name] for name in ("library_id", "version")})


def colleague_changed(work: Work, body: Document) -> None:
    """The colleague's name, sharing choice and skills to teach count from now on, unless newer ones do."""
    names = ("id", "library_id", "name", "sharing", "can_teach", "version")
    index.put_colleague(work.connection, {name: body[name] for name in names})


def offer_changed(work: Work, body: Document) -> None:
    """The offer may be found by its skills, dates and reach, unless something newer is told of it."""
    names = ["id", "county", "library_id", "colleague_id", "colleague_name", "purpose"]
    names += ["max_km", "min_at_home", "reach", "state", "version"]
    dates = sorted(set(body["dates"]))
    first_on, last_on = (dates[0], dates[-1]) if dates else (body["first_on"], body["last_on"])
    row = {name: body[name] for name in names}
    row.update(dates=" ".join(dates), first_on=_day(first_on), last_on=_day(last_on))
    row["places"] = " ".join(body["places"])
    row["weekdays"] = " ".join(map(str, sorted(set(body["weekdays"]))))
    row["expires_on"] = _day(body["expires_on"])
    index.put_offer(work.connection, row, body["skills"], body["counties"])


def request_changed(work: Work, body: Document) -> None:
    """The request may be matched, unless something newer is told of it."""
    names = ["id", "county", "library_id", "skills", "half_days", "same_person", "is_open", "place"]
    names += ["host_contact_id", "host_contact_name", "state", "version"]
    row = {name: body[name] for name in names}
    row["dates"] = " ".join(sorted(set(body["dates"])))
    row.update(first_on=_day(body["first_on"]), last_on=_day(body["last_on"]))
    index.put_request(work.connection, row)


def travel_times_changed(work: Work, body: Document) -> None:
    """The times of the county's table count from now on, or no longer; others stay."""
    for row in body["times"]:
        travel.put(work.connection, row)


def days_counted(work: Work, body: Document) -> None:
    """Days in the books are in both libraries' given and received, once per transfer."""
    index.add_posted_days(
        work.connection,
        transfer_id=body["transfer_id"],
        payer=body["payer_library_id"],
        payee=body["payee_library_id"],
        half_days=body["amount_half_days"],
        work_date=date.fromisoformat(body["work_date"]),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
