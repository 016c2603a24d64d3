"""The rows of one way out, written one by one with `objects.create` in one transaction."""

from __future__ import annotations

import hmac
import json
import os
import random
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from atelogo.accounts.models import AttemptCounter, Workspace
from atelogo.core.ids import new_id
from atelogo.events.models import LedgerDetail, LedgerEntry, OutboxJob
from atelogo.register.domain.fees import FeeQuote
from atelogo.register.models import (
    Contract,
    ContractLine,
    Customer,
    CustomerAccess,
    Equipment,
    Receipt,
    Request,
    RequestItem,
)

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_ZONE = ZoneInfo("America/Sao_Paulo")
_WINDOWS = {"stop_hours": 48, "undo_hours": 24, "lapse_days": 7}
_WORDS = "Quero cancelar."


def key_of(length: int) -> str:
    """Return a random key."""
    return "".join(secrets.choice(_ALPHABET) for _one in range(length))


def write_rows(
    workspace: Workspace,
    access: CustomerAccess,
    contract: Contract,
    lines: list[ContractLine],
    equipment: list[Equipment],
    *,
    fee: FeeQuote,
    key: str,
    base: str,
) -> str:
    """Write everything that one way out leaves and return its protocol."""
    now = timezone.now()
    AttemptCounter.objects.create(key=secrets.token_hex(32), count=1, window_ends=int(now.timestamp()) + 3600)
    with transaction.atomic():
        request = _request(access, contract, lines, fee, key, now)
        for line in lines:
            RequestItem.objects.create(
                workspace_id=workspace.id,
                request=request,
                line=line,
                label=_label(line),
                amount_minor=line.amount_minor,
            )
        facts = _Facts(request, access)
        facts.write("request.opened", _opened(request, lines), {"declaration": _WORDS})
        payload = _payload(workspace, request, contract, lines, equipment, base)
        proves = facts.write("request.confirmed", _confirmed(request), {"receipt": payload})
        receipt = Receipt.objects.create(
            workspace_id=workspace.id,
            request=request,
            kind="confirmed",
            entry_id=proves,
            payload=json.dumps(payload, ensure_ascii=False, sort_keys=True),
            locale="pt-br",
            issued_at=timezone.now(),
            mail_state="owed",
        )
        facts.write(
            "receipt.issued", {"kind": "confirmed", "proves": str(proves), "receipt": str(receipt.id)}, None
        )
        _owe(request, "register.receipt_send", f"receipt:{receipt.id}", {"receipt": str(receipt.id)})
        _owe(request, "register.billing_cancel", f"cancel:{request.id}", {"request": str(request.id)})
        request.last_seq = facts.seq
        request.save(update_fields=["last_seq"])
    return str(request.protocol)


def _request(
    access: CustomerAccess,
    contract: Contract,
    lines: list[ContractLine],
    fee: FeeQuote,
    key: str,
    now: datetime,
) -> Request:
    made: Request = Request.objects.create(
        workspace_id=contract.workspace_id,
        protocol=f"{now.astimezone(_ZONE):%Y%m%d}{random.randrange(10**8):08}",
        receipt_key=key_of(26),
        state="confirmed",
        identity=access.via,
        channel="web",
        customer=contract.customer,
        contract=contract,
        next_step="billing_stop",
        due_at=now + timedelta(hours=_WINDOWS["stop_hours"]),
        idempotency_key=key,
        declaration=_WORDS,
        intent_at=access.intent_at,
        declared_at=now,
        recorded_at=now,
        requested_at=now,
        confirmed_at=now,
        effective_at=now,
        effective_on=now.astimezone(_ZONE).date(),
        effective_choice="now",
        stop_due_at=now + timedelta(hours=_WINDOWS["stop_hours"]),
        undo_until=now + timedelta(hours=_WINDOWS["undo_hours"]),
        lapse_at=now + timedelta(days=_WINDOWS["lapse_days"]),
        applied=_WINDOWS,
        currency=contract.currency,
        mrr_minor=sum(line.amount_minor for line in lines),
        city=contract.city,
        region=contract.state,
        product_name=" + ".join(line.product.name for line in lines),
        plan_name=" + ".join(line.plan.name for line in lines),
        snapshot=_snapshot(contract, lines),
        personal_snapshot=json.dumps(_person(contract.customer), ensure_ascii=False),
        fee_state=fee.state.value,
        fee_minor=fee.amount_minor,
        fee_parts=_fee_parts(fee),
    )
    return made


def _person(customer: Customer) -> dict[str, str]:
    return {
        "name": customer.name,
        "document": customer.document,
        "document_masked": f"***.{customer.document[3:6]}.{customer.document[6:9]}-**",
        "email": customer.email,
        "phone": customer.phone,
    }


def _snapshot(contract: Contract, lines: list[ContractLine]) -> dict[str, Any]:
    return {
        "contract": contract.number,
        "amount_minor": contract.amount_minor,
        "interval": contract.interval,
        "status": contract.status,
        "suspended": [str(line.id) for line in lines if line.status == "suspended"],
        "started_on": _day(contract.started_on),
        "renews_on": _day(contract.renews_on),
        "committed_until": _day(contract.committed_until),
        "billing_system": contract.billing_system,
        "lines": [
            {"label": _label(line), "amount_minor": line.amount_minor, "interval": line.interval}
            for line in lines
        ],
    }


