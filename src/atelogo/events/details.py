"""Checking the personal details that still exist against the commitments in their rows."""

from __future__ import annotations

import base64
import hmac
import json
from uuid import UUID

from django.db import connection

from atelogo.core.secrets import SecretError, decrypt
from atelogo.events.canonical import canonical
from atelogo.events.ledger import commitment_of
from atelogo.events.report import Report
from atelogo.events.rows import adapt_uuid, join_entry

_PAGE = 2000
_DETAILS = (
    "SELECT d.entry_id, d.sealed, e.commitment FROM events_ledgerdetail d {join}"
    " WHERE d.workspace_id = %s AND d.entry_id > %s ORDER BY d.entry_id LIMIT %s"
)


def check_details(report: Report) -> None:
    """Compare every detail of the workspace with its row; a shredded one is simply not there."""
    workspace = adapt_uuid(report.workspace_id)
    after = adapt_uuid(UUID(int=0))
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_DETAILS.format(join=join_entry("d")), [workspace, after, _PAGE])
            page = cursor.fetchall()
        if not page:
            return
        for entry, sealed, commitment in page:
            code = _fault(sealed, bytes(commitment) if commitment else None)
            if code:
                report.add(code, "events_ledgerdetail", entry=entry)
        report.details += len(page)
        after = page[-1][0]


def _fault(sealed: str, commitment: bytes | None) -> str:
    if commitment is None:
        return "detail_orphan"
    try:
        box = json.loads(decrypt(sealed))
        found = commitment_of(base64.b64decode(box["salt"]), canonical(box["personal"]))
    except (SecretError, ValueError, KeyError, TypeError):
        return "detail_unreadable"
    return "" if hmac.compare_digest(found, commitment) else "detail_altered"
