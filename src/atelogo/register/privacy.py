"""The register's part of a data subject's rights: everything held on a person, and its erasure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from atelogo.core import clock, ids
from atelogo.register.queries.privacy import customer_records
from atelogo.register.services.erasure import customer_erase

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor


def customer_export(workspace: WorkspaceInfo, customer_id: UUID) -> dict[str, Any]:
    """Return everything the register holds on a person as plain JSON (LGPD art. 18 II and V)."""
    return {
        "format": "atelogo-person/1",
        "company": workspace.legal_name or workspace.name,
        "customer": ids.public_id("cus", customer_id),
        "made_at": clock.iso(clock.now()),
        **json.loads(json.dumps(customer_records(workspace.id, customer_id), default=str)),
    }


def erase(workspace: WorkspaceInfo, actor: Actor, customer_id: UUID) -> int:
    """Erase a person from the register; see :func:`customer_erase`."""
    return customer_erase(workspace=workspace, actor=actor, customer_id=customer_id)
