"""The letter with a library's own link. Whoever gets it is in no register yet."""

from dataclasses import replace
from typing import Any

from byttebank.clock import local_date, parse_time
from byttebank.storage.work import TIME_ZONE, Work
from services.notify.letter import write_letter
from services.notify.operations.telling import letterhead, queue
from services.notify.storage import copies, notices
from services.notify.storage.copies import Address

Document = dict[str, Any]
KEY = "invitation"
JOIN = "bli-med"
"""The gateway's page that the link leads to."""


def library_invited(work: Work, body: Document, public_url: str) -> bool:
    """The letter waits to be sent, once for each occasion. Its link is in the letter and nowhere else here.

    It is in the library's language, else the county's. The notice is the person's own once she has joined.
    """
    invitation_id = body["invitation_id"]
    county = copies.find_county(work.connection, work.county)
    expires_on = local_date(parse_time(body["expires_at"]), (county and county["time_zone"]) or TIME_ZONE)
    words = {"library": body["library"], "county": work.county, "reply_by": expires_on.isoformat()}
    notice = {
        "id": work.new_id(),
        "engagement_id": invitation_id,
        "about": KEY,
        "key": KEY,
        "occasion": str(body["occasion"]),
        "library_id": body["library_id"],
        "person_id": invitation_id,
        "parameters": words,
        "created_at": work.now,
    }
    if not notices.add_notice(work.connection, notice):
        return False
    head = letterhead(work, public_url)
    address = Address(invitation_id, body["email"], body["language"])
    in_language = replace(head, language=address.language or head.language)
    letter = write_letter(KEY, words, invitation_id, in_language, path=f"{JOIN}/{body['token']}")
    queue(work, str(notice["id"]), invitation_id, address, letter, head)
    return True
