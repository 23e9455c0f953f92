"""Two books are compared every night and on demand; the first message that had another effect is named."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_cast import ASKER, EIDSKOG, HAMAR, Ledger, Scenes, number
from ledger_lives import Node, exchange, meet, nodes

from byttebank.contracts.refusals import CountyFrozen, CountyUnknown
from services.ledger import operations
from services.ledger.domain.reconciliation import Point, Search, is_due, narrow, points_to_ask

pytestmark = pytest.mark.simulation
"""Takes seconds: whole counties and their channel."""


def twelve_days(ledgers: dict[str, Ledger]) -> None:
    """Innlandet owes twelve days' worth of single half-days, Akershus a few."""
    one, two = meet(ledgers)
    for n in range(24):
        one.ledger.reserve(n, 1, payee_library_id=ASKER)
        one.ledger.post(n, 1)
    for n in range(50, 53):
        two.ledger.reserve(n, 2, payer_library_id=ASKER, payee_library_id=EIDSKOG)
        two.ledger.post(n, 2)
    exchange(one, two)


@pytest.fixture
def pair(scenes: Scenes) -> tuple[Node, Node]:
    return nodes(scenes.after(twelve_days))


def _states(node: Node) -> dict[str, str]:
    return {row["sender"]: row["state"] for row in node.ledger.see(operations.list_reconciliations)}


def _tamper(node: Node, transfer_id: str, amount: int) -> None:
    """Somebody with the keys of the database goes behind the book's back."""
    with node.ledger.connect() as connection:
        connection.exec_driver_sql("DROP TRIGGER resolutions_no_update")
        connection.exec_driver_sql(
            "UPDATE resolutions SET amount = ? WHERE transfer_id = ?", (amount, transfer_id)
        )
        connection.commit()


def test_equal_books_agree_in_both_directions_at_both_counties(pair: tuple[Node, Node]) -> None:
    one, two = pair
    asked = one.ledger.do(operations.reconcile)
    assert [row["county"] for row in asked] == ["akershus", "oslo"]
    exchange(one, two)
    assert _states(one) == _states(two) == {"innlandet": "agreed", "akershus": "agreed"}
    (row,) = [row for row in two.ledger.see(operations.list_reconciliations) if row["sender"] == "akershus"]
    assert (row["half_days_here"], row["half_days_there"]) == (24, 24)
    assert one.ledger.see(operations.list_disputes) == two.ledger.see(operations.list_disputes) == []


@pytest.mark.parametrize("tampered", [0, 1])
@pytest.mark.parametrize("n", [0, 11, 23])
def test_a_difference_ends_in_a_dispute_that_names_the_first_number(
    pair: tuple[Node, Node], tampered: int, n: int
) -> None:
    one, two = pair
    _tamper(pair[tampered], number(100 + n), 3)
    _tamper_more = [other for other in (5, 17) if other > n]
    for other in _tamper_more:
        with pair[tampered].ledger.connect() as connection:
            connection.exec_driver_sql(
                "UPDATE resolutions SET amount = 9 WHERE transfer_id = ?", (number(100 + other),)
            )
            connection.commit()
    two.ledger.do(operations.reconcile, "innlandet")
    exchange(one, two)
    for node, has_found in ((one, True), (two, True)):
        disputes = node.ledger.see(operations.list_disputes)
        assert {row["transfer_id"] for row in disputes} == {number(100 + n)}
        assert has_found in {row["is_ours"] for row in disputes}
        (row,) = [row for row in disputes if row["is_ours"]]
        assert row["sender"] == "akershus"
        assert abs(row["half_days_here"] - row["half_days_there"]) == 2
    assert _states(one)["akershus"] == "differs"
    assert _states(one)["innlandet"] == "agreed"


def test_a_dispute_is_closed_when_the_books_are_the_same_again(pair: tuple[Node, Node]) -> None:
    one, two = pair
    _tamper(two, number(105), 3)
    one.ledger.do(operations.reconcile, "akershus")
    exchange(one, two)
    assert one.ledger.see(operations.list_disputes) != []
    with two.ledger.connect() as connection:
        connection.exec_driver_sql("UPDATE resolutions SET amount = 1")
        connection.exec_driver_sql(f"UPDATE resolutions SET amount = 2 WHERE transfer_id >= '{number(150)}'")
        connection.commit()
    one.ledger.do(operations.reconcile, "akershus")
    exchange(one, two)
    assert one.ledger.see(operations.list_disputes) == two.ledger.see(operations.list_disputes) == []
    assert set(_states(one).values()) == {"agreed"}


