"""A small SMTP server on a real socket, for tests: says what it is told to say and keeps what it gets."""

import base64
import ipaddress
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class SmtpScript:
    """How the server behaves, and what it has seen."""

    answers: dict[str, str] = field(default_factory=dict)
    """Recipient to the answer at RCPT; `hang up` closes the connection instead."""
    at_data: str = "250 taken"
    at_mail: str = "250 ok"
    certificate: Path | None = None
    """With a certificate the server offers STARTTLS."""
    is_tls: bool = False
    credentials: tuple[str, str] | None = None
    messages: list[EmailMessage] = field(default_factory=list)
    octets: list[bytes] = field(default_factory=list)
    connections: int = 0
    encrypted: list[bool] = field(default_factory=list)
    signed_in: list[tuple[str, str]] = field(default_factory=list)


class _Conversation(socketserver.StreamRequestHandler):
    script: SmtpScript

    def handle(self) -> None:
        self.script.connections += 1
        self.is_encrypted = self.script.is_tls
        if self.script.is_tls:
            self._encrypt()
        self._say("220 mail.example ESMTP")
        while line := self.rfile.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            if not self._obey(verb.upper(), rest):
                return

    def _obey(self, verb: str, rest: str) -> bool:
        script = self.script
        if verb == "EHLO":
            offers = ["STARTTLS"] if script.certificate and not self.is_encrypted else []
            offers += ["AUTH PLAIN"] if script.credentials else []
            lines = ["mail.example", *offers, "SMTPUTF8", "8BITMIME"]
            for line in lines[:-1]:
                self._say(f"250-{line}")
            self._say(f"250 {lines[-1]}")
        elif verb == "STARTTLS":
            self._say("220 go on")
            self._encrypt()
            self.is_encrypted = True
        elif verb == "AUTH":
            self._sign_in(rest)
        elif verb == "MAIL":
            self._say(script.at_mail)
        elif verb == "RCPT":
            answer = script.answers.get(rest.partition("<")[2].partition(">")[0], "250 ok")
            if answer == "hang up":
                return False
            self._say(answer)
        elif verb == "DATA":
            self._take()
        elif verb == "QUIT":
            self._say("221 bye")
            return False
        else:
            self._say("250 ok")
        return True

    def _take(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        if self.script.at_data.startswith("250"):
            self.script.octets.append(b"".join(lines))
            message = message_from_bytes(self.script.octets[-1], policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.script.messages.append(message)
            self.script.encrypted.append(self.is_encrypted)
        self._say(self.script.at_data)

    def _sign_in(self, rest: str) -> None:
        _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
        self.script.signed_in.append((user, password))
        is_right = (user, password) == self.script.credentials
        self._say("235 welcome" if is_right else "535 wrong user or password")

    def _encrypt(self) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        assert self.script.certificate is not None
        context.load_cert_chain(self.script.certificate)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def finish(self) -> None:
        for stream in (self.rfile, self.wfile, self.connection):
            stream.close()


class _Quiet(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves in the middle is part of the test."""


class SmtpServerUnderTest:
    """Listens on a free port of this machine from `start` to `stop`."""

    def __init__(self, script: SmtpScript) -> None:
        self.script = script
        handler = type("Conversation", (_Conversation,), {"script": script})
        self._server = _Quiet(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.port: int = self._server.server_address[1]

    def start(self) -> None:
        """It answers."""
        self._thread.start()

    def stop(self) -> None:
        """Nobody listens on the port any more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def make_certificate(path: Path) -> Path:
    """A key and a certificate for this machine that signs itself, good for a day, at the path."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(private + made.public_bytes(pem))
    return path
