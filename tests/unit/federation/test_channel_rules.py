"""Numbering what we send, judging what arrives."""

from dataclasses import replace

import pytest
from channel_cast import ME, PEER, hash_of, open_channel

from byttebank.federation.channel import (
    MAX_SPANS,
    Channel,
    ChannelNotOpen,
    ChannelState,
    Decision,
    Incoming,
    Number,
    begin_span,
    freeze,
    missing,
    number,
    numbered,
    receive,
)
from byttebank.federation.channel_row import dump_channel, load_channel
from byttebank.federation.jws import HASH_OF_NOTHING
from byttebank.federation.ranges import Ranges

IN_TWO_EPOCHS = Incoming(epoch=3, spans=((1, 1), (3, 5)), void=Ranges.from_numbers([4]), is_recovered=True)


def judge(channel: Channel, *, epoch: int, seq: int, **held: object) -> Decision:
    arguments: dict = {
        "prev_hash": hash_of(seq - 1, epoch),
        "envelope_hash": hash_of(seq, epoch),
        "held_hash": None,
        "held_epoch": None,
        "hash_before": None,
        "prev_hash_after": None,
        **held,
    }
    return receive(channel, epoch=epoch, seq=seq, **arguments)


def test_the_first_message_is_number_one_after_nothing() -> None:
    assert number(open_channel()) == Number(1, 1, HASH_OF_NOTHING)


def test_each_message_names_the_one_before() -> None:
    channel = numbered(numbered(open_channel(), "a" * 64), "b" * 64)
    assert number(channel) == Number(1, 3, "b" * 64)


def test_asking_for_a_number_does_not_take_it() -> None:
    channel = open_channel()
    assert number(channel) == number(channel)


@pytest.mark.parametrize("channel", [Channel(ME, PEER, "ledger"), freeze(open_channel(), "equivocation")])
def test_nothing_is_numbered_unless_the_channel_is_open(channel: Channel) -> None:
    with pytest.raises(ChannelNotOpen):
        number(channel)
    with pytest.raises(ChannelNotOpen):
        numbered(channel, "a" * 64)


def test_a_channel_is_open_when_both_directions_are_recovered() -> None:
    channel = open_channel()
    assert channel.state is ChannelState.OPEN
    for half in (
        replace(channel, outgoing=replace(channel.outgoing, is_recovered=False)),
        replace(channel, incoming=replace(channel.incoming, is_recovered=False)),
    ):
        assert half.state is ChannelState.RECOVERING


def test_a_new_message_is_accepted_in_and_out_of_order() -> None:
    channel = open_channel()
    assert judge(channel, epoch=1, seq=1) is Decision.ACCEPT
    assert judge(channel, epoch=1, seq=9) is Decision.ACCEPT
    assert judge(channel, epoch=1, seq=2, hash_before=hash_of(1)) is Decision.ACCEPT
    assert judge(channel, epoch=1, seq=2, prev_hash_after=hash_of(2)) is Decision.ACCEPT


def test_the_same_message_again_is_a_duplicate_in_every_state() -> None:
    for channel in (open_channel(), Channel(ME, PEER, "ledger"), freeze(open_channel(), "operator")):
        assert judge(channel, epoch=1, seq=4, held_hash=hash_of(4), held_epoch=1) is Decision.DUPLICATE


def test_another_message_with_a_number_that_is_held_is_equivocation() -> None:
    assert judge(open_channel(), epoch=1, seq=4, held_hash="f" * 64, held_epoch=1) is Decision.EQUIVOCATION


def test_a_message_that_denies_its_neighbour_is_equivocation() -> None:
    channel = open_channel()
    assert judge(channel, epoch=1, seq=4, hash_before="f" * 64) is Decision.EQUIVOCATION
    assert judge(channel, epoch=1, seq=4, prev_hash_after="f" * 64) is Decision.EQUIVOCATION


