"""The RPC methods of matching about vandring rounds, as `byttebank.contracts.rpc` says of all."""

from typing import Any, Protocol

Document = dict[str, Any]


class VandringPort(Protocol):
    """Everyone visits one and hosts one."""

    def vandring_rounds(self, limit: int = 24) -> list[Document]:
        """`VandringRound`s without libraries and plans, the newest first."""

    def vandring_round(self, round_id: str) -> Document:
        """`VandringRound` with answers, plan, why somebody sits out, and how the visits stand."""

    def library_vandrings(self, library_id: str) -> list[Document]:
        """`VandringRound`s the library is invited to, without visits: its answer, who asks it to swap."""

    def library_vandring(self, round_id: str, library_id: str) -> Document:
        """`VandringRound` as the library sees it. Refuses: NotFound also when it is not invited."""

    def create_vandring_round(self, round: Document, actor: Document) -> Document:
        """`VandringRound`; the libraries are invited. `round`: a `NewVandringRound`. Refuses: NotYourRole,
        FieldMissing (name), DateOrder, DatePast, DateTooFar, VandringTooLong, NotFound (library),
        TooFewLibraries, VandringOpen, SameKeyOtherBody."""

    def answer_vandring(self, round_id: str, library_id: str, answer: Document, actor: Document) -> Document:
        """`VandringRound` as the library sees it. `answer`: a `VandringAnswer`. By the library's manager, or
        by the county on its behalf. Refuses: NotYourRole, AnswerLate, VandringClosed, NotFound."""

    def plan_vandring_round(self, round_id: str, actor: Document) -> Document:
        """`VandringRound` with a new plan of those who said yes. Nobody is told. Refuses: NotYourRole,
        VandringClosed, DatePast (the last day), TooFewLibraries, NoVisitPossible."""

    def publish_vandring_round(self, round_id: str, actor: Document) -> Document:
        """`VandringRound`, published: everybody is told, and visits whose visitor is named are proposed.
        Refuses: NotYourRole, VandringClosed, TooFewLibraries (there is no plan), DatePast (a week
        of the plan has been)."""

    def discard_vandring_round(self, round_id: str, actor: Document) -> Document:
        """`VandringRound`, put away unpublished. Refuses: NotYourRole, VandringClosed."""

    def propose_visit(
        self, visit_id: str, engagement_id: str, colleague_id: str, day: str, actor: Document
    ) -> Document:
        """`Engagement`, proposed by the visitor's library for this day. Refuses: NotYourRole, VisitAgreed,
        DayClosed, and what `propose` refuses."""

    def ask_vandring_swap(
        self, round_id: str, swap_id: str, other_library_id: str, actor: Document
    ) -> Document:
        """`VandringRound` as the asker sees it. Refuses: NotYourRole, SwapImpossible, VisitAgreed,
        SameKeyOtherBody."""

    def answer_vandring_swap(self, swap_id: str, accepts: bool, actor: Document) -> Document:
        """`VandringRound` as the answering library sees it. Refuses: NotYourRole, SwapOver, SwapImpossible,
        VisitAgreed."""

    def leave_vandring(self, round_id: str, library_id: str, actor: Document) -> Document:
        """`VandringRound` as the library sees it: it is out, and the others' visits are mended.
        Refuses: NotYourRole, VandringClosed (put away)."""

    def remind_of_reflections(self, round_id: str, actor: Document) -> int:
        """How many libraries are asked now for the reflection they have not written. Refuses: NotYourRole."""

    def write_reflection(self, reflection: Document, actor: Document) -> Document:
        """`Reflection` of the actor's library. `reflection`: a `NewReflection`. Refuses: FieldMissing,
        NotVisited, NotYourRole, SameKeyOtherBody."""

    def reflection(self, engagement_id: str, library_id: str) -> Document | None:
        """`Reflection` the library has written about the visit, if any."""

    def reflections(self, words: str = "", limit: int = 50) -> list[Document]:
        """`Reflection`s in which all the words stand, the newest first."""
