"""Keeping what the board is searched in: an entry for each thing on it."""

from typing import Any

from byttebank.storage.work import Work
from services.directory.domain.entries import entry_of, is_on_board
from services.directory.storage import board, libraries, market
from services.directory.storage.market import Kind

Document = dict[str, Any]
KINDS: tuple[Kind, ...] = ("offer", "request")
AT_A_TIME = 500


def place(work: Work, kind: Kind, thing: Document, library: Document | None = None) -> None:
    """The offer or request stands on the board as given, if it belongs there. `library`: where known."""
    # Held, so that a library that moves meanwhile takes this thing along.
    library = library or libraries.find_library(work.connection, thing["library_id"], for_update=True)
    if not is_on_board(kind, thing, library):
        board.remove_entry(work.connection, thing["id"])
        return
    assert library is not None, "what belongs on the board has a library"
    skills = libraries.skills_by_code(work.connection, thing["skills"])
    board.write_entry(work.connection, entry_of(kind, thing, library, skills))


def place_things_of(work: Work, library: Document) -> None:
    """What the library offers and needs stands on the board as the library is now."""
    for kind in KINDS:
        for thing_id in board.things_of_library(work.connection, kind, library["id"]):
            thing = market.find(work.connection, kind, thing_id)
            if thing is not None:
                place(work, kind, thing, library)


def place_missing(work: Work) -> int:
    """Up to 500 things of each kind that belong on the board and are not there are; how many.

    For a directory whose things are older than its board.
    """
    work.take_turn()
    missing = 0
    for kind in KINDS:
        for thing_id in board.things_without_entry(work.connection, kind, AT_A_TIME):
            thing = market.find(work.connection, kind, thing_id)
            if thing is not None:
                place(work, kind, thing)
                missing += 1
    return missing
