"""Messages between counties: the payloads inside signed envelopes, by service, type and version.

No personal data in signed bytes: names, contacts and people's own words travel detached (`detached` of a
message), bound by a salted hash, and may be erased. `DETACHED` says which schema the detached part has.
"""

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, validate

from byttebank.contracts import resources
from byttebank.contracts.clearing import ClearingDocuments
from byttebank.contracts.fields import Contract, Day, HalfDays, Id, Slug, WholeNumber, load, one_of, text
from byttebank.contracts.joint_rounds import JointRoundDocuments
from byttebank.contracts.moves import EngagementMoveAnswered, EngagementMoveAsked
from byttebank.contracts.requests import RequestDeclined

HIGHEST = 2**53 - 1
"""The highest whole number that every JSON reader keeps whole."""

HASH = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))

REJECT_CODES = ("payee_unknown", "payee_closed", "malformed", "cancelled", "already_fulfilled")
"""Permanent reasons only: an overfull fuse or a frozen peer makes a transfer wait, never a REJECT."""


class Amount(WholeNumber):
    """A whole number from 0."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(min=0, max=HIGHEST), **kwargs)


class Seq(WholeNumber):
    """A message's number in its channel."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(min=1, max=HIGHEST), **kwargs)


class Prepare(Contract):
    """PREPARE, payer's county to payee's: a signed IOU for a delivered day."""

    transfer_id = Id(required=True)
    amount_half_days = HalfDays(required=True)
    unit = one_of("half_day", required=True)
    payer_library_id = Id(required=True)
    payee_library_id = Id(required=True)
    engagement_id = Id(required=True)
    part = WholeNumber(load_default=1)
    skill = fields.String(load_default=None, allow_none=True)
    work_date = Day(required=True)
    reverses = Id(load_default=None, allow_none=True)


class Fulfil(Contract):
    """FULFIL: the payee is credited; final. `prepare_hash` is SHA-256 of the PREPARE's payload octets."""

    transfer_id = Id(required=True)
    prepare_hash = text(64)


class Reject(Contract):
    """REJECT: decided no, for a permanent reason; final."""

    transfer_id = Id(required=True)
    code = one_of(*REJECT_CODES, required=True)


class Cancel(Contract):
    """CANCEL: if you have not decided, decide no. Answered by REJECT or the FULFIL that was."""

    transfer_id = Id(required=True)


class ReversalRequest(Contract):
    """REVERSAL_REQUEST: please send the days back with a reversing PREPARE, or decline."""

    transfer_id = Id(required=True)
    amount_half_days = HalfDays(required=True)
    reason_code = text(60)


class ReversalDeclined(Contract):
    """DECLINED: the answer no to a reversal request."""

    transfer_id = Id(required=True)


class Reconcile(Contract):
    """RECONCILE: what stands in the sender's book, of its own messages before this one and of the recipient's
    up to `received_seq`. `asks`: the recipient is to say the same of its book.
    """

    fulfilled_half_days = Amount(required=True)
    """Credited here for PREPAREs of the recipient, in all."""
    posted_half_days = Amount(required=True)
    """Posted here for FULFILs of the recipient, up to `received_seq`."""
    received_seq = Amount(required=True)
    received_hash = HASH
    is_whole = fields.Boolean(required=True)
    """Whether nothing is missing up to `received_seq`; without that it says nothing about those."""
    asks = fields.Boolean(required=True)


class Compare(Contract):
    """COMPARE: what stands in your book up to each of these numbers of this county's channel to the other?"""

    sender = Slug(required=True)
    seqs = fields.List(Seq(), required=True, validate=validate.Length(min=1, max=64))


class BookPoint(Contract):
    """What stands in a book up to a number: the hash of the last message there, and half-days of FULFILs."""

    seq = Seq(required=True)
    hash = HASH
    half_days = Amount(required=True)


class Compared(Contract):
    """COMPARED: the answer to COMPARE."""

    sender = Slug(required=True)
    points = fields.List(fields.Nested(BookPoint), required=True, validate=validate.Length(min=1, max=64))


class DisputeRaised(BookPoint):
    """DISPUTE: before message `seq` of `sender` our books are the same, with it they are not. Ours is so."""

    sender = Slug(required=True)
    transfer_id = Id(load_default=None, allow_none=True)


class LibraryPublished(resources.Library):
    """A library as other counties see it; the highest `version` counts. Its contact point is detached."""


class ErasePerson(Contract):
    """Nothing of this person is kept any more: names, own words and the things that were theirs go."""

    person_id = Id(required=True)


class PersonErased(Contract):
    """The answer to `ErasePerson`: nothing of the person is left here."""

    person_id = Id(required=True)


class PartnershipChanged(Contract):
    """The sender has ended the exchange with the recipient, or begun it anew; the highest `version` counts.

    It changes nothing at the recipient but what people there are told.
    """

    is_ended = fields.Boolean(required=True)
    changed_on = Day(required=True)
    version = WholeNumber(required=True)


class OfferPublished(resources.Offer):
    """An offer as other counties see it; name and own words are detached."""


class RequestOpened(resources.Request):
    """A request as other counties see it, `state` included; own words and contact are detached."""


class EngagementProposed(resources.Engagement):
    """The lender's county proposes to the host's county (the home)."""


