"""A colleague cannot come after all: the ranked next are asked in turn, then the need is open again."""

from datetime import date
from typing import Any

import pytest
from matching_cast import Matching, a_proposal, a_request, actor, an_id, carry, open_offers
from sqlalchemy import delete, insert, select

from services.matching import operations
from services.matching.domain.replacement import MOST_ASKED, reply_by
from services.matching.operations.candidates import MAX_CANDIDATES
from services.matching.storage.tables import offer_skills, offers, participations

Document = dict[str, Any]


def see_all(matching: Matching, library: str = "Eidskog") -> list[Document]:
    found: list[Document] = matching.ask(operations.list_engagements, an_id(library))
    return sorted(found, key=lambda one: one["history"][0]["at"])


def asked_instead(matching: Matching) -> list[Document]:
    return [one for one in see_all(matching) if one["replaces"] is not None]


@pytest.fixture
def agreed(innlandet: Matching) -> Matching:
    """Jonas of Grue comes to Eidskog on 9 December; Per of Nes and Siri of Grue have offered to help too."""
    for offer in open_offers("Per", "Siri"):
        innlandet.hear("OfferChanged", offer)
    proposal = a_proposal(request_id=an_id("request"))
    innlandet.do(operations.propose, proposal, actor("Kari"))
    for who in ("Siri", "Jonas"):
        innlandet.do(operations.accept, an_id("engagement"), actor(who))
    innlandet.reserve()
    return innlandet


def drop_out(matching: Matching, who: str = "Siri") -> None:
    matching.do(operations.cancel, an_id("engagement"), actor(who))


def test_the_best_of_the_others_is_asked_with_the_hosts_yes_and_contact(agreed: Matching) -> None:
    drop_out(agreed)
    (asked,) = asked_instead(agreed)
    assert asked["replaces"] == an_id("engagement")
    assert asked["state"] == "proposed"
    assert asked["colleague_id"] == an_id("Siri")
    assert (asked["dates"], asked["half_days"]) == (["2026-12-09"], 2)
    assert list(asked["consents"]) == ["host_manager"]
    assert asked["host_contact_id"] == an_id("Kari")
    assert [line["what"] for line in asked["history"]] == ["asked_instead"]
    assert asked["transfer_id"] is None


def test_the_next_is_asked_before_anybody_hears_that_the_need_is_open(agreed: Matching) -> None:
    before = len(agreed.told("EngagementChanged"))
    drop_out(agreed)
    first, second = agreed.told("EngagementChanged")[before:]
    assert (first["replaces"], first["state"]) == (an_id("engagement"), "proposed")
    assert (second["id"], second["state"]) == (an_id("engagement"), "cancelled")


def test_they_are_asked_in_turn_and_nobody_twice(agreed: Matching, akershus: Matching) -> None:
    drop_out(agreed)
    (siri,) = asked_instead(agreed)
    agreed.do(operations.decline, siri["id"], actor("Siri"))
    _, per = asked_instead(agreed)
    assert per["colleague_id"] == an_id("Per")
    assert per["lender_county"] == "akershus"
    carry(agreed, akershus)
    akershus.do(operations.decline, per["id"], actor("Nora"))
    carry(agreed, akershus)
    assert {one["state"] for one in asked_instead(agreed)} == {"declined"}


def test_who_says_nothing_in_two_days_makes_room_for_the_next(agreed: Matching) -> None:
    drop_out(agreed)
    (siri,) = asked_instead(agreed)
    assert siri["reply_by_on"] == "2026-11-25"
    agreed.let_time_pass("2026-11-26")
    siri, per = asked_instead(agreed)
    assert (siri["state"], per["state"]) == ("expired", "proposed")


def test_a_yes_ends_the_search(agreed: Matching) -> None:
    drop_out(agreed)
    (siri,) = asked_instead(agreed)
    agreed.do(operations.accept, siri["id"], actor("Siri"))
    orders = [one for one in agreed.told("ReserveDays") if one["engagement_id"] == siri["id"]]
    assert len(orders) == 1
    assert len(asked_instead(agreed)) == 1


def test_when_the_one_asked_instead_drops_out_the_search_goes_on(agreed: Matching) -> None:
    drop_out(agreed)
    (siri,) = asked_instead(agreed)
    agreed.do(operations.accept, siri["id"], actor("Siri"))
    agreed.do(operations.cancel, siri["id"], actor("Siri"))
    _, per = asked_instead(agreed)
    assert per["replaces"] == an_id("engagement")
    assert per["colleague_id"] == an_id("Per")


@pytest.mark.parametrize("who_ends_it", ["before", "after"])
def test_when_the_host_does_not_want_it_any_more_nobody_is_asked(agreed: Matching, who_ends_it: str) -> None:
    if who_ends_it == "before":
        drop_out(agreed, "Kari")
        assert asked_instead(agreed) == []
        return
    drop_out(agreed)
    (siri,) = asked_instead(agreed)
    agreed.do(operations.decline, siri["id"], actor("Kari"))
    assert len(asked_instead(agreed)) == 1