def _label(line: ContractLine) -> str:
    return f"{line.product.name} · {line.plan.name}"


def _fee_parts(fee: FeeQuote) -> dict[str, int | None]:
    return {
        "benefit_minor": fee.benefit_minor,
        "months_left": fee.months_left,
        "months_total": fee.months_total,
    }


class _Facts:
    """Writes the request's facts in their order."""

    def __init__(self, request: Request, access: CustomerAccess) -> None:
        self._request, self._access = request, access
        self.seq = 0

    def write(self, name: str, body: Mapping[str, Any], personal: Mapping[str, Any] | None) -> UUID:
        """Write one fact, with its personal detail beside it, and return its id."""
        self.seq += 1
        now, salt = timezone.now(), os.urandom(32)
        detail = json.dumps({"personal": personal, "salt": salt.hex()}, ensure_ascii=False)
        entry = LedgerEntry.objects.create(
            entry_id=new_id(),
            workspace_id=self._request.workspace_id,
            name=name,
            version=1,
            stream=self._request.id,
            stream_seq=self.seq,
            occurred_at=now,
            recorded_at=now,
            actor_kind="customer",
            actor_id=self._access.customer_id,
            body=json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
            commitment=hmac.digest(salt, detail.encode(), "sha256") if personal else None,
        )
        if personal:
            LedgerDetail.objects.create(
                workspace_id=entry.workspace_id, entry_id=entry.entry_id, sealed=detail
            )
        return UUID(str(entry.entry_id))


def _opened(request: Request, lines: list[ContractLine]) -> dict[str, Any]:
    return {
        "channel": "web",
        "contract": str(request.contract_id),
        "currency": request.currency,
        "customer": str(request.customer_id),
        "declared_at": _moment(request.declared_at),
        "follows": None,
        "identity": request.identity,
        "intent_at": _moment(request.intent_at),
        "lines": [str(line.id) for line in lines],
        "mrr_minor": request.mrr_minor,
        "protocol": request.protocol,
        "requested_at": _moment(request.requested_at),
        "windows": _WINDOWS,
    }


def _confirmed(request: Request) -> dict[str, Any]:
    return {
        "confirmed_at": _moment(request.confirmed_at),
        "effective_at": _moment(request.effective_at),
        "effective_choice": request.effective_choice,
        "fee_minor": request.fee_minor,
        "fee_state": request.fee_state,
        "protocol": request.protocol,
        "requested_at": _moment(request.requested_at),
        "stop_due_at": _moment(request.stop_due_at),
        "undo_until": _moment(request.undo_until),
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z") if moment else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _local(moment: datetime | None) -> str | None:
    return moment.astimezone(_ZONE).isoformat(timespec="seconds") if moment else None


def _payload(
    workspace: Workspace,
    request: Request,
    contract: Contract,
    lines: list[ContractLine],
    equipment: list[Equipment],
    base: str,
) -> dict[str, Any]:
    protocol, person = request.protocol, json.loads(request.personal_snapshot)
    times = ("declared_at", "recorded_at", "requested_at", "confirmed_at", "effective_at", "stop_due_at")
    return {
        "kind": "confirmed",
        "protocol": protocol,
        "protocol_grouped": " ".join(protocol[at : at + 4] for at in range(0, 16, 4)),
        "verify_url": f"{base}/v/{protocol}?k={request.receipt_key}",
        "locale": "pt-br",
        "company": _company(workspace),
        "holder": {"name": person["name"], "document": person["document_masked"]},
        "requester": None,
        "contract": {
            "number": contract.number,
            "product": request.product_name,
            "plan": request.plan_name,
            "items": [{"label": _label(line), "amount_minor": line.amount_minor} for line in lines],
            "monthly_minor": request.mrr_minor,
        },
        "declaration": request.declaration,
        "channel": request.channel,
        "identity": request.identity,
        "times": {
            "zone": "America/Sao_Paulo",
            **{name: _local(getattr(request, name)) for name in times},
            "undo_until": _local(request.undo_until),
            "billing_stopped_at": None,
        },
        "effective": {"choice": request.effective_choice, "last_day": _day(request.effective_on)},
        "money": {
            "currency": request.currency,
            "fee_state": request.fee_state,
            "fee_minor": request.fee_minor,
            "fee_parts": request.fee_parts,
            "fee_dispute": "",
            "fee_answer_due_on": None,
            "refund_minor": None,
        },
        "equipment": [
            {"kind": one.kind, "serial": one.serial, "value_minor": one.value_minor} for one in equipment
        ],
        "rights": ["undo", "answer_in_7_days", "history", "complain"],
    }


def _company(workspace: Workspace) -> dict[str, str]:
    told = workspace.settings
    return {
        "name": workspace.name,
        "legal_name": told.get("legal_name") or workspace.name,
        "tax_id": told.get("tax_id", ""),
        "sac_phone": told.get("sac_phone", ""),
        "ombudsman": told.get("ombudsman", ""),
        "email": told.get("email", ""),
        "site": told.get("site", ""),
    }


def _owe(request: Request, task: str, key: str, payload: Mapping[str, Any]) -> None:
    now = timezone.now()
    OutboxJob.objects.create(
        workspace_id=request.workspace_id,
        task=task,
        key=key,
        payload=json.dumps(payload),
        due_at=now,
        created_at=now,
    )