class EngagementShared(resources.Engagement):
    """The home tells the lender's county how the engagement stands; the highest `version` counts."""


class EngagementAccepted(Contract):
    """The lender's side says yes in these roles."""

    engagement_id = Id(required=True)
    roles = fields.List(one_of(*resources.ROLES), required=True)


class EngagementDeclined(Contract):
    """The lender's side says no. Nobody asks why."""

    engagement_id = Id(required=True)


class EngagementCancelled(Contract):
    """The lender's side calls an agreed day off."""

    engagement_id = Id(required=True)


class EngagementConfirmed(Contract):
    """The lender's answer to "did it happen?"."""

    engagement_id = Id(required=True)
    happened = fields.Boolean(required=True)


class EngagementDisputed(Contract):
    """The lender's side disagrees."""

    engagement_id = Id(required=True)


class Names(Contract):
    """The detached part: names and own words that may be erased without breaking any signature."""

    colleague_name = fields.String(load_default=None, allow_none=True)
    host_contact_name = fields.String(load_default=None, allow_none=True)
    own_words = fields.String(load_default=None, allow_none=True)
    by_name = fields.String(load_default=None, allow_none=True)
    names = fields.Dict(keys=fields.String(), values=fields.String(allow_none=True), load_default=dict)
    """Further names by key, such as the history's `by_name` by line number."""


class ContactPoint(Contract):
    """The detached part of a library: it may be one person's own."""

    contact_name = fields.String(load_default=None, allow_none=True)
    contact_email = fields.String(load_default=None, allow_none=True)
    contact_phone = fields.String(load_default=None, allow_none=True)


@dataclass(frozen=True)
class PeerMessage:
    """What the registry knows of one message between counties."""

    service: str
    message_type: str
    version: int
    schema: type[Schema]
    detached: type[Schema] | None = None


def _registry(*entries: PeerMessage) -> dict[tuple[str, str, int], PeerMessage]:
    return {(entry.service, entry.message_type, entry.version): entry for entry in entries}


PEER_MESSAGES = _registry(
    PeerMessage("ledger", "PREPARE", 1, Prepare),
    PeerMessage("ledger", "FULFIL", 1, Fulfil),
    PeerMessage("ledger", "REJECT", 1, Reject),
    PeerMessage("ledger", "CANCEL", 1, Cancel),
    PeerMessage("ledger", "REVERSAL_REQUEST", 1, ReversalRequest),
    PeerMessage("ledger", "DECLINED", 1, ReversalDeclined),
    PeerMessage("ledger", "CLEARING", 1, ClearingDocuments),
    PeerMessage("ledger", "RECONCILE", 1, Reconcile),
    PeerMessage("ledger", "COMPARE", 1, Compare),
    PeerMessage("ledger", "COMPARED", 1, Compared),
    PeerMessage("ledger", "DISPUTE", 1, DisputeRaised),
    PeerMessage("directory", "LibraryPublished", 1, LibraryPublished, ContactPoint),
    PeerMessage("directory", "OfferPublished", 1, OfferPublished, Names),
    PeerMessage("directory", "RequestOpened", 1, RequestOpened, Names),
    PeerMessage("directory", "RequestDeclined", 1, RequestDeclined),
    PeerMessage("directory", "ErasePerson", 1, ErasePerson),
    PeerMessage("directory", "PersonErased", 1, PersonErased),
    PeerMessage("directory", "PartnershipChanged", 1, PartnershipChanged),
    PeerMessage("matching", "EngagementProposed", 1, EngagementProposed, Names),
    PeerMessage("matching", "EngagementShared", 1, EngagementShared, Names),
    PeerMessage("matching", "EngagementAccepted", 1, EngagementAccepted, Names),
    PeerMessage("matching", "EngagementDeclined", 1, EngagementDeclined),
    PeerMessage("matching", "EngagementCancelled", 1, EngagementCancelled),
    PeerMessage("matching", "EngagementConfirmed", 1, EngagementConfirmed, Names),
    PeerMessage("matching", "EngagementDisputed", 1, EngagementDisputed),
    PeerMessage("matching", "EngagementMoveAsked", 1, EngagementMoveAsked, Names),
    PeerMessage("matching", "EngagementMoveAnswered", 1, EngagementMoveAnswered, Names),
    PeerMessage("matching", "MATCHING_ROUND", 1, JointRoundDocuments),
)

FEDERATED_SERVICES = ("directory", "ledger", "matching")
"""The services that talk to their like in other counties; each has a channel of its own per peer."""

CONTROL_TYPES = ("HELLO", "STATEMENT", "RESEND", "COPY")
"""Outside the sequence, signed with a nonce; their bodies are defined by `byttebank.federation.control`."""


def load_peer(service: str, message_type: str, version: int, payload: Any) -> dict[str, Any]:
    """The payload as agreed. Refuses: `KeyError` for an unknown type or version, `Malformed`."""
    return load(PEER_MESSAGES[service, message_type, version].schema, payload)


def load_detached(service: str, message_type: str, version: int, content: Any) -> dict[str, Any]:
    """The detached part as agreed, or {} where there is none. Refuses: `KeyError`, `Malformed`."""
    schema = PEER_MESSAGES[service, message_type, version].detached
    return load(schema, content) if schema is not None and content is not None else {}
