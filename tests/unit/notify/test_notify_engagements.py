"""Telling people of an engagement: once each, in whatever order its messages come."""

import itertools
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from notify_cast import (
    BERIT,
    COUNTY_LIBRARY,
    EIDSKOG,
    GRUE,
    JONAS,
    KARI,
    NES,
    PUBLIC_URL,
    SIRI,
    a_colleague,
    a_document,
    an_act,
    furnish,
    hear,
    minutes_later,
)

from byttebank.contracts.fields import load
from byttebank.contracts.refusals import Malformed, NotFound, NotYourRole
from byttebank.contracts.resources import Mail, Notice
from byttebank.storage.work import Database
from services.notify.operations import copies, engagements
from services.notify.operations.mails import mailbox
from services.notify.operations.notices import mark_read, notices

YES = {"host_manager": minutes_later(0), "lender_manager": minutes_later(1), "colleague": minutes_later(2)}
STORY = (
    a_document("proposed", 1),
    a_document("proposed", 2, consents={"host_manager": YES["host_manager"], "colleague": YES["colleague"]}),
    a_document("reserving", 3, consents=YES),
    a_document("agreed", 4, consents=YES),
    a_document("carried_out", 5, consents=YES, happened={"host": True}),
    a_document("confirmed", 6, consents=YES, happened={"host": True, "lender": True}),
    a_document("settled", 7, consents=YES, happened={"host": True, "lender": True}),
)
"""Proposed to settled, as Innlandet's matching tells it."""


def mails_to(database: Database) -> list[tuple[str, str]]:
    """(to, subject) of every mail, oldest first."""
    with database.reading() as work:
        found = mailbox(work, 200, is_demo=True)
    assert all(load(Mail, mail) for mail in found)
    return [(mail["to"].split("@")[0], mail["subject"]) for mail in reversed(found)]


def told(database: Database) -> list[tuple[str, str | None, str]]:
    """(library, person, key) of every notice, sorted."""
    found = {}
    people = (None, KARI, JONAS, SIRI, BERIT)
    with database.reading() as work:
        for library_id, person_id in itertools.product((EIDSKOG, GRUE, NES, COUNTY_LIBRARY), people):
            for notice in notices(work, library_id, person_id, 200):
                load(Notice, notice)
                found[notice["id"]] = (notice["library_id"], notice["person_id"], notice["key"])
    return sorted(found.values(), key=str)


def test_a_proposal_reaches_the_manager_and_the_colleague_and_nobody_else(notify: Database) -> None:
    hear(notify, STORY[0])
    assert told(notify) == [(EIDSKOG, JONAS, "proposal"), (EIDSKOG, None, "proposal")]
    assert sorted(mails_to(notify)) == [
        ("jonas", "Forslag: Grue torsdag 26. november"),
        ("kari", "Forslag: Grue torsdag 26. november"),
    ]


def test_a_whole_story_tells_everybody_what_they_must_know(notify: Database) -> None:
    for document in STORY:
        hear(notify, document)
    by_person: dict[str, list[str]] = {}
    for name, subject in mails_to(notify):
        by_person.setdefault(name, []).append(subject.split(":")[0])
    assert by_person == {
        "kari": ["Forslag", "Avtalt", "Svar innen torsdag 10. desember", "Bekreftet"],
        "jonas": ["Forslag", "Avtalt", "Bekreftet"],
        "siri": ["Avtalt", "Bekreftet"],
    }
    assert (GRUE, None, "settled") in told(notify)


def test_the_same_message_again_tells_nobody_anything(notify: Database) -> None:
    for document in STORY:
        hear(notify, document)
    before = (told(notify), mails_to(notify))
    for document in (*STORY, *reversed(STORY)):
        hear(notify, document)
    assert (told(notify), mails_to(notify)) == before


@pytest.mark.simulation
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.sampled_from(STORY), max_size=14))
def test_in_any_order_nobody_is_told_twice_and_the_end_is_told(
    order: list[dict[str, object]], new_notify: Callable[[str], Database]
) -> None:
    database = new_notify("innlandet")
    furnish(database)
    for document in (*order, STORY[-1]):
        hear(database, document)
    found = told(database)
    assert len(found) == len(set(found))
    assert {(EIDSKOG, None, "confirmed"), (GRUE, None, "confirmed"), (EIDSKOG, JONAS, "confirmed")} <= set(
        found
    )
    assert {(EIDSKOG, None, "settled"), (GRUE, None, "settled")} <= set(found)


