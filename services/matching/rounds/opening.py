"""The text of a file, gzipped or not, of which no more is unpacked than was asked for."""

import zlib

from services.matching.rounds.elements import InstanceRefused

GZIP = b"\x1f\x8b"


def text_of(content: bytes, most: int) -> str:
    """The text in these bytes, of at most `most` bytes when unpacked. Refuses: InstanceRefused."""
    if content.startswith(GZIP):
        content = _unzipped(content, most)
    if len(content) > most:
        raise InstanceRefused(f"More than {most} bytes of JSON; divide it by regions or weeks.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InstanceRefused(
            f"The file is not UTF-8 text (byte {error.start}); save it as UTF-8."
        ) from error


def _unzipped(content: bytes, most: int) -> bytes:
    """The content of all gzip members, one byte more than `most` at most."""
    pieces: list[bytes] = []
    room = most + 1
    try:
        while content and room:
            unpacker = zlib.decompressobj(wbits=31)
            pieces.append(unpacker.decompress(content, room))
            room -= len(pieces[-1])
            if room and not unpacker.eof:
                raise InstanceRefused("The gzipped file is cut off; copy it again.")
            content = unpacker.unused_data.lstrip(b"\0")
    except zlib.error as error:
        raise InstanceRefused(f"The file begins as gzip and is not ({error}); copy it again.") from error
    return b"".join(pieces)
