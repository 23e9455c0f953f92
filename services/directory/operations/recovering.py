"""After a restore from an old backup: what this county had published stands again; no version goes back.

Other counties keep the copy with the highest version. If a restored county went on from an older one, they
would take no notice of its next change.
"""

from typing import Any

from byttebank.contracts.received import SentMessage
from byttebank.storage.work import Work
from services.directory.domain.versions import precedence
from services.directory.operations.placing import place, place_things_of
from services.directory.operations.publishing import CONTACT_POINT, EVENT, PERSON, as_seen
from services.directory.storage import libraries, market
from services.directory.storage.market import Kind

Document = dict[str, Any]


def own_library(work: Work, message: SentMessage) -> None:
    """Our library stands as we had published it, if that is newer than what we remember."""
    library = message.payload
    if library["county"] != work.county:
        return
    stored = libraries.find_library(work.connection, library["id"], for_update=True)
    if stored is None:
        libraries.add_library(work.connection, library)
    elif precedence(library) > precedence(stored):
        kept = {name: stored[name] for name in ("language", *CONTACT_POINT)}
        library = {**library, **kept}
        libraries.replace_library(work.connection, library)
    else:
        return
    libraries.write_numbers(work.connection, library)
    place_things_of(work, library)
    work.emit("LibraryChanged", library)


def own_offer(work: Work, message: SentMessage) -> None:
    """Our offer stands as we had published it. Own words that we have lost stay lost."""
    _stand_again(work, "offer", message.payload)


def own_request(work: Work, message: SentMessage) -> None:
    """Our request stands as we had published it. Own words that we have lost stay lost."""
    _stand_again(work, "request", message.payload)


def _stand_again(work: Work, kind: Kind, thing: Document) -> None:
    if thing["county"] != work.county:
        return
    stored = market.find(work.connection, kind, thing["id"], for_update=True)
    if stored is None:
        market.add(work.connection, kind, thing, "")
    elif stored["version"] < thing["version"]:
        name_field = PERSON[kind][1]
        kept = {name_field: stored[name_field], "own_words": stored["own_words"]}
        thing = {**thing, **kept}
        market.replace(work.connection, kind, thing)
    else:
        return
    place(work, kind, thing)
    (event,) = as_seen(work, kind, [thing])
    work.emit(EVENT[kind], event)
