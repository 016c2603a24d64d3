"""The e-mail channel against a real SMTP server on loopback that accepts, refuses, stalls or is not there."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django.fixtures import Settings

from atelogo.connectors.email.adapter import EmailPort, message_id
from atelogo.core import registry
from atelogo.core.ports.messaging import (
    AddressRefusedError,
    Attachment,
    Message,
    MessagingUnavailableError,
)

WORKSPACE = UUID(int=5)
Point = Callable[[int], None]


@dataclass
class Server:
    """What the SMTP server answers at RCPT and at DATA, and what it has taken in."""

    at_recipient: str = "250 OK"
    at_data: str = "250 OK"
    taken: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer to a recipient."""
        if self.at_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.at_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answer to a message, and keep it when it is accepted."""
        if self.at_data.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            parsed = email.message_from_bytes(content, policy=email.policy.default)
            assert isinstance(parsed, EmailMessage)
            self.taken.append(parsed)
        return self.at_data


def free_port() -> int:
    """Return a loopback port on which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def running(server: Server, point: Point) -> Iterator[Server]:
    """Run the SMTP server and point the settings at it."""
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    point(controller.port)
    try:
        yield server
    finally:
        controller.stop()


@pytest.fixture
def point(settings: Settings) -> Point:
    """Return how to send the settings' mail to a loopback port."""

    def to(port: int) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 2
        settings.DEFAULT_FROM_EMAIL = "avisos@aurora.example"
        settings.ATELOGO_BASE_URL = "https://sair.aurora.example"

    return to


def message(**changes: object) -> Message:
    """Return an ordinary message, changed as told."""
    given: dict[str, object] = {
        "to": "jose@example.com",
        "subject": "Cancelamento confirmado – protocolo 2026",
        "text": "Olá, José.",
        "html": "<p>Olá, José.</p>",
        "key": "receipt:1",
        "sender_name": "Padaria Aurora",
        "reply_to": "oi@aurora.example",
        "attachments": (Attachment("comprovante.json", "application/json", b'{"a":1}'),),
    }
    return Message(**(given | changes))  # type: ignore[arg-type]


def send(**changes: object) -> str:
    """Send an ordinary message by the adapter."""
    return EmailPort(WORKSPACE).send(message(**changes))


def test_it_is_the_channel_named_email() -> None:
    """The registry gives the adapter by its name."""
    assert registry.messaging_port("email", WORKSPACE).name == "email"


class TestAccepted:
    """The server takes the message in."""

    def test_what_arrives_is_what_was_given(self, point: Point) -> None:
        """Both bodies, the file, the names, and headers that keep robots from answering."""
        with running(Server(), point) as server:
            reference = send()
        (got,) = server.taken
        assert got["From"] == "Padaria Aurora <avisos@aurora.example>"
        assert (got["To"], got["Reply-To"]) == ("jose@example.com", "oi@aurora.example")
        assert got["Subject"] == "Cancelamento confirmado – protocolo 2026"
        assert got["Auto-Submitted"] == "auto-generated"
        assert got["Content-Language"] == "pt-br"
        assert got["Message-ID"] == reference
        text, html, file = (part for part in got.walk() if not part.is_multipart())
        assert text.get_content().strip() == "Olá, José."
        assert html.get_content().strip() == "<p>Olá, José.</p>"
        assert (file.get_filename(), file.get_content()) == ("comprovante.json", b'{"a":1}')

    def test_a_retry_has_the_same_message_id(self, point: Point) -> None:
        """Mail programs drop the repeat of a retry: equal keys give equal ids, other keys others."""
        with running(Server(), point) as server:
            assert send() == send()
            send(key="receipt:2")
        one, two, other = (got["Message-ID"] for got in server.taken)
        assert one == two != other
        assert one.endswith("@sair.aurora.example>")

    def test_the_key_cannot_be_read_from_the_message_id(self) -> None:
        """Keys hold internal ids, which the world need not see."""
        assert "receipt" not in message_id("receipt:0190")

    def test_a_company_name_with_signs_does_not_break_the_sender(self, point: Point) -> None:
        """Quotes, commas and line breaks in the name stay inside the name."""
        with running(Server(), point) as server:
            send(sender_name='Aurora, "Café" & Cia\r\nBcc: x@evil.example')
        (got,) = server.taken
        assert got["From"].addresses[0].addr_spec == "avisos@aurora.example"
        assert got["Bcc"] is None
        assert len(got["From"].addresses) == 1

    def test_a_line_break_in_the_subject_is_no_header(self, point: Point) -> None:
        """A subject with a line break is joined: nothing can be slipped in."""
        with running(Server(), point) as server:
            send(subject="Olá\r\nBcc: x@evil.example")
        assert server.taken[0]["Bcc"] is None
        assert server.taken[0]["Subject"] == "Olá Bcc: x@evil.example"


