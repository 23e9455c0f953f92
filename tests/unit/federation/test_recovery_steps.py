"""Each step of recovery by itself: what is answered, learnt, fetched, refused."""

from dataclasses import replace

import pytest
from channel_cast import (
    CHALLENGE,
    FRESH,
    ME,
    OTHER_QUESTION,
    PEER,
    QUESTION,
    controls,
    hash_of,
    hello,
    open_channel,
    statement,
)
from two_ends import make_envelope

from byttebank.federation import recovery
from byttebank.federation.channel import MAX_VOID_RANGES, Channel, ChannelState, freeze
from byttebank.federation.control import Copy, Resend, Statement
from byttebank.federation.effects import (
    Adopt,
    Frozen,
    Opened,
    Received,
    SendAgain,
    SendCopy,
    StartAgain,
)
from byttebank.federation.envelope import Envelope
from byttebank.federation.ranges import Ranges

NOTHING = Received()


def held(*numbers: int) -> Received:
    return Received(Ranges.from_numbers(numbers), hash_of(max(numbers)), b"{}")


def recovering(*, last_seq: int = 0) -> Channel:
    return recovery.start(open_channel(last_seq=last_seq), QUESTION).channel


def fetching(*, last_seq: int = 0, goal: int) -> Channel:
    grant = statement(is_grant=True, epoch=2, received=goal, is_recovered=False)
    return recovery.on_statement(recovering(last_seq=last_seq), grant, NOTHING, own_hash=None).channel


def own(seq: int, prev_hash: str, epoch: int = 1) -> Envelope:
    envelope = make_envelope(ME, PEER, "SAID", {}, epoch=epoch, seq=seq, prev_hash=prev_hash)
    return replace(envelope, envelope_hash=hash_of(seq))


def page(first: int, last: int, *numbers: int, nonce: str = QUESTION) -> Copy:
    return Copy(nonce, first, last, tuple(own(seq, hash_of(seq - 1)) for seq in numbers))


def test_every_start_recovers_and_asks() -> None:
    step = recovery.start(open_channel(last_seq=4), QUESTION)
    assert step.channel.state is ChannelState.RECOVERING
    ((kind, body),) = controls(step.effects)
    assert (kind, body["epoch"], body["challenge"]) == ("HELLO", 1, None)
    assert body["sent"] == {
        "seq": 4,
        "hash": hash_of(4),
        "is_recovered": False,
        "spans": [[1, 1]],
        "void": [],
    }


def test_a_start_forgets_the_challenge_given_before() -> None:
    asked = recovery.on_hello(open_channel(), hello(FRESH), NOTHING, held_hash=None, fresh_nonce=CHALLENGE)
    assert asked.channel.incoming.challenge == CHALLENGE
    restarted = recovery.start(asked.channel, QUESTION).channel
    answered = hello(FRESH, challenge=CHALLENGE)
    step = recovery.on_hello(restarted, answered, NOTHING, held_hash=None, fresh_nonce="5" * 32)
    assert not controls(step.effects)[0][1]["is_grant"]


def test_a_question_is_answered_with_a_challenge_first() -> None:
    step = recovery.on_hello(
        open_channel(), hello(FRESH, seq=3), held(1), held_hash=None, fresh_nonce=CHALLENGE
    )
    ((kind, body),) = controls(step.effects)
    assert kind == "STATEMENT"
    assert (body["is_grant"], body["challenge"], body["received"]["missing"]) == (False, CHALLENGE, [[2, 3]])
    assert step.channel.incoming.spans == open_channel().incoming.spans


def test_the_same_challenge_is_given_until_it_is_answered() -> None:
    first = recovery.on_hello(open_channel(), hello(FRESH), NOTHING, held_hash=None, fresh_nonce=CHALLENGE)
    again = recovery.on_hello(first.channel, hello("6" * 32), NOTHING, held_hash=None, fresh_nonce="7" * 32)
    assert controls(again.effects)[0][1]["challenge"] == CHALLENGE


def granted(channel: Channel, received: Received, **question: object) -> Channel:
    asked = recovery.on_hello(channel, hello(FRESH), received, held_hash=None, fresh_nonce=CHALLENGE)
    answered = hello(FRESH, challenge=CHALLENGE, **question)
    step = recovery.on_hello(asked.channel, answered, received, held_hash=None, fresh_nonce="7" * 32)
    assert controls(step.effects)[0][1]["is_grant"]
    return step.channel


