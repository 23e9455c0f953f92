"""Messages that wait are taken in one transaction, with the same effect as one by one."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, text
from two_counties import IDS, KEYS, NOW, SERVICE, County

from byttebank.contracts.received import ReceivedMessage
from byttebank.contracts.refusals import NotFound
from byttebank.federation.envelope import Envelope, broker_user, open_envelope, seal
from byttebank.federation.errors import EnvelopeError
from byttebank.federation.keyring import Keyring, KnownKey
from byttebank.messaging.faults import MAX_ATTEMPTS
from byttebank.messaging.sealing import Outgoing
from byttebank.messaging.together import NotTogether
from byttebank.storage import envelopes

pytestmark = pytest.mark.simulation
"""Takes seconds: stores of two counties, and what they send each other."""


def _commits(county: County) -> list[str]:
    """Told of each commit on the county's database from now on."""
    told: list[str] = []
    event.listen(county.database.engine, "commit", lambda connection: told.append("commit"))
    return told


def test_messages_that_wait_share_one_transaction(open_pair: tuple[County, County]) -> None:
    one, two = open_pair
    for engagement_id in IDS[:10]:
        one.decline(engagement_id)
    waiting = one.take_out()
    commits = _commits(two)
    assert two.hear_together(waiting) == ["applied"] * 10
    assert commits == ["commit"]
    assert two.ids() == IDS[:10]
    assert [two.hear(message) for message in waiting] == ["duplicate"] * 10


def test_messages_taken_together_are_counted_as_one_by_one(open_pair: tuple[County, County]) -> None:
    """Out of order, twice, and some of them known: each has its effect once, the lower number first."""
    one, two = open_pair
    for engagement_id in IDS[:6]:
        one.decline(engagement_id)
    waiting = one.take_out()
    two.hear(waiting[2])
    mixed = [waiting[n] for n in (5, 1, 2, 0, 1, 4, 3)]
    expected = ["applied", "applied", "duplicate", "applied", "duplicate", "applied", "applied"]
    assert two.hear_together(mixed) == expected
    assert two.ids() == [IDS[n] for n in (2, 0, 1, 3, 4, 5)]
    with two.database.reading() as work:
        held = envelopes.received_octets(work.connection, "innlandet", 1, 100)
    assert [octets for _, octets in held][-6:] == [message.octets for message in waiting]


def test_one_that_fails_leaves_nothing_of_the_others(open_pair: tuple[County, County]) -> None:
    one, two = open_pair

    def trouble(message: ReceivedMessage) -> None:
        if message.payload["engagement_id"] == IDS[2]:
            raise NotFound(kind="engagement", id=IDS[2])

    for engagement_id in IDS[:4]:
        one.decline(engagement_id)
    waiting = one.take_out()
    two.trouble = trouble
    for _ in range(MAX_ATTEMPTS + 1):
        with pytest.raises(NotFound):
            two.hear_together(waiting)
    with two.database.reading() as work:
        assert not envelopes.received_around(work.connection, "innlandet", *range(1, 100))
    assert [two.hear(message) for message in waiting] == ["applied", "applied", "parked", "applied"]


@pytest.mark.parametrize("case", ["control", "equivocation", "unknown", "forged", "stranger"])
def test_what_is_a_case_of_its_own_is_not_taken_with_others(
    open_pair: tuple[County, County], case: str
) -> None:
    one, two = open_pair
    one.decline(IDS[0])
    one.decline(IDS[1])
    waiting = one.take_out()
    odd = {
        "control": lambda: _control(one),
        "equivocation": lambda: _other_with_its_number(waiting[1]),
        "unknown": lambda: _next_after(waiting[1], type="Unheard"),
        "forged": lambda: Outgoing("akershus", "", waiting[1].octets[:-9] + b'XXXXXXX"}'),
        "stranger": lambda: waiting[1],
    }[case]()
    if case == "stranger":
        with two.database.work() as work:
            work.connection.execute(text("DELETE FROM channels"))
    with pytest.raises((NotTogether, EnvelopeError, KeyError)):
        two.hear_together([*waiting, odd])
    assert not two.ids()
    with two.database.reading() as work:
        assert not envelopes.received_around(work.connection, "innlandet", *range(1, 100))


def _control(county: County) -> Outgoing:
    county.remind()
    (message,) = (one for one in county.take_out() if one.token is None)
    return message


def _other_with_its_number(message: Outgoing) -> Outgoing:
    """The sender has signed something else with the same number."""
    opened = _opened(message)
    payload = {**opened.payload, "engagement_id": IDS[30]}
    return Outgoing("akershus", "", seal(payload, header=opened.header, key=KEYS["innlandet"]))


def _next_after(message: Outgoing, **changes: Any) -> Outgoing:
    opened = _opened(message)
    header = replace(
        opened.header, seq=(opened.header.seq or 0) + 1, prev_hash=opened.envelope_hash, **changes
    )
    return Outgoing("akershus", "", seal(opened.payload, header=header, key=KEYS["innlandet"]))


def _opened(message: Outgoing) -> Envelope:
    keyring = Keyring([KnownKey("innlandet", KEYS["innlandet"].public_key, NOW)])
    return open_envelope(
        message.octets,
        keyring=keyring,
        expected_to="akershus",
        expected_service=SERVICE,
        stamped_sender=broker_user("innlandet"),
    )
