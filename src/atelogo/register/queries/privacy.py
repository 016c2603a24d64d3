"""Everything that the register holds on one person, as plain values."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from atelogo.register.models import Contract, Customer, Note, Receipt, Request, Touchpoint

_OURS = {"id", "workspace_id", "batch_id", "import_key", "import_content", "receipt_key", "last_seq"}


def customer_records(workspace_id: UUID, customer_id: UUID) -> dict[str, Any]:
    """Return the person's own row, contracts, requests with receipts and notes, and contacts."""
    mine = {"workspace_id": workspace_id, "customer_id": customer_id}
    requests = list(Request.objects.filter(**mine).order_by("recorded_at"))
    named = {"request_id__in": [request.id for request in requests]}
    return {
        "person": [_plain(row) for row in Customer.objects.filter(workspace_id=workspace_id, id=customer_id)],
        "contracts": [_plain(row) for row in Contract.objects.filter(**mine)],
        "requests": [_plain(row) for row in requests],
        "receipts": [json.loads(row.payload) for row in Receipt.objects.filter(**named) if row.payload],
        "notes": [{"at": row.at, "text": row.text} for row in Note.objects.filter(**named)],
        "contacts": [_plain(row) for row in Touchpoint.objects.filter(**mine)],
    }


def _plain(row: Any) -> dict[str, Any]:  # noqa: ANN401 - any row of the register
    found = {}
    for field in row._meta.concrete_fields:  # noqa: SLF001 - Django's own way to list columns
        value = getattr(row, field.attname)
        if field.attname in _OURS or isinstance(value, bytes | memoryview) or value is None or value == "":
            continue
        found[field.attname] = value
    return found