def test_the_challenge_repeated_grants_an_epoch_after_what_both_know() -> None:
    incoming = granted(open_channel(), held(1, 2), seq=5).incoming
    assert (incoming.epoch, incoming.spans, incoming.void) == (2, ((1, 1), (2, 6)), Ranges())


def test_what_the_peer_has_lost_and_we_do_not_hold_is_void() -> None:
    incoming = granted(open_channel(), held(1, 2, 5, 8), seq=2).incoming
    assert incoming.void.pairs == ((3, 4), (6, 7))
    assert incoming.spans == ((1, 1), (2, 9))


def test_up_to_its_last_number_the_peer_says_what_counts() -> None:
    incoming = granted(
        open_channel(), held(1, 9), seq=8, epoch=6, spans=((1, 1), (5, 4)), void=Ranges.of(6, 7)
    ).incoming
    assert (incoming.epoch, incoming.spans, incoming.void.pairs) == (7, ((1, 1), (5, 4), (7, 10)), ((6, 7),))


def test_a_challenge_grants_once() -> None:
    channel = granted(open_channel(), NOTHING)
    late = hello(OTHER_QUESTION, challenge=CHALLENGE)
    step = recovery.on_hello(channel, late, NOTHING, held_hash=None, fresh_nonce="7" * 32)
    assert not controls(step.effects)[0][1]["is_grant"]
    assert step.channel.incoming.epoch == 2


def test_the_granted_question_asked_again_gets_the_same_grant() -> None:
    channel = granted(open_channel(), NOTHING)
    step = recovery.on_hello(channel, hello(FRESH), NOTHING, held_hash=None, fresh_nonce="7" * 32)
    assert step.channel == channel
    ((_, body),) = controls(step.effects)
    assert (body["is_grant"], body["epoch"], body["challenge"]) == (True, 2, None)


def test_a_question_that_denies_what_we_hold_freezes() -> None:
    asked = recovery.on_hello(open_channel(), hello(FRESH), held(3), held_hash=None, fresh_nonce=CHALLENGE)
    liar = hello(FRESH, challenge=CHALLENGE, seq=3)
    step = recovery.on_hello(asked.channel, liar, held(3), held_hash="f" * 64, fresh_nonce="7" * 32)
    assert step.effects == (Frozen("equivocation", 3),)
    assert step.channel.state is ChannelState.FROZEN


def test_a_challenge_is_repeated_to_the_one_who_gave_it() -> None:
    step = recovery.on_statement(recovering(), statement(challenge=CHALLENGE), NOTHING, own_hash=None)
    ((kind, body),) = controls(step.effects)
    assert (kind, body["challenge"]) == ("HELLO", CHALLENGE)


def test_a_grant_and_a_peer_that_is_sure_open_the_channel() -> None:
    answer = statement(is_grant=True, epoch=2, received=4, sent=3)
    step = recovery.on_statement(recovering(last_seq=5), answer, held(1), own_hash=hash_of(4))
    assert step.channel.state is ChannelState.OPEN
    assert step.channel.outgoing.spans == ((1, 1), (2, 6))
    assert Opened() in step.effects
    assert [body for kind, body in controls(step.effects)] == [{"sender": PEER, "first": 2, "last": 3}]


def test_a_peer_that_is_not_sure_yet_is_asked_again() -> None:
    answer = statement(is_grant=True, epoch=2, is_recovered=False)
    step = recovery.on_statement(recovering(), answer, NOTHING, own_hash=None)
    assert step.channel.outgoing.is_recovered
    assert step.channel.state is ChannelState.RECOVERING
    ((kind, _),) = controls(recovery.remind(step.channel, NOTHING, nonce=FRESH).effects)
    assert kind == "HELLO"


@pytest.mark.parametrize("nonce", [OTHER_QUESTION, FRESH])
def test_an_answer_to_another_question_grants_nothing(nonce: str) -> None:
    answer = statement(nonce, is_grant=True, epoch=2, received=9)
    step = recovery.on_statement(recovering(last_seq=5), answer, NOTHING, own_hash=None)
    assert step == (recovering(last_seq=5), ())


def test_a_grant_of_an_epoch_we_have_had_is_none() -> None:
    step = recovery.on_statement(recovering(), statement(is_grant=True, epoch=1), NOTHING, own_hash=None)
    assert not step.channel.outgoing.is_recovered