def test_who_is_busy_that_day_is_not_asked(agreed: Matching) -> None:
    agreed.do(operations.propose, a_proposal("other", "Siri"), actor("Kari"))
    agreed.do(operations.accept, an_id("other"), actor("Siri"))
    drop_out(agreed)
    assert [one["colleague_id"] for one in asked_instead(agreed)] == [an_id("Per")]


def test_a_dropped_day_that_comes_from_another_county_is_searched_for_at_home(
    innlandet: Matching, akershus: Matching
) -> None:
    for offer in open_offers("Siri"):
        innlandet.hear("OfferChanged", offer)
    innlandet.do(operations.propose, a_proposal(colleague="Per"), actor("Kari"))
    carry(innlandet, akershus)
    for who in ("Nora", "Per"):
        akershus.do(operations.accept, an_id("engagement"), actor(who))
    carry(innlandet, akershus)
    innlandet.reserve()
    carry(innlandet, akershus)
    drop_out(akershus, "Nora")
    assert asked_instead(akershus) == []
    carry(innlandet, akershus)
    assert [one["colleague_id"] for one in asked_instead(innlandet)] == [an_id("Siri")]
    assert see_all(akershus, "Nes")[0]["state"] == "cancelled"


def test_without_time_to_ask_one_by_one_nobody_is_asked(agreed: Matching) -> None:
    agreed.let_time_pass("2026-12-08")
    drop_out(agreed)
    assert asked_instead(agreed) == []


@pytest.mark.parametrize(
    ("today", "last"),
    [
        ("2026-11-23", "2026-11-25"),
        ("2026-12-04", "2026-12-07"),
        ("2026-12-07", "2026-12-08"),
        ("2026-12-08", None),
    ],
)
def test_there_are_two_working_days_to_answer_and_never_the_day_itself(today: str, last: str | None) -> None:
    found = reply_by(date.fromisoformat(today), date(2026, 12, 9))
    assert (found and found.isoformat()) == last


def test_after_some_have_been_asked_the_need_goes_to_everybody(agreed: Matching) -> None:
    agreed.hear("OfferChanged", {**open_offers("Per")[0], "state": "withdrawn", "version": 2})
    for number in range(MOST_ASKED + 2):
        (offer,) = open_offers("Siri", suffix=str(number))
        agreed.hear("OfferChanged", {**offer, "colleague_id": an_id(f"colleague {number}")})
    drop_out(agreed)
    for _ in range(MOST_ASKED + 3):
        for one in asked_instead(agreed):
            if one["state"] == "proposed":
                agreed.do(operations.decline, one["id"], actor("Siri"))
    assert len(asked_instead(agreed)) == MOST_ASKED


def test_who_may_be_asked_is_found_behind_all_who_may_not(agreed: Matching) -> None:
    """Grue has not accepted the agreement, and more of its people come before Per than a list ever shows."""
    agreed.hear("OfferChanged", {**open_offers("Siri")[0], "state": "withdrawn", "version": 2})
    add_offers(agreed, MAX_CANDIDATES, library="Grue")
    gone = delete(participations).where(participations.c.library_id == an_id("Grue"))
    agreed.do(lambda work: work.connection.execute(gone))
    drop_out(agreed)
    assert [one["colleague_id"] for one in asked_instead(agreed)] == [an_id("Per")]


def test_who_is_free_on_every_day_is_found_behind_all_who_are_not(agreed: Matching) -> None:
    days = {"half_days": 4, "dates": ["2026-12-09", "2026-12-10"]}
    proposal = {**a_proposal("two days", "Siri", request_id=an_id("longer")), **days}
    agreed.do(operations.set_ranking_weights, {"same_county": 100}, {**actor("Kari"), "role": "county"})
    agreed.hear("RequestChanged", a_request("longer", half_days=4))
    agreed.do(operations.propose, proposal, actor("Kari"))
    agreed.do(operations.accept, an_id("two days"), actor("Siri"))
    agreed.reserve("two days")
    add_offers(agreed, MAX_CANDIDATES, library="Grue", dates="2026-12-09")
    agreed.do(operations.cancel, an_id("two days"), actor("Siri"))
    assert [one["colleague_id"] for one in asked_instead(agreed)] == [an_id("Per")]


def add_offers(matching: Matching, many: int, library: str, dates: str = "") -> None:
    """So many more colleagues of the library offer help, on these dates or at any time."""
    with matching.database.work() as work:
        row = dict(
            work.connection.execute(select(offers).where(offers.c.id == an_id("oPer"))).mappings().one()
        )
        home = {"library_id": an_id(library), "county": "innlandet", "dates": dates}
        ids = [an_id(f"more {number}") for number in range(many)]
        work.connection.execute(
            insert(offers), [{**row, **home, "id": one, "colleague_id": one} for one in ids]
        )
        skills = [{"offer_id": one, "skill": "weeding", "can_teach": False} for one in ids]
        work.connection.execute(insert(offer_skills), skills)
