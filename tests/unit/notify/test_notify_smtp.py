"""The SMTP channel against a server on a real socket."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from notify_cast import NOW
from smtp_server import SmtpScript, SmtpServerUnderTest, make_certificate

from byttebank.clock import FixedClock
from byttebank.config import ConfigurationWrong
from services.notify.channels import open_channel
from services.notify.channels.mailbox import MailboxChannel
from services.notify.channels.smtp import SmtpChannel, read_smtp_url
from services.notify.domain.delivery import Delivered, Outcome, OutgoingMail, Refused, Unreached

pytestmark = pytest.mark.simulation
"""Takes seconds: a mail server is spoken to."""

Serve = Callable[..., SmtpServerUnderTest]


def a_mail(number: int = 1, to: str = "", **changes: str) -> OutgoingMail:
    fields = {
        "id": f"mail-{number}",
        "to_address": to or f"person{number}@library.example",
        "message_id": f"<notice-{number}@byttebank.example>",
        "thread_id": "<engagement@byttebank>",
        "language": "nb",
        "subject": "Avtalt: Grue torsdag 26. november, på nett",
        "text": "Hei,\n\nAvtalt: Åse fra Eidskog hjelper dere.\n",
        "html": "<p>Avtalt: Åse fra Eidskog hjelper dere.</p>",
    }
    return OutgoingMail(**{**fields, **changes})


@pytest.fixture
def serve() -> Iterator[Serve]:
    started = []

    def start(**script: Any) -> SmtpServerUnderTest:
        server = SmtpServerUnderTest(SmtpScript(**script))
        server.start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls") / "certificate.pem")


def channel(server: SmtpServerUnderTest, url: str = "smtp://127.0.0.1:{port}") -> SmtpChannel:
    smtp = read_smtp_url(url.format(port=server.port), "https://byttebank.example/innlandet")
    return SmtpChannel(smtp, FixedClock(NOW))


def deliver(to: SmtpChannel, *mails: OutgoingMail) -> dict[str, Outcome]:
    return dict(to.deliver(mails))


def test_a_mail_arrives_whole(serve: Serve) -> None:
    server = serve()
    assert deliver(channel(server), a_mail()) == {"mail-1": Delivered()}
    (message,) = server.script.messages
    assert message["To"] == "person1@library.example"
    assert message["From"] == "Byttebanken <byttebanken@byttebank.example>"
    assert message["Subject"] == "Avtalt: Grue torsdag 26. november, på nett"
    assert message["Message-ID"] == "<notice-1@byttebank.example>"
    assert message["References"] == "<engagement@byttebank>"
    assert message["Date"] == "Tue, 10 Nov 2026 09:00:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == "Hei,\n\nAvtalt: Åse fra Eidskog hjelper dere.\n"
    assert "<p>Avtalt: Åse" in html.get_content()


def test_ids_arrive_as_they_are(serve: Serve) -> None:
    server = serve()
    message_id = f"<{'n' * 36}.{'p' * 36}@byttebank.a-county-with-a-long-name.example>"
    thread_id = f"<{'e' * 36}@byttebank>"
    deliver(channel(server), a_mail(message_id=message_id, thread_id=thread_id))
    (octets,) = server.script.octets
    assert f"Message-ID: {message_id}\r\n".encode() in octets
    assert f"References: {thread_id}\r\n".encode() in octets


def test_a_batch_goes_over_one_connection(serve: Serve) -> None:
    server = serve()
    outcomes = deliver(channel(server), *(a_mail(number) for number in range(5)))
    assert set(outcomes.values()) == {Delivered()}
    assert (server.script.connections, len(server.script.messages)) == (1, 5)


def test_no_mails_need_no_connection(serve: Serve) -> None:
    server = serve()
    assert deliver(channel(server)) == {}
    assert server.script.connections == 0


def test_without_a_server_every_mail_waits(serve: Serve) -> None:
    server = SmtpServerUnderTest(SmtpScript())
    server._server.server_close()
    outcomes = deliver(channel(server), a_mail(1), a_mail(2))
    assert [type(outcome) for outcome in outcomes.values()] == [Unreached, Unreached]


def test_one_refused_recipient_does_not_stop_the_others(serve: Serve) -> None:
    server = serve(answers={"person2@library.example": "550 no such person"})
    outcomes = deliver(channel(server), a_mail(1), a_mail(2), a_mail(3))
    assert outcomes == {"mail-1": Delivered(), "mail-2": Refused("550 no such person"), "mail-3": Delivered()}


def test_a_mail_that_makes_the_server_hang_up_does_not_hold_up_the_others(serve: Serve) -> None:
    server = serve(answers={"person2@library.example": "hang up"})
    outcomes = deliver(channel(server), a_mail(1), a_mail(2), a_mail(3))
    assert [type(outcome) for outcome in outcomes.values()] == [Delivered, Unreached, Delivered]
    assert server.script.connections == 2


def test_a_server_that_is_closing_is_no_fault_of_the_mail(serve: Serve) -> None:
    server = serve(answers={"person1@library.example": "421 closing"})
    assert deliver(channel(server), a_mail(1)) == {"mail-1": Unreached("421 closing")}


def test_a_refused_content_is_the_mails_fault_and_a_refused_sender_is_not(serve: Serve) -> None:
    assert deliver(channel(serve(at_data="554 looks like spam")), a_mail()) == {
        "mail-1": Refused("554 looks like spam")
    }
    assert deliver(channel(serve(at_mail="550 who are you")), a_mail()) == {
        "mail-1": Unreached("550 who are you")
    }


@pytest.mark.parametrize(
    "changes", [{"subject": "two\nlines"}, {"to": "no address"}, {"to": "a@b.example\r\nBcc: c@d.example"}]
)
def test_a_mail_that_cannot_be_written_is_refused_by_itself(serve: Serve, changes: dict[str, str]) -> None:
    server = serve()
    outcomes = deliver(channel(server), a_mail(1, **changes), a_mail(2))
    assert isinstance(outcomes["mail-1"], Refused)
    assert outcomes["mail-2"] == Delivered()
    assert len(server.script.messages) == 1


def test_starttls_is_used_before_anything_is_said(
    serve: Serve, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server = serve(certificate=certificate, credentials=("byttebank", "p@ss word"))
    url = "smtp://byttebank:p%40ss%20word@127.0.0.1:{port}?starttls=required&from=bank@library.example"
    assert deliver(channel(server, url), a_mail()) == {"mail-1": Delivered()}
    assert server.script.encrypted == [True]
    assert server.script.signed_in == [("byttebank", "p@ss word")]
    assert server.script.messages[0]["From"] == "Byttebanken <bank@library.example>"


def test_tls_from_the_first_octet(serve: Serve, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server = serve(certificate=certificate, is_tls=True)
    assert deliver(channel(server, "smtps://localhost:{port}"), a_mail()) == {"mail-1": Delivered()}
    assert server.script.encrypted == [True]


def test_a_certificate_nobody_vouches_for_gets_no_mail(serve: Serve, certificate: Path) -> None:
    server = serve(certificate=certificate)
    outcomes = deliver(channel(server, "smtp://127.0.0.1:{port}?starttls=required"), a_mail())
    assert isinstance(outcomes["mail-1"], Unreached)
    assert "certificate" in outcomes["mail-1"].reason
    assert server.script.messages == []


def test_a_server_that_offers_no_encryption_where_it_is_required_gets_no_mail(serve: Serve) -> None:
    server = serve()
    outcomes = deliver(channel(server, "smtp://127.0.0.1:{port}?starttls=required"), a_mail())
    assert isinstance(outcomes["mail-1"], Unreached)
    assert server.script.messages == []


def test_a_wrong_password_makes_mails_wait(serve: Serve) -> None:
    server = serve(credentials=("byttebank", "right"))
    outcomes = deliver(channel(server, "smtp://byttebank:wrong@127.0.0.1:{port}"), a_mail())
    assert outcomes == {"mail-1": Unreached("535 wrong user or password")}


def test_the_url_says_where_and_how() -> None:
    server = read_smtp_url("smtp://mail.example.org", "https://bank.example.org")
    assert (server.host, server.port, server.starttls, server.is_tls) == ("mail.example.org", 25, True, False)
    assert server.sender == "byttebanken@bank.example.org"
    assert read_smtp_url("smtp://u:p@mail.example.org", "http://x").port == 587
    assert read_smtp_url("smtps://mail.example.org", "http://x").port == 465
    assert not read_smtp_url("smtp://localhost", "http://x").starttls
    assert not read_smtp_url("smtp://mail.example.org?starttls=never", "http://x").starttls
    assert "secret" not in repr(read_smtp_url("smtp://u:secret@mail.example.org", "http://x"))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://mail.example.org", "begin with smtp"),
        ("smtp://", "name a server"),
        ("smtp://mail.example.org:99999", "port"),
        ("smtp://mail.example.org?tls=yes", "knows from and starttls only"),
        ("smtp://mail.example.org?starttls=maybe", "starttls must be"),
        ("smtp://mail.example.org?from=nobody", "not an e-mail address"),
        ("smtp://u:p@mail.example.org?starttls=never", "unencrypted"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_with_the_reason(url: str, why: str) -> None:
    with pytest.raises(ConfigurationWrong, match=why) as caught:
        read_smtp_url(url, "http://localhost:8000")
    assert "BYTTEBANK_SMTP_URL" in str(caught.value)


def test_the_node_decides_which_channel() -> None:
    def chosen(smtp_url: str, is_demo: bool) -> object:
        return open_channel(smtp_url=smtp_url, is_demo=is_demo, public_url="http://localhost:8000")

    assert isinstance(chosen("smtp://localhost", True), SmtpChannel)
    assert isinstance(chosen("smtp://localhost", False), SmtpChannel)
    assert isinstance(chosen("", True), MailboxChannel)
    assert chosen("", False) is None