def test_an_answer_written_before_our_latest_grant_does_not_undo_it() -> None:
    channel = granted(recovering(), NOTHING, seq=2)
    answer = statement(is_recovered=True, spans=((1, 1),))
    step = recovery.on_statement(channel, answer, NOTHING, own_hash=None)
    assert step.channel.incoming == channel.incoming
    ((kind, body),) = controls(step.effects)
    assert (kind, body["epoch"]) == ("STATEMENT", 2)


def test_epochs_and_void_numbers_that_we_may_have_lost_are_learnt_from_the_peer() -> None:
    answer = statement(spans=((1, 1), (4, 6)), void=Ranges.of(5, 5), sent=7)
    incoming = recovery.on_statement(recovering(), answer, NOTHING, own_hash=None).channel.incoming
    assert (incoming.epoch, incoming.spans, incoming.void) == (4, ((1, 1), (4, 6)), Ranges.of(5, 5))
    assert incoming.is_recovered


def test_our_own_messages_that_the_peer_holds_are_fetched() -> None:
    answer = statement(is_grant=True, epoch=2, received=9)
    step = recovery.on_statement(recovering(last_seq=5), answer, NOTHING, own_hash=None)
    assert not step.channel.outgoing.is_recovered
    assert controls(step.effects) == [("RESEND", {"sender": ME, "first": 6, "last": 9})]
    assert controls(recovery.remind(step.channel, NOTHING, nonce=FRESH).effects) == controls(step.effects)


def test_pages_of_our_own_messages_are_adopted_one_after_the_other() -> None:
    channel = fetching(last_seq=5, goal=9)
    step = recovery.on_copy(channel, page(6, 7, 6), own_hashes={})
    assert step.effects[0] == Adopt(page(6, 7, 6).envelopes)
    assert controls(step.effects) == [("RESEND", {"sender": ME, "first": 8, "last": 9})]
    done = recovery.on_copy(step.channel, page(8, 9, 8, 9), own_hashes={})
    out = done.channel.outgoing
    assert (out.is_recovered, out.last_seq, out.last_hash, out.void.pairs) == (True, 9, hash_of(9), ((7, 7),))
    assert out.spans == ((1, 1), (2, 10))


def test_the_epochs_of_adopted_messages_are_remembered() -> None:
    channel = recovering(last_seq=1)
    grant = statement(is_grant=True, epoch=7, received=3, received_hash=hash_of(3))
    channel = recovery.on_statement(channel, grant, NOTHING, own_hash=None).channel
    envelopes = (own(2, hash_of(1)), own(3, hash_of(2), epoch=4))
    out = recovery.on_copy(channel, Copy(QUESTION, 2, 3, envelopes), own_hashes={}).channel.outgoing
    assert out.spans == ((1, 1), (4, 3), (7, 4))


@pytest.mark.parametrize(
    "other", [page(7, 9, 9), page(5, 9, 9), page(6, 10, 9), page(6, 9, 9, nonce=OTHER_QUESTION)]
)
def test_a_page_that_does_not_continue_what_we_have_is_ignored(other: Copy) -> None:
    channel = fetching(last_seq=5, goal=9)
    assert recovery.on_copy(channel, other, own_hashes={}) == (channel, ())


def test_a_page_is_ignored_when_none_was_asked_for() -> None:
    for channel in (recovering(last_seq=5), open_channel(last_seq=5)):
        assert recovery.on_copy(channel, page(6, 9, 9), own_hashes={}) == (channel, ())


def test_another_message_of_ours_under_a_number_we_hold_freezes() -> None:
    answer = statement(is_grant=True, epoch=2, received=4, received_hash="f" * 64)
    step = recovery.on_statement(recovering(last_seq=5), answer, NOTHING, own_hash=hash_of(4))
    assert step.effects == (Frozen("own_equivocation", 4),)
    copied = recovery.on_copy(fetching(last_seq=5, goal=9), page(6, 9, 6, 9), own_hashes={6: "f" * 64})
    assert copied.effects == (Frozen("own_equivocation", 6),)


def test_own_messages_that_do_not_follow_each_other_freeze() -> None:
    broken = Copy(QUESTION, 6, 9, (own(6, "f" * 64),))
    step = recovery.on_copy(fetching(last_seq=5, goal=9), broken, own_hashes={})
    assert step.effects == (Frozen("own_equivocation", 6),)