def test_what_is_overtaken_is_not_asked_any_more(notify: Database) -> None:
    hear(notify, STORY[3])
    hear(notify, STORY[0])
    assert "proposal" not in {key for _, _, key in told(notify)}


def test_a_second_refusal_after_a_second_try_is_told_again(notify: Database) -> None:
    refusal = {"code": "limit_hard", "parameters": {}}
    for version, state in enumerate(("refused", "refused", "reserving", "refused"), start=3):
        hear(notify, a_document(state, version, consents=YES, refusal=refusal))
    assert told(notify) == [(GRUE, None, "refused")] * 2
    assert [name for name, _ in mails_to(notify)] == ["siri", "siri"]


def test_a_manager_who_goes_herself_gets_one_mail(notify: Database) -> None:
    hear(notify, a_document("proposed", 1, colleague_id=KARI))
    assert told(notify) == [(EIDSKOG, KARI, "proposal"), (EIDSKOG, None, "proposal")]
    assert mails_to(notify) == [("kari", "Forslag: Grue torsdag 26. november")]


def test_every_manager_of_a_library_gets_the_mail(notify: Database) -> None:
    with notify.work() as work:
        copies.colleague_changed(work, a_colleague(BERIT, EIDSKOG, True, version=2))
    hear(notify, STORY[0])
    assert sorted(name for name, _ in mails_to(notify)) == ["berit", "jonas", "kari"]


@pytest.mark.parametrize("email", [None, "  "])
def test_somebody_without_an_address_has_the_notice_alone(notify: Database, email: str | None) -> None:
    with notify.work() as work:
        copies.colleague_changed(work, a_colleague(JONAS, EIDSKOG, False, email, version=2))
    hear(notify, STORY[0])
    assert (EIDSKOG, JONAS, "proposal") in told(notify)
    assert [name for name, _ in mails_to(notify)] == ["kari"]


def test_the_newest_address_counts(notify: Database) -> None:
    with notify.work() as work:
        copies.colleague_changed(work, a_colleague(JONAS, EIDSKOG, False, "new@library.example", version=3))
        copies.colleague_changed(work, a_colleague(JONAS, EIDSKOG, False, "old@library.example", version=2))
    hear(notify, STORY[0])
    assert sorted(name for name, _ in mails_to(notify)) == ["kari", "new"]


def test_a_county_tells_only_its_own_people(notify: Database, new_notify: Callable[[str], Database]) -> None:
    akershus = new_notify("akershus")
    furnish(akershus)
    between = a_document(
        "agreed", 4, home_county="akershus", host_library_id=NES, host_library_name="Nes bibliotek"
    )
    for database in (notify, akershus):
        hear(database, between)
    assert told(notify) == [(EIDSKOG, JONAS, "agreed"), (EIDSKOG, None, "agreed")]
    assert told(akershus) == [(NES, None, "agreed")]


def test_the_county_library_hears_of_a_disagreement(notify: Database) -> None:
    hear(notify, a_document("disputed", 8, happened={"host": False, "lender": True}))
    assert (COUNTY_LIBRARY, None, "disputed") in told(notify)
    assert ("berit", "Uenige om torsdag 26. november") in mails_to(notify)


def test_a_notice_nobody_needs_to_act_upon_is_not_mailed(notify: Database) -> None:
    hear(notify, a_document("no_show", 8))
    assert told(notify) == [(EIDSKOG, None, "no_show"), (GRUE, None, "no_show")]
    assert mails_to(notify) == []


def test_nothing_is_told_when_the_work_is_not_committed(notify: Database) -> None:
    def fail_at_the_end() -> None:
        with notify.work() as work:
            engagements.engagement_changed(work, STORY[0], PUBLIC_URL)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_at_the_end()
    assert (told(notify), mails_to(notify)) == ([], [])
    hear(notify, STORY[0])
    assert len(told(notify)) == 2


def test_people_are_told_before_anything_is_known_of_their_county(
    new_notify: Callable[[str], Database],
) -> None:
    database = new_notify("innlandet")
    hear(database, a_document("declined", 2, history=[an_act("declined", EIDSKOG, "lender_manager")]))
    assert told(database) == [(EIDSKOG, JONAS, "declined"), (GRUE, None, "declined")]
    with database.reading() as work:
        words = notices(work, GRUE, None, 1)[0]["parameters"]
    assert (words["library"], words["host"]) == ("Eidskog bibliotek", "Grue bibliotek")


