"""Messages as e-mail (RFC 5322) over Django's mail backend, with the server's refusals told apart."""

from __future__ import annotations

import hashlib
import re
import smtplib
from email.headerregistry import Address
from email.utils import parseaddr
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection

from atelogo.core.ports.messaging import AddressRefusedError, Message, MessagingUnavailableError

if TYPE_CHECKING:
    from django.core.mail.backends.base import BaseEmailBackend

_DUMMY = "django.core.mail.backends.dummy.EmailBackend"
_DEMO_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
# RFC 5321 4.2.3: the mailbox does not exist, or its name is not allowed.
_NO_SUCH_ADDRESS = frozenset({501, 550, 551, 553})
# RFC 3463: 5.1.x speaks of the address, 5.2.1 of a closed mailbox; 5.7.x and others speak of us or of policy.
_OF_ADDRESS = re.compile(r"5\.(1\.\d+|2\.1)\b")
_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_PERMANENT = 500


class EmailPort:
    """The workspace's e-mail channel."""

    name = "email"

    def __init__(self, workspace_id: UUID) -> None:
        self.workspace_id = workspace_id

    def send(self, message: Message) -> str:
        """Hand the message to the mail server and return its Message-ID, equal on every retry.

        Raises :class:`AddressRefusedError` when the server says that the address does not exist, and
        :class:`MessagingUnavailableError` for everything that a later try may not meet: no server set, server
        down or slow, a temporary refusal, a refusal by policy.
        """
        reference = message_id(message.key)
        mail = _mail(message, reference)
        try:
            mail.connection = _connection()
            mail.send(fail_silently=False)
        except smtplib.SMTPRecipientsRefused as refused:
            raise _of_recipients(refused) from refused
        except smtplib.SMTPSenderRefused as refused:
            raise MessagingUnavailableError(f"sender refused: {refused.smtp_code}") from refused
        except smtplib.SMTPResponseException as refused:
            raise _of_answer(refused.smtp_code, refused.smtp_error) from refused
        except (smtplib.SMTPException, OSError) as error:
            raise MessagingUnavailableError(type(error).__name__) from error
        except (BadHeaderError, UnicodeError, ValueError) as error:
            raise AddressRefusedError("malformed address") from error
        return reference


def message_id(key: str) -> str:
    """Return the Message-ID of a message key: equal for equal keys, and the key cannot be read from it."""
    host = urlsplit(settings.ATELOGO_BASE_URL).hostname or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{host}>"


def _mail(message: Message, reference: str) -> EmailMultiAlternatives:
    headers = {
        "Message-ID": reference,
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers
        "X-Auto-Response-Suppress": "All",
        "Content-Language": message.language,
    }
    mail = EmailMultiAlternatives(
        subject=" ".join(message.subject.split()),
        body=message.text,
        from_email=_sender(message.sender_name),
        to=[message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers=headers,
    )
    mail.attach_alternative(message.html, "text/html")
    for file in message.attachments:
        mail.attach(file.name, file.content, file.media_type)
    return mail


def _sender(name: str) -> str:
    """Return the installation's address under the company's name."""
    _own_name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    shown = " ".join(name.split())
    return str(Address(display_name=shown, addr_spec=address)) if shown else address


def _connection() -> BaseEmailBackend:
    """Return the way to the mail server; a demo without one keeps its mails as files."""
    if settings.EMAIL_BACKEND != _DUMMY:
        return get_connection()
    if settings.ATELOGO_DEMO:
        return get_connection(_DEMO_BACKEND, file_path=str(settings.ATELOGO_HOME / "mail"))
    # Saying "sent" would be untrue: the message waits, and then stands among the dead letters.
    raise MessagingUnavailableError("no mail server is set: ATELOGO_EMAIL_URL")


def _of_recipients(refused: smtplib.SMTPRecipientsRefused) -> Exception:
    answers = list(refused.recipients.values())
    code, said = answers[0] if answers else (0, b"")
    return _of_answer(code, said, at_recipient=True)


def _of_answer(code: int, said: bytes | str, *, at_recipient: bool = False) -> Exception:
    """Turn a server's refusal into an error of the port, by its code and enhanced code alone."""
    text = said.decode("ascii", "replace") if isinstance(said, bytes) else str(said)
    enhanced = _ENHANCED.search(text)
    if code >= _PERMANENT and _speaks_of_address(code, enhanced[0] if enhanced else "", at_recipient):
        return AddressRefusedError(f"refused: {code}")
    return MessagingUnavailableError(f"refused: {code}")


def _speaks_of_address(code: int, enhanced: str, at_recipient: bool) -> bool:  # noqa: FBT001
    if enhanced:
        return bool(_OF_ADDRESS.match(enhanced))
    return at_recipient and code in _NO_SUCH_ADDRESS
