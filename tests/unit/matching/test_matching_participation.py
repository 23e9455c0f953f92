"""Before its first engagement a library of ours has accepted the participation agreement."""

from datetime import date

import pytest
from matching_cast import (
    Matching,
    a_library,
    a_proposal,
    a_request,
    actor,
    an_acceptance,
    an_id,
    carry,
    open_offers,
)
from sqlalchemy import delete

from byttebank.contracts.participation import PARTICIPATION_VERSION
from byttebank.contracts.participation_refusals import ParticipationMissing
from services.matching import operations
from services.matching.operations import possible
from services.matching.storage import rounds
from services.matching.storage.tables import participations


def forget(county: Matching, library: str) -> None:
    """The library has accepted nothing."""
    gone = delete(participations).where(participations.c.library_id == an_id(library))
    county.do(lambda work: work.connection.execute(gone))


@pytest.mark.parametrize("library", ["Eidskog", "Grue"])
@pytest.mark.parametrize("who", ["Kari", "Siri"])
def test_nothing_is_proposed_while_the_host_or_the_lender_has_not_accepted(
    innlandet: Matching, library: str, who: str
) -> None:
    forget(innlandet, library)
    with pytest.raises(ParticipationMissing) as refused:
        innlandet.do(operations.propose, a_proposal(), actor(who))
    assert refused.value.parameters == {"library_id": an_id(library), "library": library}
    assert innlandet.told("EngagementChanged") == []


def test_a_library_that_has_accepted_since_may_propose(innlandet: Matching) -> None:
    forget(innlandet, "Eidskog")
    innlandet.hear("ParticipationAccepted", an_acceptance("Eidskog"))
    assert innlandet.do(operations.propose, a_proposal(), actor("Kari"))["state"] == "proposed"


def test_acceptances_late_repeated_and_out_of_order_come_to_the_same(innlandet: Matching) -> None:
    forget(innlandet, "Eidskog")
    for version in (PARTICIPATION_VERSION, PARTICIPATION_VERSION - 1, PARTICIPATION_VERSION, 0):
        innlandet.hear("ParticipationAccepted", an_acceptance("Eidskog", version))
    innlandet.ask(possible.check_participation, an_id("Eidskog"))


def test_an_acceptance_that_comes_before_its_library_counts(empty: Matching) -> None:
    empty.hear("ParticipationAccepted", an_acceptance("Eidskog"))
    empty.hear("LibraryChanged", a_library("Eidskog"))
    empty.ask(possible.check_participation, an_id("Eidskog"))


def test_when_a_new_agreement_counts_the_old_acceptance_does_not(innlandet: Matching) -> None:
    forget(innlandet, "Grue")
    innlandet.hear("ParticipationAccepted", an_acceptance("Grue", PARTICIPATION_VERSION - 1))
    with pytest.raises(ParticipationMissing):
        innlandet.do(operations.propose, a_proposal(), actor("Kari"))


def test_libraries_of_other_counties_are_their_countys_matter(innlandet: Matching) -> None:
    proposal = a_proposal(colleague="Per")
    assert innlandet.do(operations.propose, proposal, actor("Kari"))["state"] == "proposed"


def test_the_lender_of_another_county_accepts_the_agreement_before_it_says_yes(
    innlandet: Matching, akershus: Matching
) -> None:
    forget(akershus, "Nes")
    innlandet.do(operations.propose, a_proposal(colleague="Per"), actor("Kari"))
    carry(innlandet, akershus)
    with pytest.raises(ParticipationMissing):
        akershus.do(operations.accept, an_id("engagement"), actor("Nora"))
    akershus.hear("ParticipationAccepted", an_acceptance("Nes"))
    akershus.do(operations.accept, an_id("engagement"), actor("Nora"))


def test_what_is_agreed_on_stands_whatever_has_become_of_the_acceptance(innlandet: Matching) -> None:
    innlandet.do(operations.propose, a_proposal(), actor("Kari"))
    innlandet.do(operations.accept, an_id("engagement"), actor("Siri"))
    innlandet.do(operations.accept, an_id("engagement"), actor("Jonas"))
    innlandet.reserve()
    for library in ("Eidskog", "Grue"):
        forget(innlandet, library)
    innlandet.let_time_pass("2026-12-10")
    for who in ("Kari", "Siri"):
        innlandet.do(operations.confirm, an_id("engagement"), True, actor(who))
    assert innlandet.see("Kari")["state"] == "confirmed"


def test_nobody_is_asked_instead_whose_library_has_not_accepted(innlandet: Matching) -> None:
    for offer in open_offers("Siri", "Per"):
        innlandet.hear("OfferChanged", offer)
    innlandet.do(operations.propose, a_proposal(request_id=an_id("request")), actor("Kari"))
    for who in ("Siri", "Jonas"):
        innlandet.do(operations.accept, an_id("engagement"), actor(who))
    innlandet.reserve()
    forget(innlandet, "Grue")
    innlandet.do(operations.cancel, an_id("engagement"), actor("Siri"))
    found = innlandet.ask(operations.list_engagements, an_id("Eidskog"))
    assert [one["colleague_id"] for one in found if one["replaces"]] == [an_id("Per")]


@pytest.mark.parametrize(("library", "takes_part"), [(None, True), ("Eidskog", False), ("Grue", False)])
def test_a_round_counts_with_libraries_that_have_accepted(
    innlandet: Matching, library: str | None, takes_part: bool
) -> None:
    if library:
        forget(innlandet, library)
    for offer in open_offers("Siri"):
        innlandet.hear("OfferChanged", offer)
    innlandet.hear("RequestChanged", a_request(is_open=True, version=2))
    days = (date(2026, 12, 7), date(2026, 12, 11))
    found = [
        innlandet.ask(lambda work, find=find: find(work.connection, "innlandet", *days))
        for find in (rounds.open_requests, rounds.open_offers)
    ]
    assert all(found) is takes_part


def test_nobody_is_suggested_whose_library_has_not_accepted(innlandet: Matching) -> None:
    innlandet.hear("RequestChanged", a_request())
    for offer in open_offers("Jonas", "Per"):
        innlandet.hear("OfferChanged", offer)

    def libraries() -> tuple[int, set[str]]:
        answer = innlandet.ask(operations.candidates, an_id("request"), 10)
        return answer["funnel"]["libraries"], {one["library_name"] for one in answer["candidates"]}

    before, names = libraries()
    assert "Grue" in names
    forget(innlandet, "Grue")
    assert libraries() == (before - 1, names - {"Grue"})
