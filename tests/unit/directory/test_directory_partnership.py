"""One county ends the exchange: the other is told, shows it, and decides for itself."""

from itertools import permutations

import pytest
from directory_cast import add_peer, local_events, received, sent

from byttebank.contracts.refusals import CountyUnknown, Malformed
from byttebank.storage.work import Database
from services.directory import operations

ENDED, AGAIN, ENDED_AGAIN = (
    {"is_ended": is_ended, "changed_on": f"2026-11-{18 + number}", "version": number}
    for number, is_ended in ((2, True), (3, False), (4, True))
)


def say(database: Database, *said: dict[str, object], peer: str = "akershus") -> None:
    for number, one in enumerate(said, 1):
        with database.work() as work:
            operations.receive_partnership(work, received(peer, "PartnershipChanged", one, None, number))


def ended_on(database: Database) -> str | None:
    with database.reading() as work:
        (peer,) = operations.list_peers(work)
    found: str | None = peer["ended_on"]
    return found


def test_a_county_that_ends_the_exchange_tells_the_other_and_tells_it_when_it_begins_again(
    innlandet: Database,
) -> None:
    add_peer(innlandet, "akershus")
    assert sent(innlandet, "akershus", "PartnershipChanged") == []
    for _ in range(2):
        with innlandet.work() as work:
            operations.leave_peer(work, "akershus")
    before = len(sent(innlandet, "akershus"))
    add_peer(innlandet, "akershus")
    told = [payload for _, payload, _ in sent(innlandet, "akershus", "PartnershipChanged")]
    assert told == [
        {"is_ended": True, "changed_on": "2026-11-23", "version": 2},
        {"is_ended": False, "changed_on": "2026-11-23", "version": 3},
    ]
    assert sent(innlandet, "akershus")[before][0] == "PartnershipChanged", "before all that it publishes"


def test_freezing_and_thawing_are_no_business_of_the_other_county(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        operations.freeze_peer(work, "akershus")
        operations.thaw_peer(work, "akershus")
        operations.set_fuse(work, "akershus", 10)
    assert sent(innlandet, "akershus", "PartnershipChanged") == []


def test_it_is_shown_and_our_own_side_stays_as_it_was(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    say(innlandet, ENDED)
    assert ended_on(innlandet) == "2026-11-20"
    assert [one["state"] for one in local_events(innlandet, "PeerChanged")] == ["active"]
    with innlandet.work() as work:
        operations.set_fuse(work, "akershus", 10)
    assert ended_on(innlandet) == "2026-11-20", "an act of ours forgets nothing that they said"
    say(innlandet, AGAIN)
    assert ended_on(innlandet) is None


@pytest.mark.parametrize("order", list(permutations((0, 1, 2))))
def test_the_last_that_was_said_counts_in_whatever_order_it_comes(
    innlandet: Database, order: tuple[int, ...]
) -> None:
    add_peer(innlandet, "akershus")
    said = (ENDED, AGAIN, ENDED_AGAIN)
    say(innlandet, *(said[number] for number in order), *said)
    assert ended_on(innlandet) == "2026-11-22"


def test_it_is_kept_also_where_we_have_left_ourselves(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        operations.leave_peer(work, "akershus")
    say(innlandet, ENDED)
    assert ended_on(innlandet) == "2026-11-20"


def test_a_county_that_we_do_not_know_and_a_version_that_is_none_are_refused(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with pytest.raises(CountyUnknown):
        say(innlandet, ENDED, peer="vestfold")
    for version in (0, 2**53):
        with pytest.raises(Malformed):
            say(innlandet, {**ENDED, "version": version})
    assert ended_on(innlandet) is None
