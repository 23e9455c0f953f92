"""When a library's own link opens something, and what one must say to accept the participation agreement."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from byttebank.contracts.participation import PARTICIPATION_VERSION
from byttebank.contracts.participation_refusals import AgreementChanged, InvitationEnded
from byttebank.contracts.refusals import FieldMissing

LIFETIME = timedelta(days=14)
"""Two weeks: over a holiday, and not for ever in somebody's mailbox."""


def hash_of(token: str) -> str:
    """What is kept of a link. It is long and random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def state_of(invitation: Mapping[str, Any], now: datetime) -> str:
    """open, used, withdrawn or expired."""
    if invitation["used_at"] is not None:
        return "used"
    if invitation["withdrawn_at"] is not None:
        return "withdrawn"
    return "open" if now < invitation["expires_at"] else "expired"


def check_unused(invitation: Mapping[str, Any]) -> None:
    """Nobody has come in by the link yet. Refuses: InvitationEnded."""
    if invitation["used_at"] is not None:
        raise InvitationEnded(state="used")


def check_open(invitation: Mapping[str, Any], now: datetime) -> None:
    """One may come in by the link. Refuses: InvitationEnded."""
    state = state_of(invitation, now)
    if state != "open":
        raise InvitationEnded(state=state)


def check_acceptance(acceptance: Mapping[str, Any]) -> None:
    """The agreement that counts now is accepted, by somebody who may.

    Refuses: AgreementChanged for another version; FieldMissing when the municipality's management has
    approved it and nobody is named.
    """
    if acceptance["version"] != PARTICIPATION_VERSION:
        raise AgreementChanged(version=PARTICIPATION_VERSION)
    if acceptance["capacity"] == "management":
        for field in ("approved_by", "approver_title"):
            if not acceptance[field].strip():
                raise FieldMissing(field=field)
