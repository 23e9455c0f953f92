"""A home that is put back to an old backup stands again where it had told that it stood."""

import json
from pathlib import Path

import pytest
from matching_cast import Matching, a_proposal, actor, an_id, carry

from byttebank.contracts.peer import load_peer
from byttebank.contracts.received import SentMessage
from byttebank.storage.messages import OutboxRow
from services.matching import operations


def returned(letter: OutboxRow) -> SentMessage:
    """The letter as the peer returns it: without the names that went beside it."""
    payload = load_peer("matching", letter.name, 1, json.loads(letter.body))
    return SentMessage("akershus", letter.name, 1, payload, "0" * 64, letter.message_id, letter.created_at)


@pytest.fixture
def restored(innlandet: Matching, akershus: Matching, tmp_path: Path) -> tuple[Matching, list[SentMessage]]:
    """Asked when the backup was made, agreed when the disk was lost; and what was told in between."""
    proposal = a_proposal(colleague="Per", own_words="Kom gjerne kl. 9")
    innlandet.do(operations.propose, proposal, actor("Kari"))
    carry(innlandet, akershus)
    with innlandet.database.engine.connect() as connection:
        connection.exec_driver_sql(f"VACUUM INTO '{tmp_path / 'backup.sqlite'}'")
    for who in ("Nora", "Per"):
        akershus.do(operations.accept, an_id("engagement"), actor(who))
    told = carry(innlandet, akershus)
    innlandet.reserve()
    told += carry(innlandet, akershus)
    back = Matching(f"sqlite:///{tmp_path / 'backup.sqlite'}", "innlandet", innlandet.clock)
    return back, [returned(letter) for letter in told if letter.name == "EngagementShared"]


def test_the_engagement_stands_where_it_had_been_told_to_stand(
    restored: tuple[Matching, list[SentMessage]], akershus: Matching
) -> None:
    home, told = restored
    before = home.see("Kari")
    for message in told:
        home.do(operations.own_shared, message)
    after = home.see("Kari")
    assert (before["state"], after["state"]) == ("proposed", "agreed")
    assert after["version"] == akershus.see("Nora")["version"]
    assert after["own_words"] == "Kom gjerne kl. 9"
    assert after["history"][0]["by_name"] == before["history"][0]["by_name"] == "Kari"
    assert home.told("EngagementChanged")[-1]["state"] == "agreed"


def test_a_move_that_was_forgotten_leaves_no_days_set_aside_for_the_old_date(
    innlandet: Matching, akershus: Matching, tmp_path: Path
) -> None:
    innlandet.do(operations.propose, a_proposal(colleague="Per"), actor("Kari"))
    carry(innlandet, akershus)
    for who in ("Nora", "Per"):
        akershus.do(operations.accept, an_id("engagement"), actor(who))
    carry(innlandet, akershus)
    innlandet.reserve()
    old = innlandet.see("Kari")["transfer_id"]
    with innlandet.database.engine.connect() as connection:
        connection.exec_driver_sql(f"VACUUM INTO '{tmp_path / 'backup.sqlite'}'")
    innlandet.do(operations.ask_move, an_id("engagement"), ["2026-12-16"], actor("Kari"))
    carry(innlandet, akershus)
    for who in ("Nora", "Per"):
        akershus.do(operations.answer_move, an_id("engagement"), ["2026-12-16"], True, actor(who))
    told = [returned(letter) for letter in carry(innlandet, akershus) if letter.name == "EngagementShared"]
    home = Matching(f"sqlite:///{tmp_path / 'backup.sqlite'}", "innlandet", innlandet.clock)
    home.do(operations.own_shared, told[-1])
    assert home.see("Kari")["dates"] == ["2026-12-16"]
    assert [one["transfer_id"] for one in home.told("ReleaseDays")] == [old]
    assert home.told("ReserveDays")[-1]["transfer_id"] == home.see("Kari")["transfer_id"] != old


def test_its_next_change_counts_at_the_other_county(
    restored: tuple[Matching, list[SentMessage]], akershus: Matching
) -> None:
    home, told = restored
    for message in reversed(told):
        home.do(operations.own_shared, message)
    home.do(operations.cancel, an_id("engagement"), actor("Kari"))
    carry(home, akershus)
    assert home.see("Kari")["state"] == akershus.see("Nora")["state"] == "cancelled"


def test_the_ledger_hears_again_that_the_days_are_to_be_held(
    restored: tuple[Matching, list[SentMessage]],
) -> None:
    home, told = restored
    home.do(operations.own_shared, told[-1])
    home.do(operations.own_shared, told[-1])
    (order,) = home.told("ReserveDays")
    assert order["engagement_id"] == an_id("engagement")
    home.reserve()
    assert home.see("Kari")["state"] == "agreed"


def test_what_the_county_was_told_by_the_home_elsewhere_is_not_its_own(
    restored: tuple[Matching, list[SentMessage]], akershus: Matching
) -> None:
    _, told = restored
    before = akershus.see("Nora")
    akershus.do(operations.own_shared, told[-1])
    assert akershus.see("Nora") == before
