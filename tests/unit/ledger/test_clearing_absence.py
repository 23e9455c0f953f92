"""Counties that are cut off, die or return while a round of clearing is open."""

import shutil
from pathlib import Path

import pytest
from clearing_cast import (
    Three,
    accepted_by_all,
    check,
    close,
    deliver,
    nets,
    propose,
    receive,
    shown,
    stages,
    tick,
)
from ledger_cast import NOW

from byttebank.contracts.received import SentMessage
from byttebank.contracts.refusals import ClearingWaits
from services.ledger import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: three counties that sign."""


def test_a_county_that_is_cut_off_is_left_out_and_the_others_find_no_ring(three: Three) -> None:
    propose(three["innlandet"])
    kept = deliver(three, cut_off=("oslo",))
    three["innlandet"].pass_time(hours=1)
    tick(*three.values())
    kept += deliver(three, cut_off=("oslo",))
    assert shown(three["akershus"])["stage"] == "left"
    assert shown(three["akershus"])["answered"] == ["akershus", "innlandet"]
    for receiver, message in kept:
        receive(receiver, message)
    deliver(three)
    assert nets(three["oslo"])["innlandet"] == -5
    check(three)


def test_a_county_that_is_cut_off_after_its_position_makes_the_coordinator_abort(three: Three) -> None:
    propose(three["innlandet"])
    for county in ("akershus", "oslo"):
        for message in three["innlandet"].sent(county):
            receive(three[county], message)
    for county in ("akershus", "oslo"):
        for message in three[county].sent("innlandet"):
            receive(three["innlandet"], message)
    kept = deliver(three, cut_off=("oslo",))
    assert stages(three) == {"innlandet": "accepted", "akershus": "accepted", "oslo": "stated"}
    three["innlandet"].pass_time(hours=24)
    tick(*three.values())
    kept += deliver(three, cut_off=("oslo",))
    assert stages(three) == {"innlandet": "aborted", "akershus": "aborted", "oslo": "left"}
    for receiver, message in kept:
        receive(receiver, message)
    deliver(three)
    assert nets(three["innlandet"]) == {"akershus": -4, "oslo": 5}
    assert all(not shown(ledger)["reserved"] for ledger in three.values())
    check(three)


def test_with_the_coordinator_dead_nothing_is_posted_until_all_others_have_closed(three: Three) -> None:
    accepted_by_all(three)
    assert set(stages(three).values()) == {"accepted"}
    with pytest.raises(ClearingWaits):
        close(three["akershus"])
    three["akershus"].pass_time(hours=24)
    tick(three["akershus"], three["oslo"])
    assert close(three["akershus"])["stage"] == "closing"
    assert close(three["akershus"])["stage"] == "closing"
    assert shown(three["akershus"])["reserved"] != []
    assert nets(three["akershus"]) == {"innlandet": 4, "oslo": -6}
    for message in three["akershus"].sent("oslo"):
        receive(three["oslo"], message)
    for message in three["oslo"].sent("akershus"):
        receive(three["akershus"], message)
    assert stages(three) == {"innlandet": "accepted", "akershus": "closed", "oslo": "closed"}
    assert shown(three["akershus"])["reserved"] == []
    assert nets(three["akershus"]) == {"innlandet": 4, "oslo": -6}
    check(three)


def test_a_coordinator_that_returns_after_the_closing_joins_it(three: Three) -> None:
    accepted_by_all(three)
    three["akershus"].pass_time(hours=24)
    close(three["akershus"])
    kept = deliver(three, cut_off=("innlandet",))
    assert stages(three) == {"innlandet": "accepted", "akershus": "closed", "oslo": "closed"}
    for receiver, message in kept:
        receive(receiver, message)
    deliver(three)
    assert stages(three) == {"innlandet": "aborted", "akershus": "closed", "oslo": "closed"}
    assert all(not shown(ledger)["reserved"] for ledger in three.values())
    check(three)


def test_who_hears_nothing_for_days_closes_by_itself(three: Three) -> None:
    accepted_by_all(three)
    three["akershus"].pass_time(days=4, hours=1)
    tick(three["akershus"], three["oslo"])
    deliver(three, cut_off=("innlandet",))
    assert stages(three)["akershus"] == stages(three)["oslo"] == "closed"


def test_what_a_restored_county_had_signed_stands_again(three: Three, tmp_path: Path) -> None:
    """Akershus is restored to before the round. Its peers return what it sent, and send again what it got."""
    akershus, innlandet = three["akershus"], three["innlandet"]
    with akershus.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    backup = shutil.copy(akershus.file, tmp_path / "backup.sqlite")
    propose(innlandet)
    lost, returned = [], []
    for _ in range(2):
        for county in ("akershus", "oslo"):
            for one in innlandet.sent(county):
                receive(three[county], one)
                lost += [one] if county == "akershus" else []
        if shown(akershus)["stage"] == "accepted":
            break
        for county in ("akershus", "oslo"):
            for one in three[county].sent("innlandet"):
                receive(innlandet, one)
                returned += [one] if county == "akershus" else []
    accept = akershus.sent("innlandet")
    akershus.start_over(Path(backup))
    assert akershus.see(operations.clearing_rounds) == []
    for one in [*returned, *accept]:
        own = SentMessage("innlandet", "CLEARING", 1, one.payload, "0" * 64, one.message_id, NOW)
        akershus.do(operations.own_clearing_documents, own)
    for one in lost:
        receive(akershus, one)
    assert shown(akershus)["stage"] == "accepted"
    assert akershus.sent("innlandet") == [], "nothing is signed anew"
    assert {one["owed_half_days"] for one in shown(akershus)["reserved"]} == {4, 6}
    for one in accept:
        receive(innlandet, one)
    deliver(three)
    assert set(stages(three).values()) == {"applied"}
    assert shown(innlandet)["contradictions"] == []
    check(three)
