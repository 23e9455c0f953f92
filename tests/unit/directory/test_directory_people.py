"""Colleagues' own choices and skills, everything that is kept of one, and having it gone in every county."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from directory_cast import (
    JONAS,
    KARI,
    SIRI,
    a_county,
    a_library,
    a_request,
    add_peer,
    an_actor,
    an_id,
    an_offer,
    local_events,
    received,
    sent,
)
from sqlalchemy import insert, select

from byttebank.clock import format_time
from byttebank.contracts.received import SentMessage
from byttebank.contracts.refusals import Malformed, NotFound, NotYourRole, SameKeyOtherBody
from byttebank.federation.envelope import EnvelopeHeader, seal
from byttebank.federation.keys import SigningKey
from byttebank.storage.channel_tables import sent_envelopes
from byttebank.storage.messages import outbox
from byttebank.storage.work import Database
from services.directory import operations

Document = dict[str, Any]
COUNTY = an_actor("Anne", "Fylkesbiblioteket", "county")


def colleague(database: Database, name: str = "Jonas") -> Document:
    with database.reading() as work:
        people = operations.list_colleagues(work, an_id("Eidskog"), KARI)
    return next(one for one in people if one["id"] == an_id(name))


def pass_on(origin: Database, target: Database, begin: int = 0) -> int:
    """Everything that origin has said to target has arrived there; how much."""
    messages = sent(origin, target.county)
    for number, (name, payload, detached) in enumerate(messages[begin:], begin + 1):
        message = received(origin.county, name, payload, detached, number)
        with target.work() as work:
            {
                "LibraryPublished": operations.receive_library,
                "OfferPublished": operations.receive_offer,
                "RequestOpened": operations.receive_request,
                "ErasePerson": operations.receive_erasure,
                "PersonErased": operations.person_erased,
            }[name](work, message)
    return len(messages)


@pytest.fixture
def two(innlandet: Database, new_directory: Callable[[str], Database]) -> tuple[Database, Database]:
    """Jonas shares with all, is offered, and receives visitors; Akershus knows it."""
    akershus = new_directory("akershus")
    add_peer(innlandet, "akershus")
    add_peer(akershus, "innlandet")
    with akershus.work() as work:
        operations.set_county(work, a_county("akershus"))
        operations.register_library(work, a_library("Nes"))
    with innlandet.work() as work:
        operations.set_choices(work, an_id("Jonas"), {"sharing": "all", "may_be_offered": True}, JONAS)
        operations.create_offer(work, an_offer(own_words="Jeg kjører bokbuss"), JONAS)
        operations.create_request(work, a_request(host_contact_id=an_id("Jonas")), KARI)
    pass_on(innlandet, akershus)
    return innlandet, akershus


def test_a_name_goes_no_further_than_its_owner_chose_at_once_and_everywhere(
    two: tuple[Database, Database],
) -> None:
    innlandet, akershus = two
    with akershus.reading() as work:
        assert operations.get_offer(work, an_id("offer"))["colleague_name"] == "Jonas"
    with innlandet.work() as work:
        operations.set_choices(work, an_id("Jonas"), {"sharing": "county", "may_be_offered": True}, JONAS)
    pass_on(innlandet, akershus)
    with akershus.reading() as work:
        assert operations.get_offer(work, an_id("offer"))["colleague_name"] is None
    for actor in (KARI, SIRI, COUNTY):
        choice = {"sharing": "all", "may_be_offered": True}
        with innlandet.work() as work, pytest.raises(NotYourRole):
            operations.set_choices(work, an_id("Jonas"), choice, actor)


def test_a_new_colleague_shares_with_the_own_library_until_she_chooses(innlandet: Database) -> None:
    new = {"id": an_id("Nora"), "library_id": an_id("Eidskog"), "name": "Nora", "sharing": "all"}
    with innlandet.work() as work:
        assert operations.write_colleague(work, new, KARI)["sharing"] == "library"
        with pytest.raises(NotYourRole):
            operations.write_colleague(work, new, JONAS)
        with pytest.raises(NotYourRole):
            operations.write_colleague(work, new, SIRI)
        choice = {"sharing": "county", "may_be_offered": False}
        operations.set_choices(work, an_id("Nora"), choice, an_actor("Nora", "Eidskog"))
        renamed = operations.write_colleague(work, {**new, "name": "Nora Li"}, KARI)
    assert (renamed["name"], renamed["sharing"], renamed["may_be_offered"]) == ("Nora Li", "county", False)


def test_skills_are_written_by_oneself_and_confirmed_by_the_manager_or_nobody(innlandet: Database) -> None:
    skills = {"can": ["weeding"], "can_teach": ["music"], "own_words": "Orgelspill 🎹 <b>og</b> joik"}
    with innlandet.work() as work:
        operations.set_skills(work, an_id("Jonas"), skills, JONAS)
        assert operations.confirm_skills(work, an_id("Jonas"), ["music"], KARI)["confirmed"] == ["music"]
        with pytest.raises(NotYourRole):
            operations.confirm_skills(work, an_id("Jonas"), ["music"], JONAS)
        with pytest.raises(Malformed):
            operations.confirm_skills(work, an_id("Jonas"), ["games"], KARI)
        with pytest.raises(NotYourRole):
            operations.set_skills(work, an_id("Jonas"), skills, SIRI)
        with pytest.raises(Malformed):
            operations.set_skills(work, an_id("Jonas"), {"can": ["juggling"]}, JONAS)
        operations.set_skills(work, an_id("Jonas"), {"can": ["weeding"]}, JONAS)
    stored = colleague(innlandet)
    assert (stored["confirmed"], stored["own_words"]) == ([], "")


def test_everything_about_a_person_is_handed_out_to_her_and_few_others(
    two: tuple[Database, Database],
) -> None:
    innlandet, _ = two
    with innlandet.work() as work:
        operations.set_county(work, {**a_county("innlandet"), "legal_basis": "Avtale med arbeidsgiver"})
    for actor in (JONAS, KARI, COUNTY):
        with innlandet.reading() as work:
            export = operations.export_person(work, an_id("Jonas"), actor)
        assert export["legal_basis"] == "Avtale med arbeidsgiver"
        assert export["colleague"]["email"] == "jonas@eidskog.example"
        assert [one["own_words"] for one in export["offers"]] == ["Jeg kjører bokbuss"]
        assert len(export["requests"]) == 1
    with innlandet.reading() as work, pytest.raises(NotYourRole):
        operations.export_person(work, an_id("Jonas"), SIRI)


def test_erasure_reaches_every_countys_copies_and_is_confirmed(two: tuple[Database, Database]) -> None:
    innlandet, akershus = two
    begin = len(sent(innlandet, "akershus"))
    with innlandet.work() as work:
        (here, there) = sorted(
            operations.erase_person(work, an_id("Jonas"), JONAS), key=lambda row: row["county"] == "akershus"
        )
    assert (here["county"], there["county"], there["confirmed_at"]) == ("innlandet", "akershus", None)
    assert here["confirmed_at"] is not None
    with innlandet.reading() as work:
        waiting = {"county": "akershus", "people": 1, "asked_at": format_time(work.now)}
        assert operations.waiting_erasures(work) == [waiting]
    pass_on(innlandet, akershus, begin)
    with akershus.reading() as work:
        offer = operations.get_offer(work, an_id("offer"))
        request = operations.get_request(work, an_id("request"))
        assert operations.board(work, an_id("Nes"))["items"] == []
    assert (offer["state"], offer["skills"], offer["own_words"], offer["colleague_name"]) == (
        "withdrawn",
        [],
        "",
        None,
    )
    assert (request["state"], request["host_contact_name"], request["own_words"]) == ("closed", None, "")
    assert local_events(akershus, "PersonErased") == [{"person_id": an_id("Jonas")}]
    pass_on(akershus, innlandet)
    with innlandet.reading() as work:
        rows = operations.erasure(work, an_id("Jonas"), JONAS)
    assert all(row["confirmed_at"] for row in rows)
    for database in two:
        with database.reading() as work:
            assert operations.waiting_erasures(work) == [], "others' people are not ours to wait for"
    assert "Jonas" not in json.dumps(local_events(innlandet, "ColleagueChanged")[-1])


def test_an_erased_person_is_nowhere_in_the_countys_directory(two: tuple[Database, Database]) -> None:
    innlandet, akershus = two
    with innlandet.work() as work:
        operations.erase_person(work, an_id("Jonas"), COUNTY)
    pass_on(innlandet, akershus)
    for database in two:
        with database.reading() as work:
            tables = ["libraries", "colleagues", "offers", "requests", "board_words", "outbox"]
            found = [
                table
                for table in tables
                for row in work.connection.exec_driver_sql(f"SELECT * FROM {table}").all()
                if any(word in str(row) for word in ("Jonas", "jonas@", "bokbuss"))
            ]
            index = work.connection.exec_driver_sql("SELECT block FROM board_words_data").scalars().all()
        assert found == [], database.county
        # The index keeps the end of "kjører" where another word has its beginning.
        assert not any("jør".encode() in block for block in index), database.county
    with innlandet.work() as work:
        for act in (operations.set_choices, operations.set_skills):
            with pytest.raises(NotFound):
                act(work, an_id("Jonas"), {"sharing": "all", "may_be_offered": True}, JONAS)
        person = {"id": an_id("Jonas"), "library_id": an_id("Eidskog"), "name": "Jonas"}
        with pytest.raises(SameKeyOtherBody):
            operations.write_colleague(work, person, KARI)
        with pytest.raises(NotFound):
            operations.add_colleague(work, person)


def test_what_left_keeps_its_signature_and_loses_its_names(two: tuple[Database, Database]) -> None:
    innlandet, _ = two
    key = SigningKey.from_seed(b"i" * 32)
    octets = {}
    with innlandet.work() as work:
        for seq, person in enumerate(("Jonas", "Kari"), 1):
            header = EnvelopeHeader(
                sender="innlandet",
                recipient="akershus",
                service="directory",
                seq=seq,
                epoch=1,
                prev_hash="0" * 64,
                message_id=an_id(person),
                type="OfferPublished",
                type_version=1,
                created_at=work.now,
            )
            payload = {"id": an_id(f"{person}s"), "colleague_id": an_id(person), "skills": ["x_id"]}
            octets[seq] = seal(payload, header=header, key=key)
            row = {
                "peer": "akershus",
                "seq": seq,
                "envelope_hash": str(seq) * 64,
                "message_type": "OfferPublished",
                "octets": octets[seq],
                "detached": json.dumps({"colleague_name": person}),
                "sealed_at": work.now,
            }
            work.connection.execute(insert(sent_envelopes).values(row))
    with innlandet.work() as work:
        operations.erase_person(work, an_id("Jonas"), JONAS)
    with innlandet.reading() as work:
        kept = work.connection.execute(select(sent_envelopes)).mappings().all()
        names = [row.detached for row in work.connection.execute(select(outbox)) if row.detached]
    assert [(row["octets"], row["detached"] is None) for row in kept] == [
        (octets[1], True),
        (octets[2], False),
    ]
    assert not any("Jonas" in text or "bokbuss" in text for text in names)


def test_a_restored_county_forgets_again(two: tuple[Database, Database]) -> None:
    innlandet, _ = two
    message = SentMessage(
        "akershus",
        "ErasePerson",
        1,
        {"person_id": an_id("Jonas")},
        "0" * 64,
        an_id("m"),
        innlandet.clock.now(),
    )
    with innlandet.work() as work:
        operations.own_erasure(work, message)
    assert colleague(innlandet)["name"] is None


def test_own_words_show_where_the_name_does(innlandet: Database) -> None:
    with innlandet.work() as work:
        for person, actor in (("Jonas", JONAS), ("Kari", KARI)):
            operations.set_skills(work, an_id(person), {"own_words": "Orgelspill"}, actor)
    with innlandet.reading() as work:
        seen = [operations.list_colleagues(work, an_id("Eidskog"), actor) for actor in (JONAS, SIRI, None)]
    words = [[one["own_words"] for one in people] for people in seen]
    assert words == [["Orgelspill"] * 2, ["Orgelspill", ""], ["", ""]], (
        "Kari shares with all, Jonas with nobody"
    )
