"""Notify as it runs: hears over the broker, answers calls, and sends without holding up anybody."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import eventlet
import pytest
from notify_cast import COUNTY_LIBRARY, EIDSKOG, GRUE, JONAS, KARI, SIRI, a_colleague, a_document
from smtp_server import SmtpScript, SmtpServerUnderTest, make_certificate

from byttebank.contracts.refusals import NotFound, NotYourRole
from byttebank.messaging.runner import EmbeddedFederation
from byttebank.messaging.service import ServiceRuntime
from services.notify.service import NotifyService

SECONDS = 10


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def a_library(library_id: str, name: str, kind: str = "public") -> dict[str, Any]:
    return {
        "id": library_id,
        "county": "innlandet",
        "name": f"{name} bibliotek",
        "short_name": name,
        "kind": kind,
        "version": 1,
    }


def tell(federation: EmbeddedFederation, *messages: tuple[str, dict[str, Any]]) -> None:
    """These are emitted in one transaction, and have had their effect."""
    with federation.nodes["innlandet"].database("gateway").work() as work:
        for name, body in messages:
            work.emit(name, body)
    federation.wait_until_quiet(SECONDS)


@pytest.fixture
def told(federation: EmbeddedFederation) -> EmbeddedFederation:
    """Notify knows the cast and has heard that Grue asks for Jonas."""
    county = {
        "slug": "innlandet",
        "name": "Innlandet",
        "code": "NO-34",
        "country": "NO",
        "time_zone": "Europe/Oslo",
        "language": "nb",
        "limit_half_days": 4,
        "version": 1,
    }
    tell(
        federation,
        ("CountyChanged", county),
        ("LibraryChanged", a_library(EIDSKOG, "Eidskog")),
        ("LibraryChanged", a_library(GRUE, "Grue")),
        ("LibraryChanged", a_library(COUNTY_LIBRARY, "Fylkesbiblioteket", "county")),
        ("ColleagueChanged", a_colleague(KARI, EIDSKOG, True)),
        ("ColleagueChanged", a_colleague(JONAS, EIDSKOG, False)),
        ("ColleagueChanged", a_colleague(SIRI, GRUE, True)),
    )
    tell(
        federation,
        ("EngagementChanged", a_document("proposed", 1, dates=[in_days(20)], reply_by_on=in_days(7))),
    )
    return federation


@pytest.fixture
def mail_server() -> Iterator[SmtpServerUnderTest]:
    server = SmtpServerUnderTest(SmtpScript())
    server.start()
    yield server
    server.stop()


def the_service(federation: EmbeddedFederation, **configuration: Any) -> NotifyService:
    """The service as a worker of the timers sees it."""
    node = federation.nodes["innlandet"]
    node.configuration = replace(node.configuration, **configuration)
    service = NotifyService()
    service.runtime = ServiceRuntime(node, node.database("notify"))
    return service


def test_what_is_heard_can_be_read_and_ticked_off(told: EmbeddedFederation) -> None:
    notify = told.rpc("innlandet").notify
    mine = notify.notices(EIDSKOG, person_id=JONAS)
    assert sorted(str(one["person_id"]) for one in mine) == sorted([JONAS, "None"])
    assert {one["parameters"]["host"] for one in mine} == {"Grue"}
    library = next(one for one in mine if one["person_id"] is None)
    manager = {"person_id": KARI, "library_id": EIDSKOG, "role": "library_manager", "name": "Kari"}
    assert notify.mark_read(library["id"], manager)["read_at"]
    with pytest.raises(NotYourRole):
        notify.mark_read(library["id"], {**manager, "person_id": JONAS, "role": "colleague"})


def test_the_mailbox_shows_mails_that_lead_to_the_page_of_the_county(told: EmbeddedFederation) -> None:
    mails = told.rpc("innlandet").notify.mailbox()
    assert sorted(mail["to"] for mail in mails) == ["jonas@library.example", "kari@library.example"]
    assert all(f"{told.url}/innlandet/engagements/{a_document()['id']}" in mail["text"] for mail in mails)
    assert all("Hilsen Byttebanken, Innlandet" in mail["text"] for mail in mails)


def test_outside_the_demonstration_there_is_no_mailbox_and_mails_wait(told: EmbeddedFederation) -> None:
    service = the_service(told, is_demo=False)
    service.send()
    notify = told.rpc("innlandet").notify
    assert notify.mail_backlog()["waiting"] == 2
    with pytest.raises(NotFound):
        notify.mailbox()


def test_in_the_demonstration_the_mailbox_is_where_mails_arrive(told: EmbeddedFederation) -> None:
    the_service(told).send()
    notify = told.rpc("innlandet").notify
    assert notify.mail_backlog() == {"waiting": 0, "failed": 0, "oldest_queued_at": None}
    assert all(mail["sent_at"] for mail in notify.mailbox())


def test_mails_go_out_by_smtp_when_a_server_is_named(
    told: EmbeddedFederation, mail_server: SmtpServerUnderTest
) -> None:
    the_service(told, smtp_url=f"smtp://127.0.0.1:{mail_server.port}").send()
    assert sorted(str(one["To"]) for one in mail_server.script.messages) == [
        "jonas@library.example",
        "kari@library.example",
    ]
    assert told.rpc("innlandet").notify.mail_backlog()["waiting"] == 0


def test_mails_are_encrypted_where_the_server_is_asked_to(
    told: EmbeddedFederation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path / "certificate.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server = SmtpServerUnderTest(SmtpScript(certificate=certificate, credentials=("bank", "secret")))
    server.start()
    the_service(told, smtp_url=f"smtp://bank:secret@127.0.0.1:{server.port}?starttls=required").send()
    server.stop()
    assert server.script.encrypted == [True, True]


def test_a_mail_server_that_is_down_delays_and_loses_nothing(told: EmbeddedFederation) -> None:
    server = SmtpServerUnderTest(SmtpScript())
    server._server.server_close()
    service = the_service(told, smtp_url=f"smtp://127.0.0.1:{server.port}")
    service.send()
    service.send()
    assert told.rpc("innlandet").notify.mail_backlog()["waiting"] == 2


def test_a_slow_mail_server_holds_up_neither_calls_nor_other_greenlets(
    told: EmbeddedFederation, mail_server: SmtpServerUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(answer: str = "250 ok") -> str:
        time.sleep(0.5)
        return answer

    monkeypatch.setattr(SmtpScript, "at_mail", property(lambda script: slowly()), raising=False)
    sending = eventlet.spawn(the_service(told, smtp_url=f"smtp://127.0.0.1:{mail_server.port}").send)
    beats, calls = 0, 0
    notify = told.rpc("innlandet").notify
    while not sending.dead and beats < 1000:
        eventlet.sleep(0.01)
        beats += 1
        calls += bool(notify.notices(EIDSKOG))
    sending.wait()
    assert beats > 20
    assert calls == beats
    assert len(mail_server.script.messages) == 2


def test_reminders_that_are_due_are_told(told: EmbeddedFederation) -> None:
    tell(told, ("EngagementChanged", a_document("agreed", 4, dates=[in_days(-1)])))
    the_service(told).remind()
    keys = [one["key"] for one in told.rpc("innlandet").notify.notices(GRUE)]
    assert keys == ["did_it_happen", "agreed"]


def test_a_reminder_that_cannot_be_told_leaves_the_others_alone(
    told: EmbeddedFederation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.notify.operations import engagements

    other = "018f0000-0000-7000-8000-0000000000e2"
    tell(
        told,
        ("EngagementChanged", a_document("agreed", 4, dates=[in_days(-1)])),
        ("EngagementChanged", a_document("agreed", 4, dates=[in_days(-1)], id=other)),
    )
    real = engagements.tell_reminder

    def fail_for_one(work: Any, engagement_id: str, key: str, public_url: str) -> int:
        if engagement_id != other:
            raise RuntimeError
        return real(work, engagement_id, key, public_url)

    monkeypatch.setattr(engagements, "tell_reminder", fail_for_one)
    the_service(told).remind()
    told_about = {
        one["engagement_id"]
        for one in told.rpc("innlandet").notify.notices(GRUE)
        if one["key"] == "did_it_happen"
    }
    assert told_about == {other}
    monkeypatch.undo()
    the_service(told).remind()
    assert (
        len([one for one in told.rpc("innlandet").notify.notices(GRUE) if one["key"] == "did_it_happen"]) == 2
    )
