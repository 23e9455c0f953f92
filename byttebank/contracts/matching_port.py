"""The RPC methods of matching, as `byttebank.contracts.rpc` says of all."""

from typing import Any, Protocol

from byttebank.contracts.vandring_port import VandringPort

Document = dict[str, Any]


class MatchingPort(VandringPort, Protocol):
    """What fits: candidates, engagements, rounds."""

    def candidates(self, request_id: str, limit: int = 10) -> Document:
        """`{request_id, funnel: {libraries, can, free, near}, candidates: [Candidate]}`, best first."""

    def propose(self, proposal: Document, actor: Document) -> Document:
        """`Engagement`, proposed. `proposal`: {id, request_id?, offer_id?, host_library_id,
        lender_library_id, colleague_id, skill?, purpose?, place?, own_words?, dates, half_days,
        host_contact_id?, host_contact_name?}. The proposer's own consent is recorded.
        Refuses: OwnLibrary, NotYourRole, BelowHalfDay, TooManyDays, DatePast, DateTooFar, ColleagueBusy,
        HostContactMissing, OfferExpired, AlreadyCovered, RequestClosed, CountyUnknown, CountyFrozen,
        SameKeyOtherBody."""

    def export_person(self, person_id: str, actor: Document) -> Document:
        """What is kept of the person beside the engagements: `{reflections, rounds, vandring_rounds,
        vandring_invitations, ranking_weights}`. Refuses: NotYourRole (herself)."""

    def check_leaving(self, county: str) -> Document:
        """`{county}`: no engagement with it holds days. Refuses: PeerInUse."""

    def accept(
        self,
        engagement_id: str,
        actor: Document,
        host_contact_id: str | None = None,
        host_contact_name: str | None = None,
    ) -> Document:
        """`Engagement` with the actor's yes in every role the actor has in it.
        Refuses: NotYourRole, ProposalExpired, NotNow, ColleagueBusy, HostContactMissing, AlreadyCovered,
        RequestClosed, CountyFrozen, CountyUnknown."""

    def decline(self, engagement_id: str, actor: Document) -> Document:
        """`Engagement`, declined. Refuses: NotYourRole, NotNow."""

    def cancel(self, engagement_id: str, actor: Document) -> Document:
        """`Engagement`, cancelled; the days are free again. Refuses: NotYourRole, NotNow."""

    def ask_move(self, engagement_id: str, dates: list[str], actor: Document) -> Document:
        """`Engagement` with these dates asked for instead of the agreed ones, which hold until all say yes.
        Refuses: NotYourRole, NotNow, DateCount, DatePast, DateTooFar, LibraryClosed, ColleagueBusy,
        TooManyAway, CountyFrozen, CountyUnknown, ParticipationMissing, DayClosed (of a vandring)."""

    def answer_move(self, engagement_id: str, dates: list[str], accepts: bool, actor: Document) -> Document:
        """`Engagement` with the actor's answer to these dates; the last yes moves it.
        Refuses: as `ask_move`; NotNow also when other dates are asked for by now."""

    def confirm(self, engagement_id: str, happened: bool, actor: Document) -> Document:
        """`Engagement` with the side's answer to "did it happen?".
        Refuses: NotYourRole, NotYet (before the first date), NotNow."""

    def dispute(self, engagement_id: str, actor: Document) -> Document:
        """`Engagement`, disputed: the day is parked. Refuses: NotYourRole, NotNow, DisputeLate."""

    def disputes(self, actor: Document) -> list[Document]:
        """`Engagement`s that the two libraries disagree about, for the county. Refuses: NotYourRole."""

    def rule(self, engagement_id: str, happened: bool, reason: str, actor: Document) -> Document:
        """`Engagement` as the host's county has decided it was. Refuses: NotYourRole, FieldMissing (reason),
        NotNow."""

    def get_engagement(self, engagement_id: str, actor: Document) -> Document:
        """`Engagement`. Refuses: NotFound also when the actor's library takes no part."""

    def list_engagements(self, library_id: str, state: str | None = None) -> list[Document]:
        """`Engagement`s in which the library takes part, the next date first."""

    def ranking_weights(self, version: int | None = None) -> Document:
        """`RankingWeights` that count, or of that version."""

    def ranking_versions(self, limit: int = 24) -> list[Document]:
        """`RankingVersion`s, the newest first, and at the end version 0, with which every county begins."""

    def set_ranking_weights(self, points: Document, actor: Document, version: int | None = None) -> Document:
        """`RankingWeights`, with these `{weight: points}` changed: a new version, unless nothing is new.
        `version`: the one that was looked at. Refuses: NotYourRole, StalePage."""

    def preview_ranking(self, points: Document, actor: Document) -> Document:
        """`RankingPreview`: what these `{weight: points}` would do; nothing is kept. Refuses: NotYourRole,
        Malformed."""

    def matching_rounds(self, limit: int = 24) -> list[Document]:
        """`MatchingRound`s without their plans, the newest first."""

    def matching_round(self, round_id: str) -> Document:
        """`MatchingRound` with its plan, what is unmet and why, and its effect on the libraries' days."""

    def matching_round_input(self, round_id: str) -> str:
        """The input as it is hashed, `staff-day-exchange/1`. Refuses: NotFound before it is gathered."""

    def published_rounds(self, limit: int = 24) -> list[Document]:
        """`PublishedRound`s, the newest first: what anybody may know."""

    def create_matching_round(self, round: Document, actor: Document) -> Document:
        """`MatchingRound`, begun. `round`: a `NewMatchingRound`. Refuses: NotYourRole, FieldMissing (name),
        DateOrder, DatePast, DateTooFar, RoundOpen, CountyUnknown, CountyFrozen, SameKeyOtherBody."""

    def run_matching_round(self, round_id: str, actor: Document) -> Document:
        """`MatchingRound`, computed again after it was interrupted or failed. Refuses: NotYourRole, NotNow,
        DatePast, RoundOpen."""

    def stop_matching_round(self, round_id: str, actor: Document) -> Document:
        """`MatchingRound`, asked to end with the best plan so far. Refuses: NotYourRole, NotNow."""

    def publish_matching_round(self, round_id: str, actor: Document) -> Document:
        """`MatchingRound`, whose matches become proposals one by one. Refuses: NotYourRole, NotNow,
        DatePast, RoundOpen."""

    def discard_matching_round(self, round_id: str, actor: Document) -> Document:
        """`MatchingRound`, put away unpublished. Refuses: NotYourRole, NotNow."""
