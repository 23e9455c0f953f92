"""A proposal that the lender in another county makes: its home is with the host."""

import pytest
from across_cast import Document, accept, without_names
from matching_cast import Matching, a_library, a_peer, a_proposal, a_request, actor, an_id, carry

from byttebank.contracts.refusals import NotFound
from services.matching import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: two counties and what they send each other."""


def test_a_proposal_of_the_lender_has_its_home_with_the_host(offered: tuple[Matching, Matching]) -> None:
    innlandet, akershus = offered
    assert akershus.see("Nora")["home_county"] == "innlandet"
    assert akershus.told("EngagementChanged")[0]["version"] == 1
    carry(innlandet, akershus)
    found = innlandet.see("Kari")
    assert (found["state"], found["version"], found["own_words"]) == ("proposed", 2, "Vi kan komme")
    assert set(found["consents"]) == {"lender_manager"}
    assert without_names(akershus.see("Nora")) == without_names(found)
    accept(innlandet, "Kari", host_contact_id=an_id("Ola"))
    accept(akershus, "Per")
    carry(innlandet, akershus)
    innlandet.reserve()
    carry(innlandet, akershus)
    assert akershus.see("Per")["state"] == "agreed"
    assert akershus.see("Per")["host_contact_name"] == "Ola"


def test_the_home_fills_in_the_contact_of_its_request(innlandet: Matching, akershus: Matching) -> None:
    proposal = a_proposal(
        colleague="Per", request_id=an_id("request"), host_contact_id=an_id("Ola"), host_contact_name="Ola"
    )
    akershus.do(operations.propose, proposal, actor("Per"))
    carry(innlandet, akershus)
    assert innlandet.see("Kari")["host_contact_name"] == "Kari"


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("RequestChanged", a_request(version=2, state="covered"), "already_covered"),
        ("RequestChanged", a_request(version=2, state="closed"), "request_closed"),
        ("LibraryChanged", a_library("Eidskog", version=2, state="withdrawn"), "not_found"),
        ("PeerChanged", a_peer("akershus", version=2, state="frozen"), "county_frozen"),
    ],
)
def test_the_home_refuses_what_it_would_refuse_its_own(
    innlandet: Matching, akershus: Matching, name: str, body: Document, code: str
) -> None:
    akershus.do(operations.propose, a_proposal(colleague="Per", request_id=an_id("request")), actor("Nora"))
    innlandet.hear(name, body)
    carry(innlandet, akershus)
    found = akershus.see("Nora")
    assert (found["state"], found["refusal"]["code"]) == ("declined", code)
    assert innlandet.told("EngagementChanged") == []


def test_a_proposal_that_comes_too_late_is_declined_with_the_date(offered: tuple[Matching, Matching]) -> None:
    innlandet, akershus = offered
    innlandet.clock.move_to(innlandet.clock.now().replace(month=12, day=10))
    carry(innlandet, akershus)
    assert akershus.see("Nora")["refusal"] == {"code": "date_past", "parameters": {"date": "2026-12-09"}}


def test_answers_that_overtake_the_proposal_wait_for_it(offered: tuple[Matching, Matching]) -> None:
    innlandet, akershus = offered
    accept(akershus, "Per")
    proposal, answer = akershus.fetch_letters()
    innlandet.receive(answer, "akershus")
    with pytest.raises(NotFound):
        innlandet.see("Kari")
    innlandet.receive(proposal, "akershus")
    assert set(innlandet.see("Kari")["consents"]) == {"lender_manager", "colleague"}
    carry(innlandet, akershus)
    assert without_names(akershus.see("Nora")) == without_names(innlandet.see("Kari"))


def test_a_proposal_that_comes_twice_is_answered_twice_and_made_once(
    offered: tuple[Matching, Matching],
) -> None:
    innlandet, akershus = offered
    (proposal,) = akershus.fetch_letters()
    innlandet.receive(proposal, "akershus")
    innlandet.receive(proposal, "akershus")
    assert len(innlandet.ask(operations.list_engagements, an_id("Eidskog"))) == 1
    assert [body["version"] for body in innlandet.told("EngagementShared")] == [2, 2]
