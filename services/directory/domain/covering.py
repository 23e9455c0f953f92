"""When an engagement answers a request."""

COVERING_STATES = frozenset({"agreed", "carried_out", "confirmed", "settled", "disputed", "unanswered"})
"""From the agreement on, for as long as the help is coming or was given. What was declined, expired, refused
or cancelled, and what came to nothing, leaves the need open."""

ANSWERING_STATES = COVERING_STATES | {"proposed", "reserving"}
"""Somebody has answered: as long as it is so, the request is not told to more counties."""