def test_what_is_on_its_way_is_no_difference(pair: tuple[Node, Node]) -> None:
    one, two = pair
    for n in range(30, 34):
        one.ledger.reserve(n, 1, payee_library_id=ASKER)
        one.ledger.post(n, 1)
    for message in one.take_out():
        two.hear(message)
    two.ledger.do(operations.reconcile, "innlandet")
    late = two.take_out()
    one.ledger.do(operations.reconcile, "akershus")
    for message in reversed(late):
        one.hear(message)
    exchange(one, two)
    assert set(_states(one).values()) == set(_states(two).values()) == {"agreed"}
    assert one.ledger.see(operations.list_disputes) == []


def test_a_gap_before_the_statement_is_fetched_at_once_and_by_itself(pair: tuple[Node, Node]) -> None:
    one, two = pair
    one.ledger.reserve(40, 1, payee_library_id=ASKER)
    one.ledger.post(40, 1)
    for message in one.take_out():
        two.hear(message)
    two.take_out()  # The FULFIL is lost on the wire.
    two.ledger.do(operations.reconcile, "innlandet")
    (statement,) = two.take_out()
    assert one.hear(statement) == "parked"
    assert [message.token for message in one.take_out()] == [None]
    exchange(one, two)
    assert one.ledger.position("akershus")["owed_by_us_half_days"] == 25
    assert one.parked() == []
    assert set(_states(one).values()) == {"agreed"}


def test_statements_are_asked_of_known_and_active_counties(pair: tuple[Node, Node]) -> None:
    one, _ = pair
    with pytest.raises(CountyUnknown):
        one.ledger.do(operations.reconcile, "finnmark")
    one.meet("frozen")
    with pytest.raises(CountyFrozen):
        one.ledger.do(operations.reconcile, "akershus")
    assert [row["county"] for row in one.ledger.do(operations.reconcile)] == ["oslo"]


def test_each_night_asks_once(pair: tuple[Node, Node]) -> None:
    one, two = pair
    asked = 0
    for _ in range(48):
        one.ledger.pass_time(hours=1)
        asked += len(one.ledger.do(operations.reconcile_nightly))
    assert asked == 2 * len(("akershus", "oslo"))
    exchange(one, two)
    assert set(_states(two).values()) == {"agreed"}


def test_counties_ask_at_times_of_their_own() -> None:
    night = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    asked = night - timedelta(hours=5)

    def first(county: str) -> int:
        return next(n for n in range(300) if is_due(county, night + timedelta(minutes=n), asked))

    minutes = {county: first(county) for county in ("innlandet", "akershus", "oslo", "vestland")}
    assert len(set(minutes.values())) == 4
    assert all(0 <= minute <= 240 for minute in minutes.values())


@given(st.integers(1, 5000), st.data())
def test_the_search_ends_at_the_first_difference(last: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, last))

    def points(seqs: list[int], extra: int) -> list[Point]:
        return [Point(seq, "h", seq + (extra if seq >= first else 0)) for seq in seqs]

    search, questions = Search(0, last), 0
    while True:
        seqs = points_to_ask(search)
        after = narrow(search, points(seqs, 0), points(seqs, 1))
        assert after is not None
        questions += 1
        if after.is_found:
            break
        search = after
    assert after == Search(first - 1, first)
    assert questions <= 5


def test_an_answer_to_another_question_changes_nothing() -> None:
    search = Search(0, 100)
    stale = [Point(5, "h", 1)]
    assert narrow(search, stale, [Point(5, "h", 2)]) == search


def test_a_reader_of_another_county_hears_nothing_new(pair: tuple[Node, Node]) -> None:
    """An unasked COMPARED leaves everything as it was."""
    one, two = pair
    two.ledger.do(
        lambda work: work.send(
            "innlandet",
            "COMPARED",
            {"sender": "akershus", "points": [{"seq": 1, "hash": "a" * 64, "half_days": 9}]},
        )
    )
    exchange(one, two)
    assert one.ledger.see(operations.list_disputes) == []
    assert one.ledger.account(HAMAR)["given_half_days"] == 0
