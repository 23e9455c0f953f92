"""The part of the directory's shell that deals with invitations and the participation agreement."""

from typing import Any

from byttebank.messaging.service import Runtime, rpc
from services.directory import operations

Document = dict[str, Any]


class JoiningLibraries:
    """How a library comes in, and what it has accepted (`contracts.participation_port`)."""

    runtime: Runtime

    @rpc
    def invite_library(self, invitation: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.invite_library(work, invitation, actor)

    @rpc
    def renew_invitation(self, invitation_id: str, token: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.renew_invitation(work, invitation_id, token, actor)

    @rpc
    def withdraw_invitation(self, invitation_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.withdraw_invitation(work, invitation_id, actor)

    @rpc
    def invitations(self, actor: Document, limit: int = 200) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.invitations(work, actor, limit)

    @rpc
    def open_invitation(self, token: str) -> Document:
        with self.runtime.reading() as work:
            return operations.open_invitation(work, token)

    @rpc
    def join_library(self, token: str, joining: Document) -> Document:
        with self.runtime.work() as work:
            return operations.join_library(work, token, joining)

    @rpc
    def accept_participation(self, library_id: str, acceptance: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.accept_participation(work, library_id, acceptance, actor)

    @rpc
    def name_approver(self, library_id: str, approver: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.name_approver(work, library_id, approver, actor)

    @rpc
    def participation(self, library_id: str, actor: Document) -> Document:
        with self.runtime.reading() as work:
            return operations.participation(work, library_id, actor)

    @rpc
    def participations(self, actor: Document) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.participations(work, actor)
