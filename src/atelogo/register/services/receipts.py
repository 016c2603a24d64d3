"""Receipts: the content that the ledger commits to, issued with the fact, sent when it is sealed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from atelogo.core import clock, ids
from atelogo.events import outbox
from atelogo.events.catalogue.register import ReceiptIssued
from atelogo.register.domain import protocol as protocols
from atelogo.register.models import Equipment, Receipt, Request, Requester, RequestItem
from atelogo.register.services.people import masked_document
from atelogo.register.services.recording import record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor
    from atelogo.register.services.subjects import Subject

SEND_TASK = "register.receipt_send"
# The flag of a declaration past the number that one origin sends in an hour: recorded like any other.
MANY = "many_from_one_origin"
# What stands between the words of a contact typed by hand: "Ana <ana@x.com>; 11 99999-0000".
_BETWEEN = re.compile(r"[\s,;:|/<>()\[\]\"]+")


def payload_of(
    workspace: WorkspaceInfo,
    request: Request,
    subject: Subject,
    *,
    kind: str,
    items: Sequence[RequestItem] | None = None,
    locale: str | None = None,
) -> dict[str, Any]:
    """Return everything a receipt says, as JSON without floats (``rules.md`` 5.6, the union of its lists).

    ``kind`` is confirmed or completed. It states facts, never an acknowledgement of debt: a fee is its sum,
    under check, or disputed. The holder appears by name and masked document. ``items`` are the request's when
    the caller has them at hand. ``locale`` is the language of the page when the customer is the actor.
    """
    return {
        "kind": kind,
        "protocol": request.protocol,
        "protocol_grouped": protocols.group(request.protocol),
        "verify_url": verify_url(workspace, request),
        "locale": _locale(workspace, request, subject, locale),
        "company": _company(workspace),
        "holder": _holder(request),
        "requester": _requester(request),
        "contract": _contract(request, subject, items),
        "declaration": request.declaration,
        "channel": request.channel,
        "identity": request.identity,
        "times": _times(workspace, request),
        "effective": {
            "choice": request.effective_choice,
            "last_day": request.effective_on.isoformat() if request.effective_on else None,
        },
        "money": _money(request),
        "equipment": _equipment(request),
        "rights": ["undo", "answer_in_7_days", "history", "complain"],
    }


def verify_url(workspace: WorkspaceInfo, request: Request) -> str:
    """Return the public address that shows a receipt to be genuine; it holds no personal data."""
    return f"{settings.ATELOGO_BASE_URL}/{workspace.slug}/v/{request.protocol}?k={request.receipt_key}"


def _locale(workspace: WorkspaceInfo, request: Request, subject: Subject, shown: str | None) -> str:
    """Return the customer's language, never that of whoever works on the request.

    Their own on file, else that of the page they used, else their first receipt's, else the company's.
    """
    known = dict(settings.LANGUAGES)
    on_file = subject.customer.language.lower() if subject.customer is not None else ""
    for wanted in (on_file, (shown or "").lower()):
        if wanted in known:
            return wanted
    first = Receipt.objects.filter(request_id=request.id).order_by("issued_at", "id").only("locale").first()
    return first.locale if first is not None and first.locale in known else workspace.locale


def _company(workspace: WorkspaceInfo) -> dict[str, str]:
    return {
        "name": workspace.name,
        "legal_name": workspace.legal_name or workspace.name,
        "tax_id": workspace.tax_id,
        "sac_phone": workspace.contacts.sac_phone,
        "ombudsman": workspace.contacts.ombudsman,
        "email": workspace.contacts.email,
        "site": workspace.contacts.site,
    }


def _holder(request: Request) -> dict[str, str]:
    if not request.personal_snapshot:
        return {"name": "", "document": ""}
    person = json.loads(request.personal_snapshot)
    return {"name": person["name"], "document": person["document_masked"]}


def _requester(request: Request) -> dict[str, str] | None:
    if request.identity not in {"unverified", "agent"}:
        return None
    who = Requester.objects.filter(request_id=request.id).first()
    if who is None:
        return None
    return {
        "relation": who.relation,
        "name": who.name,
        "document": masked_document(who.document),
        "contract_hint": who.contract_hint,
    }


def _contract(
    request: Request, subject: Subject, items: Sequence[RequestItem] | None
) -> dict[str, Any] | None:
    if subject.contract is None:
        return None
    if items is None:
        items = list(RequestItem.objects.filter(request_id=request.id))
    items = sorted(items, key=lambda item: item.label)
    named = [{"label": i.label, "amount_minor": i.amount_minor} for i in items]
    snapshot = request.snapshot
    return {
        "number": snapshot.get("contract", ""),
        "product": request.product_name,
        "plan": request.plan_name,
        "items": named or snapshot.get("lines", []),
        "monthly_minor": request.mrr_minor,
    }


def _times(workspace: WorkspaceInfo, request: Request) -> dict[str, str | None]:
    zone = ZoneInfo(workspace.timezone)

    def local(moment: datetime | None) -> str | None:
        return moment.astimezone(zone).isoformat(timespec="seconds") if moment else None

    return {
        "zone": workspace.timezone,
        "declared_at": local(request.declared_at),
        "recorded_at": local(request.recorded_at),
        "requested_at": local(request.requested_at),
        "confirmed_at": local(request.confirmed_at),
        "effective_at": local(request.effective_at),
        "stop_due_at": local(request.stop_due_at),
        "undo_until": local(request.undo_until),
        "billing_stopped_at": local(request.billing_stopped_at),
    }


def _money(request: Request) -> dict[str, Any]:
    return {
        "currency": request.currency,
        "fee_state": request.fee_state,
        "fee_minor": request.fee_minor,
        "fee_parts": dict(request.fee_parts),
        "fee_dispute": request.fee_dispute,
        "fee_answer_due_on": request.fee_answer_due_on.isoformat() if request.fee_answer_due_on else None,
        "refund_minor": request.refund_minor,
    }


def _equipment(request: Request) -> list[dict[str, Any]]:
    if request.contract_id is None:
        return []
    lent = Equipment.objects.filter(contract_id=request.contract_id, status="lent").order_by("kind")
    return [{"kind": e.kind, "serial": e.serial, "value_minor": e.value_minor} for e in lent]


def receipt_issue(
    request: Request, *, kind: str, entry_id: UUID, payload: Mapping[str, Any], actor: Actor
) -> UUID:
    """Keep the receipt of ``kind`` and owe it to the customer's address on file, if there is one.

    In the caller's transaction. The worker sends it once the entry is sealed, or after 10 s without proof.
    """
    receipt = Receipt(
        id=ids.new_id(),
        workspace_id=request.workspace_id,
        request_id=request.id,
        kind=kind,
        entry_id=entry_id,
        payload=json.dumps(payload, ensure_ascii=False, sort_keys=True),
        locale=str(payload["locale"]),
        issued_at=clock.now(),
        mail_state="owed" if address_of(request) else "none",
    )
    receipt.save(force_insert=True)
    record(request, ReceiptIssued(receipt=receipt.id, kind=kind, proves=entry_id), actor=actor)
    if receipt.mail_state == "owed":
        outbox.enqueue(
            SEND_TASK,
            workspace_id=request.workspace_id,
            payload={"receipt": str(receipt.id)},
            key=f"receipt:{receipt.id}",
        )
    return receipt.id


def address_of(request: Request) -> str:
    """Return the e-mail to which the request's receipts go: the holder's on file, else the requester's.

    A third party never gets the holder's receipt; the holder on file is told. What came as one of many from
    one origin is not sent to an address that only stands in its form.
    """
    if request.personal_snapshot:
        return str(json.loads(request.personal_snapshot).get("email", ""))
    if MANY in request.flags:
        return ""
    who = Requester.objects.filter(request_id=request.id).only("contact").first()
    return first_email(who.contact) if who is not None else ""


def first_email(text: str) -> str:
    """Return the first valid e-mail address in what a person typed as their contact, else an empty text."""
    for word in _BETWEEN.split(text):
        found = word.removeprefix("mailto:").strip(".")
        try:
            validate_email(found)
        except ValidationError:
            continue
        return found
    return ""
