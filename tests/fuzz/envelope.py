"""Fuzzes what a county reads of another with atheris (libFuzzer), guided by the coverage of our own code.

    make fuzz                                     for a minute
    python tests/fuzz/envelope.py -runs=100000    with libFuzzer's own options

Whatever comes, only `EnvelopeError` may come out: of octets as they are, and of headers and payloads that are
signed with a good key, which get further. What brings another error is written to `crash-*`.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit" / "federation"))

with atheris.instrument_imports(include=["byttebank.federation"]):
    from envelope_cast import CONTROL, opened, resigned, sealed, unb64

    from byttebank.federation import detached
    from byttebank.federation.errors import EnvelopeError

OCTETS, ASKED = sealed(), sealed(header=CONTROL)


def _signed_header(octets: bytes) -> None:
    opened(resigned(OCTETS, header=lambda _: octets))


def _signed_payload(octets: bytes) -> None:
    opened(resigned(OCTETS, payload=octets))


def _one_member(octets: bytes) -> None:
    """The header of a good control message with one member that is something else."""
    name, _, value = octets.partition(b"=")

    def header(protected: dict[str, object]) -> bytes:
        try:
            changed = {**protected, name.decode(): json.loads(value)}
        except (ValueError, RecursionError):
            changed = protected
        return json.dumps(changed, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")

    opened(resigned(ASKED, header=header))


def _put_in(octets: bytes) -> None:
    """A good envelope with something cut out and put in."""
    if len(octets) > 4:
        start, end = int.from_bytes(octets[:2], "big"), int.from_bytes(octets[2:4], "big")
        opened(OCTETS[: start % len(OCTETS)] + octets[4:] + OCTETS[end % len(OCTETS) :])


def _detached(octets: bytes) -> None:
    detached.unpack(octets)


READERS: tuple[Callable[[bytes], object], ...] = (
    opened,
    _signed_header,
    _signed_payload,
    _one_member,
    _put_in,
    _detached,
)


def read_one(octets: bytes) -> None:
    """The first octet says which reader gets the others."""
    if not octets:
        return
    try:
        READERS[octets[0] % len(READERS)](octets[1:])
    except EnvelopeError:
        return


def seeds() -> list[bytes]:
    """Something good for each reader, to begin with."""
    protected, payload = (unb64(json.loads(OCTETS)[name]) for name in ("protected", "payload"))
    good = (
        OCTETS,
        protected,
        payload,
        b'nonce="00000000000000000000000000000001"',
        b"\0\0\0\0",
        detached.pack({}, bytes(32)),
    )
    return [bytes([reader]) + octets for reader, octets in enumerate(good)]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for number, octets in enumerate(seeds()):
            (Path(folder) / str(number)).write_bytes(octets)
        atheris.Setup([*sys.argv, folder], read_one)
        atheris.Fuzz()