def test_after_a_void_number_the_hash_before_is_not_known() -> None:
    first = recovery.on_copy(fetching(last_seq=5, goal=9), page(6, 7, 6), own_hashes={}).channel
    assert first.outgoing.last_hash == hash_of(6)
    assert recovery.on_copy(first, page(8, 9, 8, 9), own_hashes={}).channel.outgoing.is_recovered


def test_a_message_the_peer_holds_and_our_books_have_lost_freezes() -> None:
    answer = statement(is_grant=True, epoch=2, received=4)
    step = recovery.on_statement(recovering(last_seq=5), answer, NOTHING, own_hash=None)
    assert step.effects == (Frozen("own_message_lost", 4),)


def test_a_peer_that_does_not_return_what_it_has_shown_freezes() -> None:
    step = recovery.on_copy(fetching(last_seq=5, goal=9), page(6, 9, 6), own_hashes={})
    assert step.effects == (Frozen("peer_contradicts_itself", 9),)


def test_more_losses_than_a_message_can_list_freeze() -> None:
    last = 2 * MAX_VOID_RANGES + 4
    every_second = page(1, last, *range(2, last + 1, 2))
    step = recovery.on_copy(fetching(goal=last), every_second, own_hashes={})
    assert step.effects == (Frozen("too_many_losses", last),)


def test_while_open_any_statement_fills_holes() -> None:
    notice = statement(FRESH, received=2, missing=Ranges.from_numbers([1, 9]), sent=4)
    step = recovery.on_statement(open_channel(last_seq=5), notice, held(1, 3), own_hash=None)
    assert step.channel == open_channel(last_seq=5)
    assert SendAgain(1, 1) in step.effects
    assert [body for _, body in controls(step.effects)] == [
        {"sender": PEER, "first": 2, "last": 2},
        {"sender": PEER, "first": 4, "last": 4},
    ]


@pytest.mark.parametrize("notice", [statement(FRESH, received=6), statement(FRESH, epoch=2)])
def test_a_peer_that_knows_more_of_ours_than_we_do_makes_us_start_again(notice: Statement) -> None:
    step = recovery.on_statement(open_channel(last_seq=5), notice, NOTHING, own_hash=None)
    assert step.effects == (StartAgain(),)


def test_a_later_grant_than_the_one_we_took_makes_us_start_again() -> None:
    channel = fetching(last_seq=5, goal=9)
    step = recovery.on_statement(channel, statement(epoch=3, is_recovered=False), NOTHING, own_hash=None)
    assert step.effects == (StartAgain(),)


def test_an_open_channel_tells_what_it_holds_and_has_sent() -> None:
    step = recovery.remind(open_channel(last_seq=5), held(1, 3), nonce=FRESH)
    ((kind, body),) = controls(step.effects)
    assert (kind, body["is_grant"], body["received"]["seq"], body["sent"]["seq"]) == (
        "STATEMENT",
        False,
        3,
        5,
    )
    assert body["received"]["missing"] == [[2, 2]]


def test_what_is_asked_for_is_sent_again_as_far_as_we_have_it() -> None:
    channel = open_channel(last_seq=5)
    channel = replace(channel, outgoing=replace(channel.outgoing, void=Ranges.of(3, 3)))
    step = recovery.on_resend(channel, Resend(FRESH, ME, 2, 99))
    assert step == (channel, (SendAgain(2, 2), SendAgain(4, 5)))


def test_the_peers_own_messages_are_returned_as_copies() -> None:
    step = recovery.on_resend(recovering(), Resend(FRESH, PEER, 2, 9))
    assert step.effects == (SendCopy(FRESH, 2, 9),)


def test_a_frozen_channel_says_and_learns_nothing_until_it_is_thawed() -> None:
    frozen = freeze(recovering(last_seq=5), "operator")
    steps = [
        recovery.start(frozen, FRESH),
        recovery.remind(frozen, NOTHING, nonce=FRESH),
        recovery.on_hello(frozen, hello(), NOTHING, held_hash=None, fresh_nonce=FRESH),
        recovery.on_statement(frozen, statement(is_grant=True, epoch=2), NOTHING, own_hash=None),
        recovery.on_copy(frozen, page(6, 9, 9), own_hashes={}),
        recovery.on_resend(frozen, Resend(FRESH, ME, 1, 5)),
    ]
    assert all(step == (frozen, ()) for step in steps)
    thawed = recovery.thaw(frozen, FRESH)
    assert thawed.channel.state is ChannelState.RECOVERING
    assert controls(thawed.effects)[0][0] == "HELLO"
