"""Why an envelope or document from another county cannot be used. Reading never raises anything else."""

from typing import ClassVar


class EnvelopeError(Exception):
    """The octets are parked under `code`; only when `is_transient` are they tried again by themselves."""

    code: ClassVar[str] = "envelope_refused"
    is_transient: ClassVar[bool] = False


class MalformedEnvelope(EnvelopeError):
    """Not written as agreed: wrong JSON, wrong form, a field that is missing or of the wrong kind."""

    code = "malformed"


class TooLarge(EnvelopeError):
    """More octets than an envelope may have."""

    code = "too_large"


class TooDeep(EnvelopeError):
    """Nested deeper than any message we know."""

    code = "too_deep"


class NewerVersion(EnvelopeError):
    """Written by a node that is newer than this one. It can be redriven after an upgrade."""

    code = "newer_version"


class UnknownCriticalHeader(EnvelopeError):
    """The sender requires that this node understands a header member it does not know (RFC 7515, 4.1.11)."""

    code = "unknown_critical_header"


class WrongAlgorithm(EnvelopeError):
    """Signed, or claimed to be signed, with anything but Ed25519."""

    code = "wrong_algorithm"


class WrongContext(EnvelopeError):
    """Signed for another purpose: the context string is not the expected one (RFC 8725, 3.11)."""

    code = "wrong_context"


class WrongService(EnvelopeError):
    """Meant for another service of this county."""

    code = "wrong_service"


class WrongRecipient(EnvelopeError):
    """Meant for another county."""

    code = "wrong_recipient"


class WrongSender(EnvelopeError):
    """The county in the header is not the one the broker has stamped on the message."""

    code = "wrong_sender"


class UnknownKey(EnvelopeError):
    """No such key of that county here yet. The directory may be about to tell us: try again."""

    code = "unknown_key"
    is_transient = True


class BadSignature(EnvelopeError):
    """The signature does not belong to these octets and that key."""

    code = "bad_signature"


class RotationRefused(EnvelopeError):
    """A new key that is not signed by the county's newest key, or takes a key that is in use."""

    code = "rotation_refused"
