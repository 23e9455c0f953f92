"""Documents of a clearing round: checked when they come, signed when they go."""

from collections.abc import Iterable, Mapping
from typing import Any

from byttebank.contracts.clearing import load_document
from byttebank.contracts.received import TooEarly
from byttebank.contracts.refusals import Malformed
from byttebank.federation.document import assemble, open_document, sign_document, signature_parts
from byttebank.federation.errors import EnvelopeError, UnknownKey
from byttebank.federation.keyring import Keyring
from byttebank.federation.keys import SigningKey
from byttebank.federation.papers import Paper
from byttebank.storage.work import Work


def audience(round_id: str) -> str:
    """For what a document of the round is signed, and nothing else."""
    return f"clearing/{round_id}"


def open_papers(round_id: str, texts: Iterable[str], keyring: Keyring) -> list[Paper]:
    """The documents, their signatures checked; a COMMIT with every ACCEPT that it encloses.

    Refuses: TooEarly for a key that is not known yet; Malformed for anything that is no document of this
    round; `KeyError` for a kind that this release does not know.
    """
    papers = []
    for text in texts:
        paper = _open(round_id, text.encode("utf-8"), keyring)
        papers += [*_enclosed(round_id, paper, keyring), paper]
    return papers


def sign_paper(work: Work, key: SigningKey, body: Mapping[str, Any]) -> Paper:
    """The body, signed by this county now."""
    octets = sign_document(
        dict(body), audience=audience(body["round"]), signer=work.county, created_at=work.now, key=key
    )
    return Paper(body["kind"], work.county, dict(body), octets, work.now)


def accept_parts(accepts: Mapping[str, Paper]) -> dict[str, list[str]]:
    """County to the parts of its ACCEPT, as COMMIT encloses them."""
    return {county: list(signature_parts(paper.octets)) for county, paper in accepts.items()}


def _open(round_id: str, octets: bytes, keyring: Keyring) -> Paper:
    try:
        document = open_document(octets, audience=audience(round_id), keyring=keyring)
    except UnknownKey as error:
        raise TooEarly(str(error)) from error
    except EnvelopeError as error:
        raise _malformed(str(error)) from error
    if load_document(document.body)["round"] != round_id:
        raise _malformed("The document belongs to another round.")
    # What is signed is what is kept, members that this release does not know included.
    return Paper(document.body["kind"], document.signer, document.body, octets, document.created_at)


def _enclosed(round_id: str, commit: Paper, keyring: Keyring) -> list[Paper]:
    if commit.kind != "COMMIT":
        return []
    hashes = {name: commit.body[name] for name in ("input_hash", "result_hash")}
    body = {"kind": "ACCEPT", "round": round_id, **hashes}
    papers = []
    for county, (created_at, key_id, signature) in sorted(commit.body["accepts"].items()):
        try:
            octets = assemble(
                body,
                audience=audience(round_id),
                signer=county,
                created_at=created_at,
                key_id=key_id,
                signature=signature,
            )
        except EnvelopeError as error:
            raise _malformed(str(error)) from error
        papers.append(_open(round_id, octets, keyring))
    return papers


def _malformed(detail: str) -> Malformed:
    return Malformed(errors=[{"pointer": "/documents", "detail": detail}])
