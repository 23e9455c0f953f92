"""Papers of a round that several counties hold together, as a service signs and opens them."""

from collections.abc import Callable, Mapping
from typing import Any

from byttebank.contracts.received import TooEarly
from byttebank.contracts.refusals import Malformed
from byttebank.federation.document import open_document, sign_document
from byttebank.federation.errors import EnvelopeError, UnknownKey
from byttebank.federation.keyring import Keyring
from byttebank.federation.keys import SigningKey
from byttebank.federation.papers import Paper
from byttebank.storage.work import Work


def sign_paper(work: Work, key: SigningKey, body: Mapping[str, Any], *, audience: str) -> Paper:
    """The body, signed by this county now for this audience."""
    octets = sign_document(dict(body), audience=audience, signer=work.county, created_at=work.now, key=key)
    return Paper(body["kind"], work.county, dict(body), octets, work.now)


def open_paper(
    round_id: str,
    octets: bytes,
    keyring: Keyring,
    *,
    audience: str,
    load_document: Callable[[Any], Mapping[str, Any]],
) -> Paper:
    """The paper, its signature checked and its body read by `load_document`.

    Refuses: TooEarly for a key that is not known yet; Malformed for anything that is no document of this
    round; what `load_document` refuses.
    """
    try:
        document = open_document(octets, audience=audience, keyring=keyring)
    except UnknownKey as error:
        raise TooEarly(str(error)) from error
    except EnvelopeError as error:
        raise malformed_papers(str(error)) from error
    if load_document(document.body)["round"] != round_id:
        raise malformed_papers("The document belongs to another round.")
    # What is signed is what is kept, members that this release does not know included.
    return Paper(document.body["kind"], document.signer, document.body, octets, document.created_at)


def malformed_papers(detail: str) -> Malformed:
    """The refusal of a message whose papers are none."""
    return Malformed(errors=[{"pointer": "/documents", "detail": detail}])
