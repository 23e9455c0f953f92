"""What every copy from another county must pass before it is kept."""

from typing import Any

from byttebank.contracts.received import ReceivedMessage
from byttebank.contracts.refusals import CountyUnknown, Malformed
from byttebank.storage.work import Work
from services.directory.domain.texts import unstorable
from services.directory.operations.documents import refuse
from services.directory.storage import counties

Document = dict[str, Any]
MAX_VERSION = 2**53
MAX_WORDS = 2000
MAX_NAME = 200


def check_received(work: Work, message: ReceivedMessage, document: Document) -> None:
    """The document is the sender's own and can be kept. Copies of one peer take turns from here on.

    Refuses: CountyUnknown for a county we do not exchange with, or no longer do: what it sent is kept parked
    then; Malformed for another county's thing.
    """
    peer = counties.find_peer(work.connection, message.peer, for_update=True)
    if peer is None or peer["state"] == "left":
        raise CountyUnknown(county=message.peer)
    if document["county"] != message.peer:
        raise refuse("/county", f"{message.peer} speaks only for its own libraries.")
    if not 0 < document["version"] < MAX_VERSION:
        raise refuse("/version", "A whole number above 0.")
    errors = unstorable(document)
    if errors:
        raise Malformed(errors=errors)


def check_detached(document: Document, name_field: str) -> None:
    """Name and own words are no longer than we ourselves allow. Refuses: Malformed."""
    if len(document[name_field] or "") > MAX_NAME:
        raise refuse(f"/{name_field}", f"At most {MAX_NAME} characters.")
    if len(document["own_words"]) > MAX_WORDS:
        raise refuse("/own_words", f"At most {MAX_WORDS} characters.")
