"""The message that carries a one-time code to the address on file."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from atelogo.core import registry
from atelogo.core.ports.messaging import AddressRefusedError, Message
from atelogo.core.tasks import GiveUpError
from atelogo.register.services.access import CODE_LIFE, code_prepare
from atelogo.register.services.receipt_words import company_lines
from atelogo.register.services.rendering import notice_mail

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
    language = translation.get_language() or workspace.locale
    minutes = int(CODE_LIFE.total_seconds() // 60)
    subject = _("Your code for %(company)s") % {"company": workspace.name}
    lines = [
        _("Type this code on the page where you asked for it.")
        + " "
        + _("It is valid for %(minutes)d minutes and works once.") % {"minutes": minutes},
        _("If you did not ask for it, nothing happened: nobody gets in without it. Do not pass it on."),
    ]
    company = {
        "legal_name": workspace.legal_name or workspace.name,
        "tax_id": workspace.tax_id,
        "site": workspace.contacts.site,
    }
    given = {"language": language, "company_lines": company_lines(company)}
    text, html = notice_mail(subject, lines, context=given, code=f"{code[:3]} {code[3:]}")
    return Message(
        to=to,
        subject=subject,
        text=text,
        html=html,
        key=key,
        language=language,
        sender_name=workspace.name,
        reply_to=workspace.contacts.email,
    )
