"""What a channel that carries messages to customers must do (``MessagingPort`` v1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one address; ``key`` is equal on every retry, so that a channel can drop repeats."""

    to: str
    subject: str
    text: str
    html: str
    key: str
    language: str = "pt-br"
    attachments: tuple[Attachment, ...] = ()
    sender_name: str = ""
    reply_to: str = ""


class MessagingUnavailableError(Exception):
    """The channel did not take the message; a later try may succeed."""


class AddressRefusedError(Exception):
    """The channel says that this address does not exist: no retry helps."""


class MessagingPort(Protocol):
    """A channel that carries messages."""

    name: str

    def send(self, message: Message) -> str:
        """Hand the message over; return the channel's reference. See the errors above."""
        ...
