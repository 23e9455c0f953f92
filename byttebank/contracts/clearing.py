"""A clearing round: the documents it is made of, and how it is shown.

A document is signed on its own for the audience `clearing/<round>` (`byttebank.federation.document`) and
can be shown to anybody. Its body names its `kind`. `body_hash` below is SHA-256 of the body's canonical
octets, which is the same however often and whenever the same thing is signed.

| kind | signed by | says |
|---|---|---|
| PROPOSE | the coordinator | who is asked, and until when |
| POSITION | each county | what it owes or is owed, at a named pair of sequence numbers |
| INPUT | the coordinator | which positions are counted with |
| ACCEPT | each county with something to strike out | the result that it has computed itself, by hash |
| COMMIT | the coordinator | it holds all accepts, which are enclosed |
| ABORT | the coordinator | there will be no COMMIT |
| APPLIED | a county | it has posted the result, and will not sign CLOSE |
| CLOSE | a county | it has posted nothing, and will not unless another has |
"""

from typing import Any

from marshmallow import Schema, fields, validate

from byttebank.contracts.fields import (
    Contract,
    HalfDays,
    Id,
    Moment,
    Slug,
    WholeNumber,
    load,
    one_of,
    text,
)

MAX_COUNTIES = 100
SOLVER = 1
"""The rule that the result is found by (`services.ledger.domain.circulation`). Another has another number."""

ABORT_REASONS = ("nothing_to_clear", "late")
STAGES = ("heard", "stated", "accepted", "closing", "left", "applied", "aborted", "closed")


def _hash(**kwargs: Any) -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"), **kwargs)


class _Body(Contract):
    kind = text(20)
    round = Id(required=True)


class Propose(_Body):
    """`counties`: everybody who is asked, the coordinator included, in order."""

    counties = fields.List(Slug(), required=True, validate=validate.Length(min=2, max=MAX_COUNTIES))
    answer_by_at = Moment(required=True)
    accept_by_at = Moment(required=True)
    solver = WholeNumber(required=True)


class StatedPosition(Contract):
    """What the signer owes `county`, net; below zero when it is owed. The two numbers name the moment:
    those of the last FULFIL each way."""

    county = Slug(required=True)
    owed_half_days = WholeNumber(required=True)
    sent_seq = WholeNumber(required=True, validate=validate.Range(min=0))
    received_seq = WholeNumber(required=True, validate=validate.Range(min=0))


class Position(_Body):
    """`positions`: those towards counties of the round, by county; the others are zero or left out."""

    proposal_hash = _hash()
    positions = fields.List(
        fields.Nested(StatedPosition), required=True, validate=validate.Length(max=MAX_COUNTIES)
    )


class Input(_Body):
    """`positions`: county to the body hash of its POSITION. Who is not there is left out."""

    proposal_hash = _hash()
    positions = fields.Dict(keys=Slug(), values=_hash(), required=True)


class Accept(_Body):
    """The signer has found this result itself and will post it once COMMIT stands."""

    input_hash = _hash()
    result_hash = _hash()


class Commit(_Body):
    """`accepts`: county to [created_at, key id, signature], from which each ACCEPT is put together again."""

    input_hash = _hash()
    result_hash = _hash()
    accepts = fields.Dict(
        keys=Slug(),
        values=fields.List(text(200), validate=validate.Length(equal=3)),
        required=True,
    )


class Abort(_Body):
    """The coordinator gives up. It never signs COMMIT for this round."""

    reason = one_of(*ABORT_REASONS, required=True)


class Applied(_Body):
    """`input_hash`, `result_hash`: of the COMMIT that is posted."""

    input_hash = _hash()
    result_hash = _hash()


class Close(_Body):
    """Once every county of the result but the coordinator has signed it, the round is over unposted."""

    input_hash = _hash()


DOCUMENTS: dict[str, type[Schema]] = {
    "PROPOSE": Propose,
    "POSITION": Position,
    "INPUT": Input,
    "ACCEPT": Accept,
    "COMMIT": Commit,
    "ABORT": Abort,
    "APPLIED": Applied,
    "CLOSE": Close,
}


def load_document(body: Any) -> dict[str, Any]:
    """The body as its kind says. Refuses: `KeyError` for a kind we do not know, `Malformed`."""
    kind = body.get("kind") if isinstance(body, dict) else None
    return load(DOCUMENTS[str(kind)], body)


class ClearingDocuments(Contract):
    """CLEARING: signed documents of one round, as text, in the order in which they are to be read."""

    round_id = Id(required=True)
    documents = fields.List(text(33_000), required=True, validate=validate.Length(min=1, max=MAX_COUNTIES))


class ClearedPosition(Contract):
    """One co-signed position: what `debtor` owed `creditor`, and how much of that is struck out."""

    debtor = Slug(required=True)
    creditor = Slug(required=True)
    owed_half_days = WholeNumber(required=True)
    cleared_half_days = WholeNumber(required=True)


class Ring(Contract):
    """Each of `counties` owed the next, and the last the first; so much of it is struck out."""

    half_days = HalfDays(required=True)
    counties = fields.List(Slug(), required=True)


class ClearingRound(Contract):
    """A round as this county sees it. `stage` is this county's own.

    heard, stated (our positions are reserved), accepted, closing (we asked to end it), left (nothing of ours
    in it), applied (posted), aborted, closed. `counties` are asked, `answered` are counted with. `positions`
    and `rings` are empty until the input is known. `left_out`: pairs that did not agree on their position.
    `contradictions`: documents by one county that cannot both be true.
    """

    id = Id(required=True)
    stage = one_of(*STAGES, required=True)
    coordinator = Slug(load_default=None, allow_none=True)
    proposed_at = Moment(load_default=None, allow_none=True)
    answer_by_at = Moment(load_default=None, allow_none=True)
    accept_by_at = Moment(load_default=None, allow_none=True)
    ended_at = Moment(load_default=None, allow_none=True)
    abort_reason = fields.String(load_default=None, allow_none=True)
    counties = fields.List(Slug(), required=True)
    answered = fields.List(Slug(), required=True)
    accepted = fields.List(Slug(), required=True)
    owed_half_days = WholeNumber(required=True)
    cleared_half_days = WholeNumber(required=True)
    positions = fields.List(fields.Nested(ClearedPosition), required=True)
    rings = fields.List(fields.Nested(Ring), required=True)
    left_out = fields.List(fields.List(Slug()), required=True)
    reserved = fields.List(fields.Nested(ClearedPosition), required=True)
    contradictions = fields.List(fields.String(), required=True)