def test_nothing_is_accepted_while_the_channel_recovers_or_is_frozen() -> None:
    channel = open_channel()
    recovering = replace(channel, incoming=replace(channel.incoming, is_recovered=False))
    unsure = replace(channel, outgoing=replace(channel.outgoing, is_recovered=False))
    for each in (recovering, unsure, freeze(channel, "operator")):
        assert judge(each, epoch=1, seq=1) is Decision.WAIT


def test_an_epoch_that_we_have_not_granted_waits() -> None:
    assert judge(open_channel(), epoch=2, seq=1) is Decision.WAIT


@pytest.mark.parametrize(
    ("epoch", "seq", "decision"),
    [
        (1, 3, Decision.ACCEPT),
        (1, 4, Decision.STALE),
        (1, 5, Decision.STALE),
        (1, 9, Decision.STALE),
        (2, 3, Decision.STALE),
        (2, 6, Decision.STALE),
        (3, 3, Decision.STALE),
        (3, 4, Decision.STALE),
        (3, 5, Decision.ACCEPT),
        (3, 9, Decision.ACCEPT),
    ],
)
def test_a_number_counts_in_one_epoch_and_a_void_one_in_none(
    epoch: int, seq: int, decision: Decision
) -> None:
    assert judge(open_channel(incoming=IN_TWO_EPOCHS), epoch=epoch, seq=seq) is decision


def test_a_message_of_a_life_that_was_given_up_is_stale_not_equivocation() -> None:
    unknown_spans = replace(IN_TWO_EPOCHS, spans=((3, 5),))
    for incoming in (IN_TWO_EPOCHS, unknown_spans):
        channel = open_channel(incoming=incoming)
        decision = judge(channel, epoch=2, seq=3, held_hash=hash_of(3, 1), held_epoch=1)
        assert decision is Decision.STALE


def test_before_the_oldest_span_that_is_remembered_any_older_epoch_counts() -> None:
    channel = open_channel(incoming=replace(IN_TWO_EPOCHS, spans=((3, 5),)))
    assert judge(channel, epoch=2, seq=2) is Decision.ACCEPT
    assert judge(channel, epoch=3, seq=2) is Decision.STALE


def test_missing_is_what_is_neither_held_nor_void() -> None:
    channel = open_channel(incoming=IN_TWO_EPOCHS)
    held = Ranges.from_numbers([1, 3, 7])
    assert missing(channel, held, up_to=8).pairs == ((2, 2), (5, 6), (8, 8))
    assert not missing(channel, Ranges.of(1, 3), up_to=4)


def test_the_first_reason_for_a_freeze_stays() -> None:
    channel = freeze(freeze(open_channel(), "equivocation"), "operator")
    assert (channel.state, channel.frozen_because) == (ChannelState.FROZEN, "equivocation")


def test_a_new_span_gives_up_what_older_epochs_had_from_there_on() -> None:
    assert begin_span(((1, 1), (2, 6), (3, 9)), 4, 6) == ((1, 1), (4, 6))
    assert begin_span((), 1, 1) == ((1, 1),)


def test_so_many_spans_are_kept_and_no_more() -> None:
    spans: tuple[tuple[int, int], ...] = ()
    for epoch in range(1, MAX_SPANS + 50):
        spans = begin_span(spans, epoch, epoch)
    assert len(spans) == MAX_SPANS
    assert spans[-1] == (MAX_SPANS + 49, MAX_SPANS + 49)


def test_a_channel_comes_back_from_its_row_as_it_was() -> None:
    channel = open_channel(last_seq=7, incoming=IN_TWO_EPOCHS)
    channel = replace(channel, outgoing=replace(channel.outgoing, goal=(9, "a" * 64)), nonce="1" * 32)
    for each in (channel, Channel(ME, PEER, "ledger"), freeze(channel, "operator")):
        assert load_channel(dump_channel(each)) == each


def test_a_row_of_another_release_is_read_as_far_as_it_is_known() -> None:
    text = '{"county": "innlandet", "peer": "vestland", "service": "ledger", "mood": "good",'
    text += ' "outgoing": {"last_seq": 4, "mood": "good"}, "incoming": {}}'
    channel = load_channel(text)
    assert (channel.outgoing.last_seq, channel.outgoing.spans) == (4, ())
