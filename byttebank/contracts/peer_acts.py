"""What was decided about counties we exchange with: stopped, opened, limited or left, by whom and why."""

from marshmallow import fields, validate

from byttebank.contracts.fields import Contract, Id, Moment, Slug, WholeNumber, one_of

PEER_ACTS = ("freeze", "thaw", "fuse", "leave")


class PeerAct(Contract):
    """What was decided about a county we exchange with, by whom and why.

    `role`: county, operator, or node when the node itself has stopped a county that contradicted itself;
    `reason` is a code then (`equivocation`, `clearing`) and `detail` says which message or round.
    """

    id = Id(required=True)
    county = Slug(required=True)
    what = one_of(*PEER_ACTS, required=True)
    role = one_of("county", "operator", "node", required=True)
    reason = fields.String(load_default="")
    detail = fields.String(load_default=None, allow_none=True)
    fuse_half_days = WholeNumber(load_default=None, allow_none=True)
    acted_at = Moment(required=True)


class NewPeerAct(Contract):
    """The body of `act_on_peer`. `fuse_half_days` goes with `fuse` and with nothing else."""

    id = Id(required=True)
    county = Slug(required=True)
    what = one_of(*PEER_ACTS, required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=500))
    fuse_half_days = WholeNumber(load_default=None, allow_none=True)
