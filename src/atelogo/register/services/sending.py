"""Messages to customers: receipts with their proof, and plain notices.

A receipt waits a few seconds for its entry to be sealed and then goes with the proof; after that it goes
without, and a second short message brings the proof. Each message has a key that is equal on every retry: a
crash between handing it over and writing that down may repeat it, with the same Message-ID.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from atelogo.core import clock, registry
from atelogo.core.ports.messaging import AddressRefusedError, Attachment, Message
from atelogo.core.tasks import GiveUpError, RetryLaterError
from atelogo.events import ledger, log, outbox
from atelogo.events.catalogue.register import ReceiptSent
from atelogo.events.ledger import SYSTEM
from atelogo.register.domain import protocol as protocols
from atelogo.register.models import Customer, Receipt, Request
from atelogo.register.services import receipt_words, rendering
from atelogo.register.services.pdf import pdf_of
from atelogo.register.services.receipts import address_of
from atelogo.register.services.recording import record, request_locked, save

if TYPE_CHECKING:
    from collections.abc import Sequence

    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.proofs import Proof
    from atelogo.register.services.rendering import ReceiptForms

PROOF_TASK = "register.receipt_proof_send"
# Notices about a request that is only open; the payload is {"request": id}.
CONCLUDE_TASK, ASK_HOLDER_TASK = "register.ask_to_conclude", "register.ask_holder"
# How long a receipt waits for its proof, and how often it looks meanwhile.
PROOF_WAIT, PROOF_LOOK = timedelta(seconds=10), timedelta(seconds=1)
_PROOF_LATER = timedelta(seconds=15)


def receipt_send(*, workspace: WorkspaceInfo, receipt_id: UUID, attempt: int) -> None:
    """Send one receipt by the workspace's channel; emits ``receipt.sent``.

    Raises :class:`RetryLaterError` while the entry is not sealed, for at most ten seconds after the issue;
    then it goes without the proof and the proof is owed as a message of its own. A receipt that was sent is
    not sent again. An address that the channel refuses ends the attempts at once (:class:`GiveUpError`):
    the receipt is marked as failed and stands among the dead letters. ``attempt`` counts from 1.
    """
    receipt = rendering.receipt_read(workspace, receipt_id)
    if receipt.mail_state not in {"owed", "failed"}:
        return
    to = address_of(Request.objects.get(workspace_id=workspace.id, id=receipt.request_id))
    if not to:
        _mark(workspace, receipt, "none")
        return
    proof = log.proof_of(workspace.id, receipt.entry_id)
    # By its absolute value: a clock that was set back does not hold the receipt up.
    if proof is None and attempt == 1 and abs(clock.now() - receipt.issued_at) < PROOF_WAIT:
        raise RetryLaterError("the entry is not sealed yet", after=PROOF_LOOK)
    try:
        channel = _hand_over(workspace, _receipt_message(workspace, receipt, proof, to))
    except AddressRefusedError as refused:
        _mark(workspace, receipt, "failed")
        raise GiveUpError("the channel refuses this address") from refused
    _sent(workspace, receipt, channel, with_proof=proof is not None)


def receipt_proof_send(*, workspace: WorkspaceInfo, receipt_id: UUID) -> None:
    """Send the proof of a receipt that went without it, as soon as it exists; emits ``receipt.sent``."""
    receipt = rendering.receipt_read(workspace, receipt_id)
    request = Request.objects.get(workspace_id=workspace.id, id=receipt.request_id)
    to = address_of(request)
    if not to or _proof_was_sent(workspace, receipt):
        return
    proof = log.proof_of(workspace.id, receipt.entry_id)
    if proof is None:
        raise RetryLaterError("the entry is not sealed yet", after=_PROOF_LATER)
    context = rendering.context_of(workspace, receipt, proof)
    subject, text, html = rendering.proof_mail(context)
    message = Message(
        to=to,
        subject=subject,
        text=text,
        html=html,
        key=f"receipt-proof:{receipt.id}",
        language=receipt.locale,
        attachments=(_json_file(workspace, receipt, proof),),
        sender_name=workspace.name,
        reply_to=workspace.contacts.email,
    )
    try:
        channel = _hand_over(workspace, message)
    except AddressRefusedError as refused:
        raise GiveUpError("the channel refuses this address") from refused
    _sent(workspace, receipt, channel, with_proof=True)


def receipt_undeliverable(*, workspace: WorkspaceInfo, receipt_id: UUID) -> None:
    """Mark a receipt whose attempts are used up as failed; a replay of its dead letter tries anew."""
    receipt = rendering.receipt_read(workspace, receipt_id)
    if receipt.mail_state == "owed":
        _mark(workspace, receipt, "failed")


def not_cancelled_notice(
    *, workspace: WorkspaceInfo, to: str, protocol: str, link: str, language: str, key: str
) -> str:
    """Tell a customer whose request is only open that nothing is cancelled yet and how to conclude."""
    with translation.override(_language(workspace, language)):
        grouped = protocols.group(protocol)
        subject = _("Not cancelled yet – protocol %(protocol)s") % {"protocol": grouped}
        lines = [
            _("We have recorded your request under protocol %(protocol)s. It is not cancelled yet.")
            % {"protocol": grouped},
            _("To conclude, open this address:"),
        ]
    return plain_notice(
        workspace=workspace, to=to, subject=subject, lines=lines, language=language, key=key, link=link
    )


def ask_to_conclude(*, workspace: WorkspaceInfo, request_id: UUID) -> bool:
    """Tell whoever left a request unconfirmed that nothing is cancelled yet; return whether it was sent.

    Nothing goes out once the request has moved on, or where no address is known. Raises as
    :func:`plain_notice` does, and :class:`GiveUpError` for an address that the channel refuses.
    """
    request, to = _still_open(workspace, request_id, "conclude")
    if request is None or not to:
        return False
    try:
        not_cancelled_notice(
            workspace=workspace,
            to=to,
            protocol=request.protocol,
            link=_portal(workspace, "protocolos"),
            language=_language_of(workspace, request),
            key=f"conclude:{request.id}",
        )
    except AddressRefusedError as refused:
        raise GiveUpError("the channel refuses this address") from refused
    return True


def ask_holder(*, workspace: WorkspaceInfo, request_id: UUID) -> bool:
    """Tell the holder on file that somebody asked in their name; return whether it was sent.

    Goes to the holder alone, never to the requester. Raises as :func:`ask_to_conclude` does.
    """
    request, to = _still_open(workspace, request_id, "ask_holder")
    if request is None or not request.personal_snapshot or not to:
        return False
    language = _language_of(workspace, request)
    with translation.override(_language(workspace, language)):
        named = {"protocol": protocols.group(request.protocol)}
        subject = _("About your contract – protocol %(protocol)s") % named
        lines = [
            _("Somebody asked us to cancel your contract, under protocol %(protocol)s. Nothing is cancelled.")
            % named,
            _("If you want it cancelled, open this address. If not, you need do nothing:"),
        ]
    try:
        plain_notice(
            workspace=workspace,
            to=to,
            subject=subject,
            lines=lines,
            language=language,
            key=f"ask-holder:{request.id}",
            link=_portal(workspace, "cancelar"),
        )
    except AddressRefusedError as refused:
        raise GiveUpError("the channel refuses this address") from refused
    return True


def _still_open(workspace: WorkspaceInfo, request_id: UUID, step: str) -> tuple[Request | None, str]:
    """Return the request while it still waits for ``step``, and the address on it."""
    request = Request.objects.filter(
        workspace_id=workspace.id, id=request_id, state="open", next_step=step
    ).first()
    return request, address_of(request) if request is not None else ""


def _language_of(workspace: WorkspaceInfo, request: Request) -> str:
    customer = Customer.objects.filter(id=request.customer_id).only("language").first()
    return (customer.language.lower() if customer is not None else "") or workspace.locale


def _portal(workspace: WorkspaceInfo, page: str) -> str:
    return f"{settings.ATELOGO_BASE_URL}/{workspace.slug}/{page}"


def plain_notice(
    *,
    workspace: WorkspaceInfo,
    to: str,
    subject: str,
    lines: Sequence[str],
    language: str,
    key: str,
    link: str = "",
) -> str:
    """Send a short message in the company's name and return the channel's reference.

    ``subject`` and ``lines`` are sentences in ``language`` already. Raises the errors of
    :mod:`atelogo.core.ports.messaging`; the caller owns the retries (a task of its own).
    """
    chosen = _language(workspace, language)
    with translation.override(chosen):
        context = {"language": chosen, "company_lines": receipt_words.company_lines(_company(workspace))}
        text, html = rendering.notice_mail(subject, list(lines), context=context, link=link)
    message = Message(
        to=to,
        subject=subject,
        text=text,
        html=html,
        key=key,
        language=chosen,
        sender_name=workspace.name,
        reply_to=workspace.contacts.email,
    )
    return registry.messaging_port(workspace.messaging, workspace.id).send(message)


def _language(workspace: WorkspaceInfo, wanted: str) -> str:
    return wanted if wanted in dict(settings.LANGUAGES) else workspace.locale


def _company(workspace: WorkspaceInfo) -> dict[str, str]:
    return {
        "legal_name": workspace.legal_name or workspace.name,
        "tax_id": workspace.tax_id,
        "site": workspace.contacts.site,
    }


def _hand_over(workspace: WorkspaceInfo, message: Message) -> str:
    """Give a message to the workspace's channel, outside any transaction; return the channel's name."""
    port = registry.messaging_port(workspace.messaging, workspace.id)
    port.send(message)
    return port.name


def _receipt_message(
    workspace: WorkspaceInfo, receipt: ReceiptForms, proof: Proof | None, to: str
) -> Message:
    context = rendering.context_of(workspace, receipt, proof)
    subject, text, html = rendering.receipt_mail(context, proof_follows=proof is None)
    return Message(
        to=to,
        subject=subject,
        text=text,
        html=html,
        key=f"receipt:{receipt.id}",
        language=receipt.locale,
        attachments=tuple(_files(workspace, receipt, proof, context)),
        sender_name=workspace.name,
        reply_to=workspace.contacts.email,
    )


def _files(
    workspace: WorkspaceInfo, receipt: ReceiptForms, proof: Proof | None, context: dict[str, object]
) -> list[Attachment]:
    """Return the files that go with a receipt; what cannot be made here is left out, never waited for."""
    stem = _stem(receipt)
    found = [_json_file(workspace, receipt, proof)]
    pdf = pdf_of(*rendering.pdf_source(context))
    if pdf is not None:
        found.insert(0, Attachment(f"{stem}.pdf", "application/pdf", pdf))
    calendar = rendering.ics_of(receipt) if receipt.kind == "confirmed" else None
    if calendar is not None:
        found.append(Attachment(f"{stem}.ics", "text/calendar", calendar))
    return found


def _json_file(workspace: WorkspaceInfo, receipt: ReceiptForms, proof: Proof | None) -> Attachment:
    made = rendering.json_of(workspace, receipt, proof)
    content = json.dumps(made, ensure_ascii=False, indent=1).encode()
    return Attachment(f"{_stem(receipt)}.json", "application/json", content)


def _stem(receipt: ReceiptForms) -> str:
    with translation.override(receipt.locale):
        word = pgettext("beginning of a file's name, without spaces", "receipt")
    return f"{word}-{receipt.payload['protocol']}"


def _sent(workspace: WorkspaceInfo, receipt: ReceiptForms, channel: str, *, with_proof: bool) -> None:
    """Write down that the message was handed over; owe the proof when it went without."""
    with transaction.atomic():
        request = request_locked(workspace, receipt.request_id)
        rows = Receipt.objects.filter(workspace_id=workspace.id, id=receipt.id)
        rows.exclude(mail_state="sent").update(mail_state="sent", mailed_at=clock.now())
        record(request, ReceiptSent(receipt=receipt.id, channel=channel, with_proof=with_proof), actor=SYSTEM)
        save(request)
        if not with_proof:
            outbox.enqueue(
                PROOF_TASK,
                workspace_id=workspace.id,
                payload={"receipt": str(receipt.id)},
                key=f"receipt-proof:{receipt.id}",
            )


def _proof_was_sent(workspace: WorkspaceInfo, receipt: ReceiptForms) -> bool:
    return any(
        entry.name == ReceiptSent.name
        and entry.body["receipt"] == str(receipt.id)
        and entry.body["with_proof"]
        for entry in ledger.entries_of(workspace.id, receipt.request_id)
    )


def _mark(workspace: WorkspaceInfo, receipt: ReceiptForms, state: str) -> None:
    with transaction.atomic():
        Receipt.objects.filter(workspace_id=workspace.id, id=receipt.id).update(mail_state=state)
