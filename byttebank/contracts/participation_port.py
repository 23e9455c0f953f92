"""The directory's RPC methods about invitations and the participation agreement (see `contracts.rpc`)."""

from typing import Any, Protocol

Document = dict[str, Any]


class ParticipationPort(Protocol):
    """How a library comes in, and what it has accepted."""

    def invite_library(self, invitation: Document, actor: Document) -> Document:
        """`Invitation`; its letter is on the way. `invitation`: a `NewInvitation`. Refuses: NotYourRole,
        NotFound (library), SameKeyOtherBody."""

    def renew_invitation(self, invitation_id: str, token: str, actor: Document) -> Document:
        """`Invitation` with a new link, which is on the way; the old one opens nothing. Refuses: NotYourRole,
        NotFound, InvitationEnded (used)."""

    def withdraw_invitation(self, invitation_id: str, actor: Document) -> Document:
        """`Invitation`, withdrawn. Refuses: NotYourRole, NotFound, InvitationEnded (used)."""

    def invitations(self, actor: Document, limit: int = 200) -> list[Document]:
        """`Invitation`s, the newest first. Refuses: NotYourRole."""

    def open_invitation(self, token: str) -> Document:
        """`Invitation` of the link, whatever its state. Refuses: NotFound."""

    def join_library(self, token: str, joining: Document) -> Document:
        """`Colleague` who manages the library now. `joining`: a `Joining`. The same link once more answers
        the same and changes nothing. Refuses: NotFound, InvitationEnded, Malformed, FieldMissing,
        AgreementChanged."""

    def accept_participation(self, library_id: str, acceptance: Document, actor: Document) -> Document:
        """`Participation`. `acceptance`: a `NewAcceptance`. Refuses: NotYourRole, NotFound, FieldMissing
        (approved_by, approver_title), AgreementChanged."""

    def name_approver(self, library_id: str, approver: Document, actor: Document) -> Document:
        """`Participation` that names this one in the management, or nobody. `approver`: an `Approver`. Who
        accepted, when and which version stays. Refuses: NotYourRole, Malformed, FieldMissing; NotFound also
        where no management has approved it."""

    def participation(self, library_id: str, actor: Document) -> Document:
        """`Participation`. Refuses: NotFound; NotYourRole for other libraries."""

    def participations(self, actor: Document) -> list[Document]:
        """`Participation` of every open library of the county, by name. Refuses: NotYourRole."""
