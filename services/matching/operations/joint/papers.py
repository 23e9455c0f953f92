"""Documents of a joint round: checked when they come, signed when they go."""

from collections.abc import Iterable, Mapping
from typing import Any

from byttebank.contracts.joint_rounds import load_document
from byttebank.contracts.received import TooEarly
from byttebank.contracts.refusals import Malformed
from byttebank.federation.document import open_document, sign_document
from byttebank.federation.errors import EnvelopeError, UnknownKey
from byttebank.federation.keyring import Keyring
from byttebank.federation.keys import SigningKey
from byttebank.federation.papers import Paper, in_parcels
from byttebank.storage.work import Work
from services.matching.domain.joint_round import JointRound
from services.matching.storage import joint_rounds

MESSAGE = "MATCHING_ROUND"


def audience(round_id: str) -> str:
    """For what a document of the round is signed, and nothing else."""
    return f"matching-round/{round_id}"


def open_papers(round_id: str, texts: Iterable[str], keyring: Keyring) -> list[Paper]:
    """The documents, their signatures checked.

    Refuses: TooEarly for a key that is not known yet; Malformed for anything that is no document of this
    round; `KeyError` for a kind that this release does not know.
    """
    return [_open(round_id, text.encode("utf-8"), keyring) for text in texts]


def sign_papers(
    work: Work, key: SigningKey, joint: JointRound, *bodies: Mapping[str, Any]
) -> tuple[JointRound, list[Paper]]:
    """The round with these bodies signed by this county now, and the new documents."""
    signed = []
    for body in bodies:
        whole = {**body, "round": joint.id}
        octets = sign_document(
            whole, audience=audience(joint.id), signer=work.county, created_at=work.now, key=key
        )
        signed.append(Paper(whole["kind"], work.county, whole, octets, work.now))
    return joint_rounds.add_papers(work.connection, joint, signed, work.now), signed


def send(work: Work, joint: JointRound, receivers: Iterable[str], papers: Iterable[Paper]) -> None:
    """The documents are on their way to those of the receivers that we exchange days with."""
    known = set(joint_rounds.active_peers(work.connection))
    parcels = in_parcels(papers)
    for receiver in receivers:
        for texts in parcels if receiver in known else []:
            work.send(receiver, MESSAGE, {"round_id": joint.id, "documents": texts})


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


def _malformed(detail: str) -> Malformed:
    return Malformed(errors=[{"pointer": "/documents", "detail": detail}])