def test_nobodys_own_words_are_kept(notify: Database) -> None:
    hear(notify, STORY[0])
    with notify.reading() as work:
        kept = work.connection.exec_driver_sql("SELECT document FROM engagements").scalar_one()
    assert "fagavdelingen" not in kept


def test_a_county_with_an_unknown_time_zone_is_refused(notify: Database) -> None:
    county = {
        "slug": "innlandet",
        "name": "Innlandet",
        "language": "nb",
        "time_zone": "Europe/Hamar",
        "version": 2,
    }
    with pytest.raises(Malformed), notify.work() as work:
        copies.county_changed(work, county)


def actor(person_id: str, library_id: str, role: str) -> dict[str, str]:
    return {"person_id": person_id, "library_id": library_id, "role": role, "name": "X"}


def test_a_notice_is_read_once_by_whom_it_concerns(notify: Database) -> None:
    hear(notify, STORY[0])
    with notify.reading() as work:
        library, personal = sorted(notices(work, EIDSKOG, JONAS, 10), key=lambda one: one["person_id"] or "")
    with notify.work() as work:
        first = mark_read(work, library["id"], actor(KARI, EIDSKOG, "library_manager"))
        mine = mark_read(work, personal["id"], actor(JONAS, EIDSKOG, "colleague"))
    assert library["read_at"] is None
    assert first["read_at"] == mine["read_at"] == "2026-11-10T09:00:00.000000Z"
    notify.clock.move_to(notify.clock.now().replace(hour=12))  # type: ignore[attr-defined]
    with notify.work() as work:
        assert mark_read(work, library["id"], actor(KARI, EIDSKOG, "library_manager")) == first


@pytest.mark.parametrize(
    ("is_personal", "who", "refusal"),
    [
        (False, actor(JONAS, EIDSKOG, "colleague"), NotYourRole(role="library_manager")),
        (True, actor(KARI, EIDSKOG, "library_manager"), NotYourRole(role="colleague")),
        (False, actor(SIRI, GRUE, "library_manager"), NotFound),
        (False, {"person_id": "nobody"}, Malformed),
    ],
)
def test_somebody_elses_notice_is_not_theirs_to_read(
    notify: Database, is_personal: bool, who: dict[str, str], refusal: object
) -> None:
    hear(notify, STORY[0])
    with notify.reading() as work:
        found = [one for one in notices(work, EIDSKOG, JONAS, 10) if bool(one["person_id"]) == is_personal]
    with (
        pytest.raises(refusal if isinstance(refusal, type) else type(refusal)) as caught,
        notify.work() as work,
    ):
        mark_read(work, found[0]["id"], who)
    if not isinstance(refusal, type):
        assert caught.value == refusal


def test_an_unknown_notice_is_not_found(notify: Database) -> None:
    with pytest.raises(NotFound), notify.work() as work:
        mark_read(work, GRUE, actor(KARI, EIDSKOG, "library_manager"))


@pytest.mark.parametrize("limit", [0, 201, True, "50"])
def test_a_limit_that_makes_no_sense_is_refused(notify: Database, limit: object) -> None:
    with pytest.raises(Malformed), notify.reading() as work:
        notices(work, EIDSKOG, None, limit)  # type: ignore[arg-type]


def test_each_wish_to_move_is_told_once_and_so_is_what_comes_of_it(notify: Database) -> None:
    def moved(version: int, *whats: str, day: str | None = None) -> None:
        move = {"dates": [day], "asked_by": GRUE, "consents": {"host_manager": minutes_later(3)}}
        history = [an_act(what, GRUE, "host_manager") for what in whats]
        changes = {"consents": YES, "history": history, "move": move if day else None}
        for _ in range(2):
            hear(notify, a_document("agreed", version, **changes))

    def told() -> list[str]:
        with notify.reading() as work:
            found = [one["key"] for one in notices(work, EIDSKOG, JONAS, 50)]
        return sorted(key for key in found if key.startswith("move"))

    moved(4, "move_asked", day="2026-12-17")
    assert told() == ["move", "move"], "the library that lends and the colleague"
    moved(5, "move_asked", "move_declined")
    assert told() == ["move", "move", "move_declined"]
    moved(6, "move_asked", "move_declined", "move_asked", day="2026-12-18")
    moved(7, "move_asked", "move_declined", "move_asked", "moved")
    assert told() == ["move"] * 4 + ["move_declined"] + ["moved"] * 2
    moved(8, "move_asked", "move_declined", "move_asked", "moved", "move_asked", "move_turned_down")
    assert told()[-3:] == ["move_turned_down", "moved", "moved"]
