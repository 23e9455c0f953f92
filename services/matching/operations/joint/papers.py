"""Documents of a joint round: checked when they come, signed when they go."""

from collections.abc import Iterable, Mapping
from typing import Any

from byttebank.contracts.joint_rounds import load_document
from byttebank.federation.keyring import Keyring
from byttebank.federation.keys import SigningKey
from byttebank.federation.papers import Paper, in_parcels
from byttebank.round_papers import open_paper, sign_paper
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
    return [
        open_paper(
            round_id,
            text.encode("utf-8"),
            keyring,
            audience=audience(round_id),
            load_document=load_document,
        )
        for text in texts
    ]


def sign_papers(
    work: Work, key: SigningKey, joint: JointRound, *bodies: Mapping[str, Any]
) -> tuple[JointRound, list[Paper]]:
    """The round with these bodies signed by this county now, and the new documents."""
    signed = [
        sign_paper(work, key, {**body, "round": joint.id}, audience=audience(joint.id)) for body in bodies
    ]
    return joint_rounds.add_papers(work.connection, joint, signed, work.now), signed


def send(work: Work, joint: JointRound, receivers: Iterable[str], papers: Iterable[Paper]) -> None:
    """The documents are on their way to those of the receivers that we exchange days with."""
    known = set(joint_rounds.active_peers(work.connection))
    parcels = in_parcels(papers)
    for receiver in receivers:
        for texts in parcels if receiver in known else []:
            work.send(receiver, MESSAGE, {"round_id": joint.id, "documents": texts})
