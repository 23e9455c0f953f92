"""How a process of a round treats its memory."""

import ctypes

_MMAP_THRESHOLD = -3
"""M_MMAP_THRESHOLD of glibc's malloc.h."""
LARGE_BYTES = 1 << 20


def give_back_at_once() -> None:
    """Arrays from LARGE_BYTES that are let go of leave this process at once.

    Else the C library keeps what it has been given back in pieces of up to 32 MB, and a country's round holds
    twice of what it uses. Where the C library has no such setting, nothing happens.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, LARGE_BYTES)
