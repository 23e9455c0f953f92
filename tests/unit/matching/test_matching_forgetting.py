"""Who wants nothing of herself kept is named by no engagement, and what was agreed stays."""

import json

import pytest
from matching_cast import Matching, a_proposal, a_request, actor, an_id, an_offer, carry

from byttebank.contracts.book_refusals import PeerInUse
from byttebank.storage.work import Work
from services.matching import operations
from services.matching.storage import rounds

NAMED = ("colleague_name", "host_contact_name")


@pytest.fixture
def agreed(innlandet: Matching, akershus: Matching) -> tuple[Matching, Matching]:
    """Per of Nes comes to Kari at Eidskog, who wrote a few words."""
    innlandet.do(operations.propose, a_proposal(colleague="Per", own_words="Spør etter Kari"), actor("Kari"))
    carry(innlandet, akershus)
    for who in ("Nora", "Per"):
        akershus.do(operations.accept, an_id("engagement"), actor(who))
    carry(innlandet, akershus)
    innlandet.reserve()
    carry(innlandet, akershus)
    return innlandet, akershus


@pytest.mark.parametrize(
    ("who", "seen_by"), [("Per", "Kari"), ("Per", "Nora"), ("Kari", "Kari"), ("Kari", "Nora")]
)
def test_the_engagement_stands_and_the_name_is_gone(
    agreed: tuple[Matching, Matching], who: str, seen_by: str
) -> None:
    before = agreed[seen_by == "Nora"].see(seen_by)
    assert before[NAMED[who == "Kari"]] == who
    for county in agreed:
        county.hear("PersonErased", {"person_id": an_id(who)})
    after = agreed[seen_by == "Nora"].see(seen_by)
    own = agreed[seen_by == "Nora"].county == ("innlandet" if who == "Kari" else "akershus")
    # A county's own people are named by what the directory says of them now: it tells that they have no name.
    if not own:
        assert after[NAMED[who == "Kari"]] is None
    for field in ("id", "state", "dates", "half_days", "version", "transfer_id", "consents"):
        assert after[field] == before[field]
    assert [line["what"] for line in after["history"]] == [line["what"] for line in before["history"]]


def test_own_words_of_hers_are_gone_and_those_of_others_stay(agreed: tuple[Matching, Matching]) -> None:
    innlandet, _ = agreed
    innlandet.hear("PersonErased", {"person_id": an_id("Per")})
    assert innlandet.see("Kari")["own_words"] == "Spør etter Kari"
    innlandet.hear("PersonErased", {"person_id": an_id("Kari")})
    assert innlandet.see("Kari")["own_words"] == ""


def test_no_message_of_ours_says_the_name_any_more(agreed: tuple[Matching, Matching]) -> None:
    innlandet, _ = agreed
    innlandet.hear("PersonErased", {"person_id": an_id("Kari")})
    with innlandet.database.reading() as work:
        rows = work.connection.exec_driver_sql("SELECT detached, body, peer, published_at FROM outbox").all()
    assert rows
    assert [row for row in rows if row.detached and "Kari" in row.detached] == []
    assert [row for row in rows if row.published_at and row.peer is None and '"Kari"' in row.body] == []


def test_no_offer_and_no_request_that_we_heard_of_names_her(innlandet: Matching) -> None:
    innlandet.hear("OfferChanged", an_offer("hers", "Kari", state="withdrawn", version=9))
    innlandet.hear("RequestChanged", a_request(host_contact_id=an_id("Kari"), host_contact_name="Kari"))

    def names() -> list[str | None]:
        columns = ("SELECT colleague_name FROM offers", "SELECT host_contact_name FROM requests")
        ask = innlandet.ask
        return [name for one in columns for name in ask(lambda work, one=one: _column(work, one))]

    assert "Kari" in names()
    innlandet.hear("PersonErased", {"person_id": an_id("Kari")})
    assert "Kari" not in names()


def _column(work: Work, query: str) -> list[str | None]:
    return list(work.connection.exec_driver_sql(query).scalars())


def test_silence_has_its_effect_as_before(agreed: tuple[Matching, Matching]) -> None:
    innlandet, _ = agreed
    innlandet.hear("PersonErased", {"person_id": an_id("Per")})
    innlandet.let_time_pass("2027-01-30")
    assert innlandet.see("Kari")["state"] != "agreed"


def test_who_takes_part_in_nothing_changes_nothing(agreed: tuple[Matching, Matching]) -> None:
    innlandet, _ = agreed
    before = json.dumps(innlandet.see("Kari"))
    innlandet.hear("PersonErased", {"person_id": an_id("Ola")})
    assert json.dumps(innlandet.see("Kari")) == before


def test_no_round_names_her_as_who_began_it(innlandet: Matching) -> None:
    county = {**actor("Kari"), "role": "county"}
    days = {"name": "Uke 50", "first_on": "2026-12-07", "last_on": "2026-12-18", "reply_by_on": "2026-12-02"}
    innlandet.do(operations.create_matching_round, {"id": an_id("round"), **days}, county)

    def begun_by() -> dict[str, str]:
        row = innlandet.ask(lambda work: rounds.round_of(work.connection, an_id("round")))
        return dict(row["created_by"])

    before = begun_by()
    assert before["name"] == "Kari"
    innlandet.hear("PersonErased", {"person_id": an_id("Ola")})
    assert begun_by() == before
    innlandet.hear("PersonErased", {"person_id": an_id("Kari")})
    assert begun_by() == {**before, "name": None}


def test_a_county_does_not_leave_while_days_are_agreed_with_it(agreed: tuple[Matching, Matching]) -> None:
    innlandet, akershus = agreed
    for county, other in ((innlandet, "akershus"), (akershus, "innlandet")):
        with pytest.raises(PeerInUse):
            county.ask(operations.check_leaving, other)
        assert county.ask(operations.check_leaving, "troms") == {"county": "troms"}
