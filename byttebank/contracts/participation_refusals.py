"""Saying no about invitations and the participation agreement (see `refusals`)."""

from byttebank.contracts.refusals import Refusal


class ParticipationMissing(Refusal):
    """The library `library` (`library_id`) has not accepted the participation agreement that counts now."""

    code = "participation_missing"


class AgreementChanged(Refusal):
    """Another version of the participation agreement counts now: `version`."""

    code = "agreement_changed"


class InvitationEnded(Refusal):
    """The link opens nothing any longer. `state`: used, expired or withdrawn."""

    code = "invitation_ended"


class AccountExists(Refusal):
    """Somebody signs in with the address `email` already."""

    code = "account_exists"
