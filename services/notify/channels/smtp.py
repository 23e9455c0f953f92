"""E-mail by SMTP (RFC 5321), encrypted with STARTTLS (RFC 3207) or from the first octet.

Plain blocking code: in a nameko service the standard library is patched and other greenlets go on while
this one waits. Certificates are checked against the machine's authorities; `SSL_CERT_FILE` names others.
"""

import smtplib
import ssl
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from byttebank.clock import Clock, SystemClock
from byttebank.config import ConfigurationWrong
from services.notify.domain.delivery import Delivered, Outcome, OutgoingMail, Refused, Unreached

TIMEOUT_SECONDS = 20
GOING_DOWN = 421
"""The server closes the connection for reasons of its own (RFC 5321, 3.8)."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")
OPTIONS = ("from", "starttls")
STARTTLS_CHOICES = ("required", "never")


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed over and on whose behalf."""

    host: str
    port: int
    is_tls: bool
    """TLS from the first octet (`smtps`)."""
    starttls: bool
    user: str | None
    password: str | None
    sender: str

    def __repr__(self) -> str:
        """Without the password: this may end in a log."""
        return f"SmtpServer({self.host}:{self.port}, sender={self.sender})"


def read_smtp_url(url: str, public_url: str) -> SmtpServer:
    """The server of `smtp[s]://[user:password@]host[:port][?from=address&starttls=required|never]`.

    The port is 465 for smtps, else 587 with a user and 25 without. STARTTLS is required unless the server
    is this machine or `starttls=never`. The sender is `byttebanken@` the host of `public_url` unless given.
    Refuses: `ConfigurationWrong` for another URL, and for a password that would travel unencrypted.
    """
    parts = urlsplit(url)
    options = parse_qs(parts.query)
    try:
        port = parts.port
    except ValueError as error:
        raise _wrong("its port is not a number from 1 to 65535") from error
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise _wrong("it must begin with smtp:// or smtps:// and name a server")
    if set(options) - set(OPTIONS):
        raise _wrong(f"after the question mark it knows {' and '.join(OPTIONS)} only")
    is_tls = parts.scheme == "smtps"
    starttls = options.get("starttls", ["never" if is_tls or parts.hostname in LOOPBACK else "required"])[0]
    if starttls not in STARTTLS_CHOICES:
        raise _wrong(f"starttls must be {' or '.join(STARTTLS_CHOICES)}")
    user = unquote(parts.username) if parts.username else None
    if user and starttls == "never" and not is_tls and parts.hostname not in LOOPBACK:
        raise _wrong("a password must not travel unencrypted; use smtps:// or starttls=required")
    return SmtpServer(
        host=parts.hostname,
        port=port or (465 if is_tls else 587 if user else 25),
        is_tls=is_tls,
        starttls=starttls == "required" and not is_tls,
        user=user,
        password=unquote(parts.password) if parts.password else None,
        sender=_sender(options.get("from", [""])[0], public_url),
    )


class SmtpChannel:
    """Hands mails to one SMTP server, a whole batch over one connection."""

    name = "smtp"

    def __init__(self, server: SmtpServer, clock: Clock | None = None) -> None:
        self._server = server
        self._clock = clock or SystemClock()

    def deliver(self, mails: Iterable[OutgoingMail]) -> Iterator[tuple[str, Outcome]]:
        """Each mail's outcome as soon as the server has answered. Without a server all are unreached.

        A connection lost over one mail is opened anew for the next, so that no mail holds up the others.
        """
        waiting = list(mails)
        while waiting:
            try:
                connection = self._connect()
            except (OSError, smtplib.SMTPException) as error:
                yield from ((mail.id, Unreached(_reason(error))) for mail in waiting)
                return
            try:
                outcome: Outcome = Delivered()
                while waiting and not isinstance(outcome, Unreached):
                    mail = waiting.pop(0)
                    outcome = self._send(connection, mail)
                    yield mail.id, outcome
            finally:
                _leave(connection)

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        context = ssl.create_default_context()
        connection: smtplib.SMTP
        if server.is_tls:
            connection = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
        try:
            if server.starttls:
                connection.starttls(context=context)
            if server.user:
                connection.login(server.user, server.password or "")
        except BaseException:
            connection.close()
            raise
        return connection

    def _send(self, connection: smtplib.SMTP, mail: OutgoingMail) -> Outcome:
        try:
            message = self._message(mail)
            connection.send_message(message, from_addr=self._server.sender, to_addrs=[mail.to_address])
        except OSError as error:  # smtplib's own exceptions are of this kind too
            is_about_the_mail = isinstance(error, _ABOUT_THE_MAIL) and _code(error) != GOING_DOWN
            return Refused(_reason(error)) if is_about_the_mail else Unreached(_reason(error))
        except ValueError as error:
            return Refused(f"The mail cannot be written: {error}")
        return Delivered()

    def _message(self, mail: OutgoingMail) -> EmailMessage:
        message = EmailMessage()
        message["From"] = Address("Byttebanken", addr_spec=self._server.sender)
        message["To"] = Address(addr_spec=mail.to_address)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = mail.message_id
        message["References"] = mail.thread_id
        message["Content-Language"] = mail.language
        # RFC 3834: nobody's out-of-office answers this.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        return message


# A sender that is refused is the configuration's fault: every mail has the same one.
_ABOUT_THE_MAIL = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPNotSupportedError)


def _leave(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()


def _code(error: Exception) -> int | None:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))[0]
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None


def _reason(error: Exception) -> str:
    """One line for the log and the operator."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return f"{code} {_readable(text)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_readable(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _readable(text: bytes | str) -> str:
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(shown.split())


def _sender(given: str, public_url: str) -> str:
    host = urlsplit(public_url).hostname or "localhost"
    address = given or f"byttebanken@{host}"
    if parseaddr(address)[1] != address or "@" not in address:
        raise _wrong(f"{address!r} is not an e-mail address to send from")
    return address


def _wrong(why: str) -> ConfigurationWrong:
    return ConfigurationWrong(
        f"BYTTEBANK_SMTP_URL cannot be used: {why}."
        " It looks like smtp://user:password@mail.example.org:587?from=byttebanken@example.org"
    )