class TestRefused:
    """The server says no."""

    @pytest.mark.parametrize(
        "answer",
        [
            "550 no such user",
            "550 5.1.1 user unknown",
            "553 mailbox name not allowed",
            "550 5.2.1 mailbox disabled",
        ],
    )
    def test_no_such_address_is_final(self, point: Point, answer: str) -> None:
        """The mailbox does not exist: no retry helps."""
        with running(Server(at_recipient=answer), point), pytest.raises(AddressRefusedError):
            send()

    @pytest.mark.parametrize(
        "answer",
        [
            "450 try again",
            "451 4.7.1 greylisted",
            "421 too busy",
            "550 5.7.1 relaying denied",
            "552 5.2.2 mailbox full",
        ],
    )
    def test_what_is_not_about_the_address_is_tried_again(self, point: Point, answer: str) -> None:
        """Greylisting, a full mailbox, our own relay's policy: a later try may succeed."""
        with running(Server(at_recipient=answer), point), pytest.raises(MessagingUnavailableError):
            send()

    def test_a_refusal_of_the_content_is_not_one_of_the_address(self, point: Point) -> None:
        """554 after DATA (taken for spam) is seen by a person in the end, not blamed on the address."""
        with running(Server(at_data="554 5.7.1 rejected"), point), pytest.raises(MessagingUnavailableError):
            send()

    def test_a_server_that_looks_up_late_is_understood(self, point: Point) -> None:
        """A mailbox said to be unknown only after DATA is final too."""
        with running(Server(at_data="550 5.1.1 no such user"), point), pytest.raises(AddressRefusedError):
            send()

    @pytest.mark.parametrize("address", ["a@b@c", "jose@exa mple.com\r\nBcc: x@evil.example"])
    def test_a_malformed_address_is_final(self, point: Point, address: str) -> None:
        """What is no address is refused before or by the server, and nothing is slipped in."""
        with running(Server(), point) as server, pytest.raises(AddressRefusedError):
            send(to=address)
        assert server.taken == []


class TestUnreachable:
    """The server is not there."""

    def test_nobody_listens(self, point: Point) -> None:
        """A closed port is waited for."""
        point(free_port())
        with pytest.raises(MessagingUnavailableError):
            send()

    def test_a_server_that_never_greets(self, point: Point, settings: Settings) -> None:
        """A server that takes the connection and says nothing is left after the time limit."""
        with socket.create_server(("127.0.0.1", 0)) as silent:
            point(silent.getsockname()[1])
            settings.EMAIL_TIMEOUT = 0.3
            with pytest.raises(MessagingUnavailableError):
                send()

    def test_without_a_mail_server_nothing_is_said_to_be_sent(self, settings: Settings) -> None:
        """No server set: the message waits and then stands among the dead letters, never "sent"."""
        settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
        settings.ATELOGO_DEMO = False
        with pytest.raises(MessagingUnavailableError, match="ATELOGO_EMAIL_URL"):
            send()

    def test_a_demo_without_a_mail_server_keeps_its_mails_as_files(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        """In demo mode each mail is a file to look at."""
        settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
        settings.ATELOGO_DEMO, settings.ATELOGO_HOME = True, tmp_path
        reference = send()
        (kept,) = (tmp_path / "mail").iterdir()
        assert reference in kept.read_text()
