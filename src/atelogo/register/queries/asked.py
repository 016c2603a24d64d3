"""The reasons that a customer may tap, in an order that favours none."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from atelogo.register.domain.reasons import OTHER, PREFER_NOT_TO_SAY
from atelogo.register.models import ReasonRevision
from atelogo.register.queries.reasons import word_of

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

_LAST: Final = (OTHER, PREFER_NOT_TO_SAY)


@dataclass(frozen=True, slots=True)
class AskedReason:
    """A reason that a customer may tap."""

    id: UUID
    code: str
    label: str


def asked_reasons(workspace: WorkspaceInfo, request_id: UUID, *, language: str) -> list[AskedReason]:
    """Return the reasons offered to customers: in an order drawn for this request, "other" and silence last.

    The same request shows the same order on every load. One query.
    """
    later = ReasonRevision.objects.filter(reason_id=OuterRef("reason_id"), since__gt=OuterRef("since"))
    rows = (
        ReasonRevision.objects.filter(workspace_id=workspace.id, ask_customer=True, retired=False)
        .filter(~Exists(later), parent__isnull=False)
        .values_list("reason_id", "reason__code", "customer_labels", "labels")
    )
    found = [
        AskedReason(reason, code, word_of(own, language) or word_of(labels, language))
        for reason, code, own, labels in rows
    ]
    return sorted(found, key=lambda reason: _place(reason, request_id))


def _place(reason: AskedReason, request_id: UUID) -> tuple[int, bytes]:
    last = _LAST.index(reason.code) + 1 if reason.code in _LAST else 0
    return last, hashlib.sha256(request_id.bytes + reason.id.bytes).digest()
