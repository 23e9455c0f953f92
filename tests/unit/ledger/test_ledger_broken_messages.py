"""A PREPARE that is not as agreed is turned down for ever where it names a transfer; else it lies aside."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_cast import ASKER, EIDSKOG, WORK_DATE, Scenes, number
from ledger_lives import Node, exchange, meet, nodes

from byttebank.contracts.received import BrokenMessage
from byttebank.storage.messages import append_outbox
from services.ledger import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: whole counties and their channel."""


@pytest.fixture
def pair(scenes: Scenes) -> tuple[Node, Node]:
    """Innlandet owes, Akershus is owed; their channel is open."""
    return nodes(scenes.after(meet))


def prepare(n: int, **changes: Any) -> dict[str, Any]:
    return {
        "transfer_id": number(100 + n),
        "amount_half_days": 2,
        "unit": "half_day",
        "payer_library_id": EIDSKOG,
        "payee_library_id": ASKER,
        "engagement_id": number(500 + n),
        "part": 1,
        "skill": None,
        "work_date": WORK_DATE,
        "reverses": None,
        **changes,
    }


def say(node: Node, message_type: str, payload: dict[str, Any]) -> None:
    """What a faulty release of the county would sign."""
    with node.ledger.database.work() as work:
        append_outbox(
            work.connection,
            {
                "message_id": work.new_id(),
                "peer": node.peer,
                "name": message_type,
                "version": 1,
                "routing_key": f"{node.county}.ledger",
                "body": json.dumps(payload),
                "detached": None,
                "trace": None,
                "created_at": work.now,
            },
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_half_days": 0},
        {"amount_half_days": "2"},
        {"amount_half_days": 10**15},
        {"work_date": "yesterday"},
        {"payee_library_id": ["x"]},
        {"unit": "nok_ore"},
    ],
)
def test_a_prepare_that_breaks_its_schema_is_answered_no(pair: tuple[Node, Node], changes: Any) -> None:
    one, two = pair
    one.ledger.reserve(1, 2, payee_library_id=ASKER)
    one.ledger.post(1, 2)
    with one.ledger.connect() as connection:
        body = json.dumps(prepare(1, **changes))
        connection.exec_driver_sql("UPDATE outbox SET body = ? WHERE name = 'PREPARE'", (body,))
        connection.commit()
    exchange(one, two)
    assert (one.parked(), two.parked()) == ([], [])
    assert one.ledger.account(EIDSKOG)["reserved_half_days"] == 0
    (claim,) = [one.ledger.position("akershus")["open_claims_half_days"]]
    assert claim == 2
    assert two.ledger.position("innlandet")["owed_to_us_half_days"] == 0
    assert one.ledger.broken_rules() == two.ledger.broken_rules() == []


def test_a_broken_prepare_without_a_transfer_lies_aside_whole(pair: tuple[Node, Node]) -> None:
    one, two = pair
    say(one, "PREPARE", prepare(1, transfer_id="not an id"))
    exchange(one, two)
    (parked,) = two.parked()
    assert parked["reason_code"] == "malformed"
    assert one.parked() == []


def test_a_broken_prepare_does_not_take_back_what_was_fulfilled(pair: tuple[Node, Node]) -> None:
    one, two = pair
    one.ledger.reserve(1, 2, payee_library_id=ASKER)
    one.ledger.post(1, 2)
    exchange(one, two)
    say(one, "PREPARE", prepare(1, amount_half_days=-5))
    exchange(one, two)
    assert two.ledger.position("innlandet")["owed_to_us_half_days"] == 2
    (parked,) = two.parked()
    assert parked["reason_code"] == "malformed"


def test_a_good_prepare_after_a_broken_one_of_the_same_transfer_is_answered_as_before(
    pair: tuple[Node, Node],
) -> None:
    one, two = pair
    say(one, "PREPARE", prepare(1, amount_half_days=-5))
    say(one, "PREPARE", prepare(1))
    exchange(one, two)
    assert two.ledger.position("innlandet")["owed_to_us_half_days"] == 0
    assert two.ledger.broken_rules() == []


def test_another_broken_message_lies_aside_and_stops_nothing(pair: tuple[Node, Node]) -> None:
    one, two = pair
    say(one, "CANCEL", {"transfer_id": 7})
    one.ledger.reserve(1, 2, payee_library_id=ASKER)
    one.ledger.post(1, 2)
    exchange(one, two)
    assert [parked["reason_code"] for parked in two.parked()] == ["malformed"]
    assert one.ledger.position("akershus")["owed_by_us_half_days"] == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["transfer_id", "amount_half_days", "x"]), JSON))
def test_whatever_a_broken_prepare_says_it_names_no_transfer_or_is_answered(payload: Any) -> None:
    message = BrokenMessage("innlandet", "PREPARE", 1, payload)
    work: Any = None
    assert operations.broken_prepare(work, message) is False
