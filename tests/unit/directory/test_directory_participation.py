"""A library comes in by its own link, and accepts the participation agreement."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from directory_cast import KARI, NOW, SIRI, an_actor, an_id, local_events
from sqlalchemy import select

from byttebank.clock import FixedClock
from byttebank.contracts.fields import load
from byttebank.contracts.participation import PARTICIPATION_VERSION, Invitation, Participation
from byttebank.contracts.participation_refusals import AgreementChanged, InvitationEnded
from byttebank.contracts.refusals import (
    FieldMissing,
    Malformed,
    NotFound,
    NotYourRole,
    Refusal,
    SameKeyOtherBody,
)
from byttebank.storage import messages
from byttebank.storage.work import Database
from services.directory import operations
from services.directory.storage import participation as stored

Document = dict[str, Any]
DAG = an_actor("Dag", "Hamar", "county")
TOKEN, OTHER_TOKEN = "t" * 43, "u" * 43
ACCEPTED = {"version": PARTICIPATION_VERSION, "capacity": "delegate"}


def do(database: Database, operation: Any, *arguments: Any) -> Any:
    with database.work() as work:
        return operation(work, *arguments)


def an_invitation(**changes: Any) -> Document:
    return {
        "id": an_id("Ny"),
        "library_id": an_id("Grue"),
        "name": "Ny Leder",
        "email": "ny@grue.example",
        "token": TOKEN,
        **changes,
    }


def invite(database: Database, **changes: Any) -> Document:
    invited: Document = do(database, operations.invite_library, an_invitation(**changes), DAG)
    return invited


def join(database: Database, token: str = TOKEN, **changes: Any) -> Document:
    joined: Document = do(database, operations.join_library, token, {"name": "Ny Leder", **changes})
    return joined


def test_an_invitation_is_open_for_two_weeks_and_its_letter_is_on_the_way(innlandet: Database) -> None:
    invited = invite(innlandet)
    assert load(Invitation, invited) == invited
    assert (invited["state"], invited["expires_at"]) == ("open", "2026-12-07T09:00:00.000000Z")
    (letter,) = local_events(innlandet, "LibraryInvited")
    assert (letter["token"], letter["library"], letter["occasion"]) == (TOKEN, "Grue", 1)


def test_only_the_hash_of_the_link_is_kept(innlandet: Database) -> None:
    invite(innlandet)
    with innlandet.work() as work:
        waiting = messages.waiting_outbox(work.connection, limit=100, is_local=True)
        assert operations.forget_links(work) == 0, "the letter has not left"
        messages.mark_published(work.connection, [row.id for row in waiting], work.now)
        assert operations.forget_links(work) == 1
        assert operations.forget_links(work) == 0
        bodies = work.connection.execute(select(messages.outbox.c.body)).scalars().all()
        rows = work.connection.execute(select(stored.invitations)).all()
    assert TOKEN not in str(bodies)
    assert TOKEN not in str(rows)


def test_the_same_invitation_twice_is_one_letter(innlandet: Database) -> None:
    assert invite(innlandet) == invite(innlandet)
    assert len(local_events(innlandet, "LibraryInvited")) == 1
    with pytest.raises(SameKeyOtherBody):
        invite(innlandet, email="en.annen@grue.example")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"library_id": an_id("Nes")}, NotFound),
        ({"token": "short"}, Malformed),
        ({"email": "grue.example"}, Malformed),
        ({"name": ""}, Malformed),
        ({"id": "x"}, Malformed),
    ],
)
def test_what_cannot_be_an_invitation_is_refused_and_nobody_gets_a_letter(
    innlandet: Database, changes: Document, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        invite(innlandet, **changes)
    assert local_events(innlandet, "LibraryInvited") == []


def test_only_the_county_library_invites_renews_withdraws_and_lists(innlandet: Database) -> None:
    invite(innlandet)
    for actor in (KARI, SIRI):
        for operation, arguments in (
            (operations.invite_library, (an_invitation(), actor)),
            (operations.renew_invitation, (an_id("Ny"), OTHER_TOKEN, actor)),
            (operations.withdraw_invitation, (an_id("Ny"), actor)),
            (operations.invitations, (actor,)),
            (operations.participations, (actor,)),
        ):
            with pytest.raises(NotYourRole):
                do(innlandet, operation, *arguments)


def test_whoever_joins_manages_the_library_and_the_link_is_used(innlandet: Database) -> None:
    invite(innlandet)
    page = {"contact_email": "post@grue.example"}
    colleague = join(innlandet, page=page, acceptance=ACCEPTED, language="nn")
    assert (colleague["id"], colleague["is_manager"]) == (an_id("Ny"), True)
    assert (colleague["email"], colleague["language"]) == ("ny@grue.example", "nn")
    with innlandet.reading() as work:
        assert operations.get_library(work, an_id("Grue"))["contact_email"] == "post@grue.example"
        assert operations.open_invitation(work, TOKEN)["state"] == "used"
    (told,) = local_events(innlandet, "ParticipationAccepted")
    assert (told["library_id"], told["version"]) == (an_id("Grue"), PARTICIPATION_VERSION)
    assert join(innlandet, name="En Annen") == colleague, (
        "a step that was cut off is finished, not done again"
    )
    assert len(local_events(innlandet, "ParticipationAccepted")) == 1


def test_a_library_may_be_in_before_its_management_has_approved(innlandet: Database) -> None:
    invite(innlandet)
    join(innlandet)
    assert local_events(innlandet, "ParticipationAccepted") == []
    actor = an_actor("Ny", "Grue", "library_manager")
    assert not do(innlandet, operations.participation, an_id("Grue"), actor)["is_accepted"]


def test_joining_is_all_or_nothing(innlandet: Database) -> None:
    invite(innlandet)
    for changes, refusal in (
        ({"acceptance": {"version": PARTICIPATION_VERSION + 1, "capacity": "delegate"}}, AgreementChanged),
        ({"acceptance": {**ACCEPTED, "capacity": "management"}}, FieldMissing),
        ({"page": {"website": "grue.example"}}, Malformed),
        ({"name": ""}, Malformed),
    ):
        with pytest.raises(refusal):
            join(innlandet, **changes)
    with innlandet.reading() as work:
        assert operations.open_invitation(work, TOKEN)["state"] == "open"
        assert an_id("Ny") not in {one["id"] for one in operations.list_colleagues(work, an_id("Grue"))}


def test_after_two_weeks_the_link_opens_nothing_until_it_is_renewed(
    innlandet: Database, clock: FixedClock
) -> None:
    invite(innlandet)
    clock.move_to(NOW + timedelta(days=14))
    with pytest.raises(InvitationEnded) as ended:
        join(innlandet)
    assert ended.value.parameters == {"state": "expired"}
    renewed = do(innlandet, operations.renew_invitation, an_id("Ny"), OTHER_TOKEN, DAG)
    assert renewed["state"] == "open"
    assert [one["occasion"] for one in local_events(innlandet, "LibraryInvited")] == [1, 2]
    with pytest.raises(NotFound):
        join(innlandet)
    join(innlandet, OTHER_TOKEN)
    with pytest.raises(InvitationEnded):
        do(innlandet, operations.renew_invitation, an_id("Ny"), "v" * 43, DAG)


def test_a_withdrawn_link_opens_nothing_and_a_used_one_is_not_withdrawn(innlandet: Database) -> None:
    invite(innlandet)
    for _ in range(2):
        assert do(innlandet, operations.withdraw_invitation, an_id("Ny"), DAG)["state"] == "withdrawn"
    with pytest.raises(InvitationEnded) as ended:
        join(innlandet)
    assert ended.value.parameters == {"state": "withdrawn"}
    do(innlandet, operations.renew_invitation, an_id("Ny"), OTHER_TOKEN, DAG)
    join(innlandet, OTHER_TOKEN)
    with pytest.raises(InvitationEnded):
        do(innlandet, operations.withdraw_invitation, an_id("Ny"), DAG)


@pytest.mark.parametrize("token", ["", "x", "æ" * 40, "t" * 42, "t" * 5000, None])
def test_a_link_that_is_none_is_not_found(innlandet: Database, token: Any) -> None:
    invite(innlandet)
    with pytest.raises(NotFound):
        do(innlandet, operations.open_invitation, token)


def test_the_manager_accepts_with_delegated_authority_once_for_each_version(innlandet: Database) -> None:
    first = do(innlandet, operations.accept_participation, an_id("Eidskog"), ACCEPTED, KARI)
    assert load(Participation, first) == first
    assert (first["is_accepted"], first["person_id"], first["capacity"]) == (True, an_id("Kari"), "delegate")
    by_management = {**ACCEPTED, "capacity": "management", "approved_by": "A", "approver_title": "B"}
    assert do(innlandet, operations.accept_participation, an_id("Eidskog"), by_management, KARI) == first
    assert len(local_events(innlandet, "ParticipationAccepted")) == 1


def test_what_the_management_has_approved_names_who_in_it(innlandet: Database) -> None:
    acceptance = {**ACCEPTED, "capacity": "management", "approved_by": " Rita Ås ", "approver_title": "x"}
    for missing in ("approved_by", "approver_title"):
        arguments = (an_id("Grue"), {**acceptance, missing: " "}, SIRI)
        with pytest.raises(FieldMissing):
            do(innlandet, operations.accept_participation, *arguments)
    accepted = do(innlandet, operations.accept_participation, an_id("Grue"), acceptance, SIRI)
    assert (accepted["approved_by"], accepted["approver_title"]) == ("Rita Ås", "x")


def test_nobody_accepts_for_another_library_nor_another_version(innlandet: Database) -> None:
    for actor in (KARI, DAG, an_actor("Ola", "Grue")):
        with pytest.raises(NotYourRole):
            do(innlandet, operations.accept_participation, an_id("Grue"), ACCEPTED, actor)
    old = {**ACCEPTED, "version": PARTICIPATION_VERSION - 1}
    with pytest.raises(AgreementChanged):
        do(innlandet, operations.accept_participation, an_id("Grue"), old, SIRI)


def test_the_county_sees_who_has_accepted_and_who_has_not(innlandet: Database) -> None:
    do(innlandet, operations.accept_participation, an_id("Eidskog"), ACCEPTED, KARI)
    seen = do(innlandet, operations.participations, DAG)
    assert [(one["library_id"], one["is_accepted"]) for one in seen] == [
        (an_id("Eidskog"), True),
        (an_id("Grue"), False),
    ]
    with pytest.raises(NotYourRole):
        do(innlandet, operations.participation, an_id("Eidskog"), SIRI)


def test_an_old_acceptance_stands_and_does_not_count(
    innlandet: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    do(innlandet, operations.accept_participation, an_id("Eidskog"), ACCEPTED, KARI)
    module = import_module("services.directory.operations.participation")
    monkeypatch.setattr(module, "PARTICIPATION_VERSION", PARTICIPATION_VERSION + 1)
    seen = do(innlandet, operations.participation, an_id("Eidskog"), KARI)
    assert (seen["is_accepted"], seen["version"]) == (False, PARTICIPATION_VERSION)


def test_who_is_erased_is_in_no_invitation_and_comes_in_no_more(innlandet: Database) -> None:
    invite(innlandet)
    join(innlandet)
    do(innlandet, operations.erase_person, an_id("Ny"), DAG)
    (invitation,) = do(innlandet, operations.invitations, DAG)
    assert (invitation["name"], invitation["email"]) == ("", "")
    assert load(Invitation, invitation) == invitation
    with pytest.raises(InvitationEnded):
        join(innlandet)


def test_what_is_kept_of_a_person_names_how_she_came_in_and_what_she_accepted(innlandet: Database) -> None:
    invite(innlandet)
    join(innlandet, acceptance=ACCEPTED)
    kept = do(innlandet, operations.export_person, an_id("Ny"), DAG)
    assert kept["invitation"]["email"] == "ny@grue.example"
    assert [one["version"] for one in kept["acceptances"]] == [PARTICIPATION_VERSION]
    assert TOKEN not in str(kept)


def by_management(**changes: Any) -> Document:
    named = {"approved_by": "Rita Ås", "approver_title": "rektor"}
    return {**ACCEPTED, "capacity": "management", **named, **changes}


def test_who_approved_is_replaced_or_removed_and_who_accepted_what_and_when_stays(
    innlandet: Database, clock: FixedClock
) -> None:
    accepted = do(innlandet, operations.accept_participation, an_id("Eidskog"), by_management(), KARI)
    clock.move_to(NOW + timedelta(days=40))
    name = operations.name_approver
    new = {"approved_by": " Per Lund ", "approver_title": "kommunedirektør"}
    replaced = do(innlandet, name, an_id("Eidskog"), new, KARI)
    assert replaced == {**accepted, "approved_by": "Per Lund", "approver_title": "kommunedirektør"}
    assert do(innlandet, operations.participation, an_id("Eidskog"), KARI) == replaced
    for half in ({"approved_by": "Per"}, {"approver_title": "rektor"}):
        with pytest.raises(FieldMissing):
            do(innlandet, name, an_id("Eidskog"), half, KARI)
    cleared = do(innlandet, name, an_id("Eidskog"), {}, KARI)
    assert cleared == {**accepted, "approved_by": "", "approver_title": ""}
    assert do(innlandet, operations.participation, an_id("Eidskog"), KARI) == cleared
    assert len(local_events(innlandet, "ParticipationAccepted")) == 1


def test_only_the_manager_of_a_library_that_the_management_approved_for_names_who(
    innlandet: Database,
) -> None:
    with pytest.raises(NotFound):
        do(innlandet, operations.name_approver, an_id("Eidskog"), {}, KARI)
    do(innlandet, operations.accept_participation, an_id("Eidskog"), by_management(), KARI)
    with pytest.raises(NotYourRole):
        do(innlandet, operations.name_approver, an_id("Eidskog"), {}, SIRI)
    do(innlandet, operations.accept_participation, an_id("Grue"), ACCEPTED, SIRI)
    with pytest.raises(NotFound):
        do(innlandet, operations.name_approver, an_id("Grue"), {}, SIRI)


def test_removed_from_the_newest_agreement_she_is_in_no_older_one_either(
    innlandet: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    do(innlandet, operations.accept_participation, an_id("Grue"), by_management(), SIRI)
    newer = PARTICIPATION_VERSION + 1
    for place in ("operations.participation", "domain.invitation"):
        module = import_module(f"services.directory.{place}")
        monkeypatch.setattr(module, "PARTICIPATION_VERSION", newer, raising=False)
    do(innlandet, operations.accept_participation, an_id("Grue"), by_management(version=newer), SIRI)
    do(innlandet, operations.name_approver, an_id("Grue"), {}, SIRI)
    with innlandet.reading() as work:
        named = work.connection.exec_driver_sql("SELECT version, approved_by FROM participations").all()
    assert sorted(map(tuple, named)) == [(PARTICIPATION_VERSION, ""), (newer, "")]


def test_who_approved_takes_it_along_and_is_erased_with_her_name(innlandet: Database) -> None:
    jonas = by_management(approved_by="JONAS ")
    do(innlandet, operations.accept_participation, an_id("Eidskog"), jonas, KARI)
    do(innlandet, operations.accept_participation, an_id("Grue"), by_management(approved_by="Jonas"), SIRI)
    (named,) = do(innlandet, operations.export_person, an_id("Jonas"), KARI)["named_as_approver"]
    assert (named["library_id"], named["approved_by"], named["version"]) == (an_id("Eidskog"), "JONAS", 1)
    assert do(innlandet, operations.export_person, an_id("Kari"), KARI)["named_as_approver"] == []
    do(innlandet, operations.erase_person, an_id("Jonas"), KARI)
    eidskog = do(innlandet, operations.participation, an_id("Eidskog"), KARI)
    assert (eidskog["approved_by"], eidskog["approver_title"]) == ("", "")
    assert (eidskog["is_accepted"], eidskog["person_id"]) == (True, an_id("Kari"))
    assert do(innlandet, operations.participation, an_id("Grue"), SIRI)["approved_by"] == "Jonas"
    do(innlandet, operations.erase_person, an_id("Jonas"), KARI)
