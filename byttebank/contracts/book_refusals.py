"""Saying no about promises, corrections and closings: refusals of the ledger (see `refusals`)."""

from byttebank.contracts.refusals import Refusal


class ReversalOfReversal(Refusal):
    """The transfer `transfer_id` takes another one back, and is not taken back itself."""

    code = "reversal_of_reversal"


class PeerNotGone(Refusal):
    """`county` still answers, so it is asked; the county's own days are for those that do not."""

    code = "peer_not_gone"


class PeerInUse(Refusal):
    """`county` cannot leave yet: `owed_half_days` are owed one way or the other, `pending_half_days` are
    agreed, sent, waiting or claimed, or `engagements` with it are under way.
    """

    code = "peer_in_use"


class AccountInUse(Refusal):
    """Days of `library_id` are set aside or on their way: `reserved_half_days`, `incoming_half_days`."""

    code = "account_in_use"


class ClosingOtherWay(Refusal):
    """`how` is for libraries that stand the other way: a gift is of days to use, forgiveness of days owed."""

    code = "closing_other_way"


class PromisesTooMany(Refusal):
    """`open_half_days` are promised already; `max_half_days` may be."""

    code = "promises_too_many"


class PromiseEnded(Refusal):
    """Nothing is open of the promise: it is kept, forgiven or taken back."""

    code = "promise_ended"


class PromiseInUse(Refusal):
    """What the promise covers is used or set aside. `half_days` too few are left without it."""

    code = "promise_in_use"


class FundTooSmall(Refusal):
    """`left_ore` is left in the travel fund; more was asked for."""

    code = "fund_too_small"
