"""Documents of a clearing round: checked when they come, signed when they go."""

from collections.abc import Iterable, Mapping
from typing import Any

from byttebank import round_papers
from byttebank.contracts.clearing import load_document
from byttebank.federation.document import assemble, signature_parts
from byttebank.federation.errors import EnvelopeError
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
    return round_papers.sign_paper(work, key, body, audience=audience(body["round"]))


def accept_parts(accepts: Mapping[str, Paper]) -> dict[str, list[str]]:
    """County to the parts of its ACCEPT, as COMMIT encloses them."""
    return {county: list(signature_parts(paper.octets)) for county, paper in accepts.items()}


def _open(round_id: str, octets: bytes, keyring: Keyring) -> Paper:
    return round_papers.open_paper(
        round_id, octets, keyring, audience=audience(round_id), load_document=load_document
    )


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
            raise round_papers.malformed_papers(str(error)) from error
        papers.append(_open(round_id, octets, keyring))
    return papers
