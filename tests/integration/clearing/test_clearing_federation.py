"""A round of clearing between three counties that really run: it clears, gives up, or is closed."""

from clearing_federation import COUNTIES, Federation, number

ROUND = number(9001)
OWED = {"akershus": -4, "oslo": 5}
"""What the others owe Innlandet before any round."""


def test_a_ring_of_three_counties_is_struck_out_and_their_books_agree(federation: Federation) -> None:
    federation.propose("innlandet", ROUND)
    federation.wait_for(lambda: set(federation.stages(ROUND).values()) == {"applied"})
    assert federation.nets("innlandet") == {"akershus": 0, "oslo": 1}
    assert federation.nets("akershus") == {"innlandet": 0, "oslo": -2}
    federation.check_books()
    for county in COUNTIES:
        shown = federation.shown(county, ROUND)
        assert shown["rings"] == [{"half_days": 4, "counties": ["akershus", "oslo", "innlandet"]}]
        assert shown["contradictions"] == []


def test_a_county_that_is_cut_off_is_left_out_and_nothing_of_it_changes(federation: Federation) -> None:
    federation.cut_off("oslo")
    federation.propose("innlandet", ROUND)
    federation.wait_for(lambda: federation.stages(ROUND).get("akershus") == "stated")
    federation.pass_time(hours=1)
    federation.wait_for(lambda: federation.stages(ROUND).get("akershus") == "left")
    assert federation.shown("innlandet", ROUND)["answered"] == ["akershus", "innlandet"]
    assert federation.shown("innlandet", ROUND)["abort_reason"] == "nothing_to_clear"
    federation.heal("oslo")
    federation.wait_for(lambda: "oslo" in federation.stages(ROUND))
    assert federation.nets("innlandet") == OWED
    federation.check_books()
    federation.propose("oslo", number(9002))
    federation.wait_for(lambda: set(federation.stages(number(9002)).values()) == {"applied"})
    federation.check_books()


def test_with_the_coordinator_gone_after_the_accepts_nothing_is_posted_and_closing_frees_it(
    federation: Federation,
) -> None:
    """The coordinator's links are cut between the INPUT and the ACCEPTs, and it stays away for a day."""
    federation.running.broker.cut("akershus", "innlandet")
    federation.propose("innlandet", ROUND)
    federation.wait_for(lambda: federation.stages(ROUND).get("oslo") == "stated")
    federation.running.broker.cut("oslo", "innlandet")
    federation.running.broker.heal("akershus", "innlandet")
    federation.wait_for(lambda: set(federation.stages(ROUND).values()) == {"accepted"})
    federation.cut_off("innlandet")
    others = ("akershus", "oslo")
    federation.clock.move_to(federation.clock.now().replace(day=23, hour=10))
    assert federation.nets("akershus") == {"innlandet": 4, "oslo": -6}
    assert federation.shown("akershus", ROUND)["reserved"] != []
    federation.close("akershus", ROUND)
    federation.wait_for(lambda: {federation.stages(ROUND)[one] for one in others} == {"closed"})
    for county in others:
        assert federation.shown(county, ROUND)["reserved"] == []
    assert federation.nets("akershus") == {"innlandet": 4, "oslo": -6}
    federation.heal("innlandet")
    federation.pass_time(minutes=1)
    federation.wait_for(lambda: federation.stages(ROUND)["innlandet"] in ("closed", "aborted"))
    assert federation.nets("innlandet") == OWED
    federation.check_books()
    federation.propose("akershus", number(9002))
    federation.wait_for(lambda: set(federation.stages(number(9002)).values()) == {"applied"})
    federation.check_books()
