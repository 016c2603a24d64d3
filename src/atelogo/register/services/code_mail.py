"""The message that carries a one-time code to the address on file."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from atelogo.core import registry
from atelogo.core.ports.messaging import AddressRefusedError, Message
from atelogo.core.tasks import GiveUpError
from atelogo.register.services.access import CODE_LIFE, code_prepare

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo


def code_send(*, workspace: WorkspaceInfo, access_id: UUID, text: str, language: str, key: str) -> bool:
    """Send the code asked for, when there is somebody to send it to; say whether a message went out.

    The channel's own errors pass through, so that the outbox tries again; an address that the channel says
    does not exist raises :class:`GiveUpError`.
    """
    ready = code_prepare(workspace=workspace, access_id=access_id, text=text)
    if ready is None:
        return False
    with translation.override(language or workspace.locale):
        message = _message(workspace, ready.email, ready.code, key)
    try:
        registry.messaging_port(workspace.messaging, workspace.id).send(message)
    except AddressRefusedError as error:
        raise GiveUpError("the address on file was refused") from error
    return True


def _message(workspace: WorkspaceInfo, to: str, code: str, key: str) -> Message:
    minutes = int(CODE_LIFE.total_seconds() // 60)
    shown = f"{code[:3]} {code[3:]}"
    hello = _("Your code to continue on the page of %(company)s:") % {"company": workspace.name}
    life = _("It is valid for %(minutes)d minutes and works once.") % {"minutes": minutes}
    calm = _(
        "Did you not ask for it? Then nothing happened: nobody gets in without the code. Do not pass it on."
    )
    return Message(
        to=to,
        subject=_("Your code for %(company)s") % {"company": workspace.name},
        text=f"{hello}\n\n{shown}\n\n{life}\n{calm}\n",
        html=format_html("<p>{}</p><p><strong>{}</strong></p><p>{}<br>{}</p>", hello, shown, life, calm),
        key=key,
        language=translation.get_language() or workspace.locale,
        sender_name=workspace.name,
        reply_to=workspace.contacts.email,
    )
