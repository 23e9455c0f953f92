"""What another county may not say about an engagement is parked or declined."""

import json
from dataclasses import replace
from typing import Any

import pytest
from across_cast import Document, accept, act
from matching_cast import Matching, a_peer, an_id, carry

from byttebank.contracts.refusals import CountyFrozen, Malformed, NotFound, NotYourRole, SameKeyOtherBody
from byttebank.storage.messages import OutboxRow

pytestmark = pytest.mark.simulation
"""Takes seconds: two counties and what they send each other."""


def test_a_frozen_county_is_not_answered_with_a_yes(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    akershus.hear("PeerChanged", a_peer("innlandet", version=2, state="frozen"))
    with pytest.raises(CountyFrozen):
        accept(akershus, "Nora")
    akershus.hear("PeerChanged", a_peer("innlandet", version=3))
    innlandet.hear("PeerChanged", a_peer("akershus", version=2, state="frozen"))
    accept(akershus, "Nora")
    carry(innlandet, akershus)
    assert set(akershus.see("Nora")["consents"]) == {"host_manager"}


def forged(letter: OutboxRow, **changes: Any) -> OutboxRow:
    return replace(letter, body=json.dumps({**json.loads(letter.body), **changes}))


@pytest.mark.parametrize(
    ("sender", "changes", "refusal"),
    [
        ("troms", {}, Malformed),
        ("akershus", {"home_county": "akershus"}, Malformed),
        ("akershus", {"lender_county": "troms"}, Malformed),
    ],
)
def test_a_proposal_in_another_countys_name_is_parked(
    offered: tuple[Matching, Matching], sender: str, changes: Document, refusal: type[Exception]
) -> None:
    innlandet, akershus = offered
    (letter,) = akershus.fetch_letters()
    with pytest.raises(refusal):
        innlandet.receive(forged(letter, **changes), sender)


def test_a_proposal_may_not_bring_the_hosts_yes_or_days_along(offered: tuple[Matching, Matching]) -> None:
    innlandet, akershus = offered
    (letter,) = akershus.fetch_letters()
    consents = dict.fromkeys(("lender_manager", "host_manager", "colleague"), "2026-11-23T09:00:00Z")
    lie = forged(
        letter,
        state="confirmed",
        consents=consents,
        happened={"host": True, "lender": True},
        transfer_id=an_id("stolen"),
        host_contact_id=an_id("Kari"),
    )
    innlandet.receive(lie, "akershus")
    found = innlandet.see("Kari")
    assert (found["state"], found["happened"], found["transfer_id"]) == ("proposed", {}, None)
    assert set(found["consents"]) == {"lender_manager", "colleague"}
    assert innlandet.told("ReserveDays") == []


def test_a_proposal_with_a_colleague_of_our_own_is_declined(offered: tuple[Matching, Matching]) -> None:
    innlandet, akershus = offered
    (letter,) = akershus.fetch_letters()
    innlandet.receive(forged(letter, lender_library_id=an_id("Grue")), "akershus")
    assert innlandet.told("EngagementShared")[-1]["refusal"]["code"] == "not_found"


def test_nobody_answers_for_another_countys_engagement(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    accept(akershus, "Nora")
    (letter,) = akershus.fetch_letters()
    with pytest.raises(NotFound):
        innlandet.receive(letter, "troms")
    with pytest.raises(NotYourRole):
        innlandet.receive(forged(letter, roles=["host_manager"]), "akershus")


def test_nobody_else_tells_how_an_engagement_stands(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    act(innlandet, "decline", "Kari")
    (letter,) = innlandet.fetch_letters()
    with pytest.raises(Malformed):
        akershus.receive(letter, "troms")
    with pytest.raises(Malformed):
        akershus.receive(forged(letter, home_county="troms"), "innlandet")
    with pytest.raises(SameKeyOtherBody):
        akershus.receive(forged(letter, home_county="troms"), "troms")
    with pytest.raises(Malformed):
        akershus.receive(forged(letter, lender_library_id=an_id("Grue")), "innlandet")
    assert akershus.see("Nora")["state"] == "proposed"


def test_an_older_state_changes_nothing(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    accept(innlandet, "Kari", host_contact_id=an_id("Ola"))
    act(innlandet, "decline", "Kari")
    older, newer = innlandet.fetch_letters()
    akershus.receive(newer, "innlandet")
    akershus.receive(older, "innlandet")
    assert akershus.see("Nora")["state"] == "declined"
    assert [body["version"] for body in akershus.told("EngagementChanged")] == [1, 3]
