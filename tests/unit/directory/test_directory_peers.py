"""Counties: what we tell them, what we take from them, and that copies end the same in any order."""

from collections.abc import Callable
from typing import Any

import pytest
from directory_cast import (
    JONAS,
    KARI,
    a_library,
    a_request,
    add_peer,
    an_id,
    an_offer,
    key_of,
    local_events,
    received,
    sent,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byttebank.contracts.refusals import CountyUnknown, Malformed, NotNow, Refusal, SameKeyOtherBody
from byttebank.federation.keys import PublicKey, fingerprint
from byttebank.storage.work import Database
from services.directory import operations
from services.directory.storage import counties

NES = {**a_library("Nes", 60.12, 11.3), "county": "akershus", "version": 1}
FOREIGN = {"library_id": an_id("Nes"), "county": "akershus", "version": 1}


def test_a_new_peer_is_told_everything_that_is_open_and_reaches_it(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.create_offer(work, an_offer(), JONAS)
        operations.create_offer(work, an_offer(id=an_id("near"), reach="county"), JONAS)
        operations.create_offer(work, an_offer(id=an_id("gone")), JONAS)
        operations.withdraw_offer(work, an_id("gone"), JONAS)
        operations.create_request(work, a_request(), KARI)
        operations.create_request(work, a_request(id=an_id("quiet"), is_open=False), KARI)
    add_peer(innlandet, "akershus")
    told = [(name, payload["id"]) for name, payload, _ in sent(innlandet, "akershus")]
    assert sorted(told) == sorted(
        [
            ("LibraryPublished", an_id("Eidskog")),
            ("LibraryPublished", an_id("Grue")),
            ("OfferPublished", an_id("offer")),
            ("RequestOpened", an_id("request")),
        ]
    )


def test_a_peer_said_again_is_told_nothing_twice(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    before = len(sent(innlandet, "akershus"))
    add_peer(innlandet, "akershus")
    assert len(sent(innlandet, "akershus")) == before
    assert [event["version"] for event in local_events(innlandet, "PeerChanged")] == [1]


def test_a_new_fuse_is_told_here_and_sends_nothing_again(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    before = len(sent(innlandet, "akershus"))
    with innlandet.work() as work:
        operations.add_peer(work, "akershus", "Akershus", None, [key_of("akershus")], 100)
    assert [event["fuse_half_days"] for event in local_events(innlandet, "PeerChanged")] == [200, 100]
    assert len(sent(innlandet, "akershus")) == before


def test_a_frozen_peer_is_told_nothing_and_on_thaw_everything_that_it_missed(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        operations.create_offer(work, an_offer(), JONAS)
        operations.freeze_peer(work, "akershus")
    before = len(sent(innlandet, "akershus"))
    with innlandet.work() as work:
        operations.withdraw_offer(work, an_id("offer"), JONAS)
        operations.create_request(work, a_request(), KARI)
    assert len(sent(innlandet, "akershus")) == before
    with innlandet.work() as work:
        operations.thaw_peer(work, "akershus")
    missed = [(name, payload.get("state")) for name, payload, _ in sent(innlandet, "akershus")[before:]]
    assert ("OfferPublished", "withdrawn") in missed
    assert ("RequestOpened", "open") in missed
    assert [event["state"] for event in local_events(innlandet, "PeerChanged")] == [
        "active",
        "frozen",
        "active",
    ]


def test_adding_a_frozen_peer_again_does_not_thaw_it(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        operations.freeze_peer(work, "akershus")
        peer = operations.add_peer(work, "akershus", "Akershus", None, [key_of("akershus")], 100)
    assert (peer["state"], peer["fuse_half_days"]) == ("frozen", 100)


def test_a_county_that_signed_two_messages_with_one_number_is_frozen(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    body = {"county": "akershus", "service": "ledger", "seq": 7}
    with innlandet.work() as work:
        operations.peer_equivocated(work, body)
        operations.peer_equivocated(work, body)
    assert [event["state"] for event in local_events(innlandet, "PeerChanged")] == ["active", "frozen"]
    with pytest.raises(CountyUnknown), innlandet.work() as work:
        operations.peer_equivocated(work, {**body, "county": "vestfold"})


def test_only_a_frozen_peer_can_be_thawed_and_only_a_known_one_frozen(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        assert operations.thaw_peer(work, "akershus")["state"] == "active"
        assert operations.freeze_peer(work, "akershus") == operations.freeze_peer(work, "akershus")
    with pytest.raises(CountyUnknown), innlandet.work() as work:
        operations.freeze_peer(work, "vestfold")


def test_keys_are_added_and_never_forgotten(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    newer = {**key_of("akershus2"), "valid_from_at": "2026-11-01T00:00:00.000000Z"}
    with innlandet.work() as work:
        peer = operations.add_peer(work, "akershus", "Akershus", None, [newer], 200)
    event = local_events(innlandet, "PeerChanged")[-1]
    assert [key["key_id"] for key in event["keys"]] == [key_of("akershus")["key_id"], newer["key_id"]]
    assert peer["fingerprint"] == fingerprint(PublicKey.from_text(newer["public_key"]))


@pytest.mark.parametrize(
    "change",
    [
        {"county": "innlandet"},
        {"county": "Akershus!"},
        {"keys": []},
        {"keys": [{**key_of("akershus"), "public_key": "x"}]},
        {"keys": [{**key_of("akershus"), "key_id": key_of("vestfold")["key_id"]}]},
        {"fuse_half_days": -1},
        {"fuse_half_days": 10**12},
    ],
)
def test_a_peer_written_down_wrongly_is_refused(innlandet: Database, change: dict[str, Any]) -> None:
    peer = {
        "county": "akershus",
        "name": "Akershus",
        "base_url": None,
        "keys": [key_of("akershus")],
        "fuse_half_days": 200,
    }
    with pytest.raises(Malformed), innlandet.work() as work:
        operations.add_peer(work, **{**peer, **change})
    assert local_events(innlandet, "PeerChanged") == []


def test_another_countys_things_are_kept_and_told_here(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    offer = an_offer(colleague_id=an_id("Ola"), **FOREIGN)
    names = {"colleague_name": "Ola", "own_words": "Gjerne"}
    with innlandet.work() as work:
        operations.receive_library(work, received("akershus", "LibraryPublished", NES))
        operations.receive_offer(work, received("akershus", "OfferPublished", offer, names))
        operations.receive_request(work, received("akershus", "RequestOpened", a_request(**FOREIGN)))
        kept = operations.get_offer(work, an_id("offer"))
    assert (kept["county"], kept["colleague_name"], kept["own_words"]) == ("akershus", "Ola", "Gjerne")
    assert local_events(innlandet, "OfferChanged") == [kept]
    assert local_events(innlandet, "LibraryChanged")[-1]["county"] == "akershus"
    assert local_events(innlandet, "RequestChanged")[-1]["county"] == "akershus"


def test_words_inside_the_signed_part_are_not_kept(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    request = a_request(host_contact_name="Ola", own_words="signed", **FOREIGN)
    with innlandet.work() as work:
        operations.receive_request(work, received("akershus", "RequestOpened", request))
        kept = operations.get_request(work, an_id("request"))
    assert (kept["own_words"], kept["host_contact_name"]) == ("", None)


def test_a_copy_that_comes_twice_is_told_once(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        for _ in range(2):
            operations.receive_library(work, received("akershus", "LibraryPublished", NES))
    assert sum(event["county"] == "akershus" for event in local_events(innlandet, "LibraryChanged")) == 1


@pytest.mark.parametrize(
    ("peer", "change", "refusal"),
    [
        ("akershus", {"county": "vestfold"}, Malformed),
        ("akershus", {"county": "innlandet"}, Malformed),
        ("vestfold", {"county": "vestfold"}, CountyUnknown),
        ("akershus", {"version": 0}, Malformed),
        ("akershus", {"version": 2**70}, Malformed),
    ],
)
def test_a_county_speaks_only_for_its_own(
    innlandet: Database, peer: str, change: dict[str, Any], refusal: type[Refusal]
) -> None:
    add_peer(innlandet, "akershus")
    mine = {**FOREIGN, **change}
    offer = an_offer(colleague_id=an_id("Ola"), **mine)
    with pytest.raises(refusal), innlandet.work() as work:
        operations.receive_library(work, received(peer, "LibraryPublished", {**NES, **change}))
    with pytest.raises(refusal), innlandet.work() as work:
        operations.receive_offer(work, received(peer, "OfferPublished", offer))
    with pytest.raises(refusal), innlandet.work() as work:
        operations.receive_request(work, received(peer, "RequestOpened", a_request(**mine)))


def test_a_county_cannot_take_over_what_is_ours_or_anothers(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    add_peer(innlandet, "vestfold")
    with innlandet.work() as work:
        operations.create_offer(work, an_offer(), JONAS)
        operations.create_request(work, a_request(), KARI)
        operations.receive_library(work, received("akershus", "LibraryPublished", NES))
    theirs = {"library_id": an_id("Nes"), "county": "vestfold", "version": 99}
    for library_id in (an_id("Eidskog"), an_id("Nes")):
        library = {**NES, "id": library_id, "county": "vestfold", "version": 99}
        with pytest.raises(SameKeyOtherBody), innlandet.work() as work:
            operations.receive_library(work, received("vestfold", "LibraryPublished", library))
    with pytest.raises(SameKeyOtherBody), innlandet.work() as work:
        operations.receive_offer(work, received("vestfold", "OfferPublished", an_offer(**theirs)))
    with pytest.raises(SameKeyOtherBody), innlandet.work() as work:
        operations.receive_request(work, received("vestfold", "RequestOpened", a_request(**theirs)))
    with innlandet.reading() as work:
        assert operations.get_offer(work, an_id("offer"))["county"] == "innlandet"


def test_our_library_cannot_get_the_id_of_anothers(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        operations.receive_library(work, received("akershus", "LibraryPublished", NES))
    with pytest.raises(SameKeyOtherBody), innlandet.work() as work:
        operations.register_library(work, a_library("Nes"))


def test_longer_words_than_ours_are_refused(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    request = received("akershus", "RequestOpened", a_request(**FOREIGN), {"own_words": "x" * 2001})
    with pytest.raises(Malformed), innlandet.work() as work:
        operations.receive_request(work, request)


def test_an_offer_of_a_library_that_is_another_countys_is_not_on_the_board(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    lie = an_offer(library_id=an_id("Grue"), county="akershus", version=1)
    with innlandet.work() as work:
        operations.receive_offer(work, received("akershus", "OfferPublished", lie))
        assert operations.board(work, an_id("Eidskog"))["items"] == []


COPIES = st.lists(
    st.tuples(
        st.integers(1, 3), st.sampled_from(["open", "covered", "closed"]), st.sampled_from(["", "a", "b"])
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(copies=COPIES, data=st.data())
def test_copies_end_the_same_in_whatever_order_and_however_often_they_come(
    innlandet: Database, copies: list[tuple[int, str, str]], data: st.DataObject
) -> None:
    ends = []
    for order in (copies, data.draw(st.permutations(copies + copies[:2]))):
        with innlandet.reading() as work:  # rolled back, so that each order begins with nothing
            operations.add_peer(work, "akershus", "Akershus", None, [key_of("akershus")], 200)
            for version, state, words in order:
                request = a_request(**{**FOREIGN, "version": version, "state": state})
                message = received("akershus", "RequestOpened", request, {"own_words": words})
                operations.receive_request(work, message)
            kept = operations.get_request(work, an_id("request"))
        ends.append((kept["version"], kept["state"], kept["own_words"]))
    assert ends[0] == ends[1]
    newest = max(version for version, _, _ in copies)
    assert ends[0][0] == newest
    if any(version == newest and state == "closed" for version, state, _ in copies):
        assert ends[0][1] == "closed"


def test_two_counties_that_know_each_other_end_with_the_same_copies(
    innlandet: Database, new_directory: Callable[[str], Database]
) -> None:
    akershus = new_directory("akershus")
    with akershus.work() as work:
        operations.add_peer(work, "innlandet", "Innlandet", None, [key_of("innlandet")], 200)
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        operations.create_offer(work, an_offer(), JONAS)
        operations.create_request(work, a_request(), KARI)
        operations.withdraw_offer(work, an_id("offer"), KARI)
    receive = {
        "LibraryPublished": operations.receive_library,
        "OfferPublished": operations.receive_offer,
        "RequestOpened": operations.receive_request,
    }
    with akershus.work() as work:
        for name, payload, detached in reversed(sent(innlandet, "akershus")):
            receive[name](work, received("innlandet", name, payload, detached))
        copy = operations.get_request(work, an_id("request"))
        assert operations.get_offer(work, an_id("offer"))["state"] == "withdrawn"
    with innlandet.reading() as work:
        assert copy == operations.get_request(work, an_id("request"))


def test_a_county_that_has_left_is_on_no_board_and_can_be_neither_frozen_nor_thawed(
    innlandet: Database,
) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        operations.receive_library(work, received("akershus", "LibraryPublished", NES))
        operations.receive_request(work, received("akershus", "RequestOpened", a_request(**FOREIGN)))
        offer = an_offer(colleague_id=an_id("Ola"), **FOREIGN)
        operations.receive_offer(work, received("akershus", "OfferPublished", offer))
        assert len(operations.board(work, an_id("Eidskog"))["items"]) == 2
        peer = counties.find_peer(work.connection, "akershus")
        counties.write_peer(work.connection, {**(peer or {}), "state": "left"})
        assert operations.board(work, an_id("Eidskog"))["items"] == []
    for act in (operations.freeze_peer, operations.thaw_peer):
        with pytest.raises(NotNow), innlandet.work() as work:
            act(work, "akershus")
