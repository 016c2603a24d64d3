"""Giving changed records back what they said, field by field, where nobody has changed them since."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from atelogo.register.domain.importing.folding import fold
from atelogo.register.models import (
    AuthorisedContact,
    Contract,
    ContractLine,
    Customer,
    Equipment,
    EquipmentReturn,
    ImportRow,
    Reason,
    Request,
    RequestItem,
    RequestReason,
)
from atelogo.register.services.mending import request_correct
from atelogo.register.services.people import document_of, find_key
from atelogo.register.services.reason_tree import NOT_INFORMED
from atelogo.register.services.reasons import request_reason_set
from atelogo.register.services.subjects import monthly_minor

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor

Before = Mapping[str, list[Any]]
_WHY = "import undone"
_LINE_COLUMNS = {"plan": "plan_id", "product": "product_id"}


def row_restore(*, workspace: WorkspaceInfo, actor: Actor, kind: str, row: ImportRow) -> None:
    """Take back what one listed row of a batch of ``kind`` changed."""
    before: Before = json.loads(row.before)
    target = row.target_id
    if target is None:
        return
    if row.outcome == "imported":
        _contract_restore(workspace, target, before)
    elif kind == "customers":
        _customer_restore(workspace, target, before)
    elif kind == "contracts":
        _contract_restore(workspace, target, before)
    else:
        _request_restore(workspace, actor, target, before)


def _given_back(record: Any, before: Before, columns: set[str]) -> list[str]:  # noqa: ANN401 - any model's row
    """Set the columns that still say what the import wrote; return their names."""
    touched = []
    for name, (old, new) in before.items():
        if name in columns and _plain(getattr(record, name)) == new:
            setattr(record, name, _value(old, getattr(record, name)))
            touched.append(name)
    return touched


def _customer_restore(workspace: WorkspaceInfo, customer_id: UUID, before: Before) -> None:
    if "contact" in before:
        AuthorisedContact.objects.filter(workspace_id=workspace.id, id=before["contact"][1]).delete()
    customer = Customer.objects.filter(workspace_id=workspace.id, id=customer_id).first()
    if customer is None:
        return
    touched = _given_back(customer, before, set(before) - {"contact"})
    if not touched:
        return
    customer.external_id = customer.external_id or None
    customer.name_folded = fold(customer.name)[:200]
    customer.document_kind = document_of(customer.document)[1]
    for name in ("document", "email", "phone"):
        setattr(customer, f"{name}_hash", find_key(workspace.id, name, getattr(customer, name)))
    customer.save()


def _contract_restore(workspace: WorkspaceInfo, contract_id: UUID, before: Before) -> None:
    contract = Contract.objects.filter(workspace_id=workspace.id, id=contract_id).first()
    if contract is None:
        return
    if "equipment" in before:
        used = EquipmentReturn.objects.filter(equipment_id=before["equipment"][1])
        if not used.exists():
            Equipment.objects.filter(workspace_id=workspace.id, id=before["equipment"][1]).delete()
    lines = _lines_restore(workspace, before)
    columns = {name for name in before if "." not in name} - {"line", "equipment"}
    touched = _given_back(contract, before, columns)
    if lines:
        contract.amount_minor, contract.interval = _total(contract)
        touched += ["amount_minor", "interval"]
    if touched:
        contract.save(update_fields=touched)


def _lines_restore(workspace: WorkspaceInfo, before: Before) -> bool:
    """Take back changed and added lines; say whether any was."""
    changed = False
    for name, (old, new) in before.items():
        key, _dot, column = name.rpartition(".")
        if name == "line":
            if not RequestItem.objects.filter(workspace_id=workspace.id, line_id=new).exists():
                ContractLine.objects.filter(workspace_id=workspace.id, id=new).delete()
                changed = True
        elif key:
            column = _LINE_COLUMNS.get(column, column)
            held = ContractLine.objects.filter(workspace_id=workspace.id, id=key, **{column: new})
            changed |= bool(held.update(**{column: old}))
    return changed


def _total(contract: Contract) -> tuple[int, str]:
    lines = list(ContractLine.objects.filter(workspace_id=contract.workspace_id, contract_id=contract.id))
    lines = [line for line in lines if line.status == "active"] or lines
    intervals = {line.interval for line in lines}
    if len(intervals) == 1:
        return sum(line.amount_minor for line in lines), intervals.pop()
    return sum(monthly_minor(line.amount_minor, line.interval) for line in lines), "month"


def _request_restore(workspace: WorkspaceInfo, actor: Actor, request_id: UUID, before: Before) -> None:
    request = Request.objects.filter(workspace_id=workspace.id, id=request_id).first()
    if request is None:
        return
    quiet = {"custom", "end_kind", "date_precision"}
    changes = {
        name: old
        for name, (old, new) in before.items()
        if name not in {"reason", *quiet} and _plain(getattr(request, name)) == new
    }
    if changes:
        request_correct(workspace=workspace, actor=actor, request_id=request_id, changes=changes, why=_WHY)
    if "reason" in before:
        _reason_restore(workspace, actor, request_id, before["reason"])
    request.refresh_from_db()
    touched = _given_back(request, before, quiet)
    request.import_content = None
    request.save(update_fields=[*touched, "import_content"])


def _reason_restore(workspace: WorkspaceInfo, actor: Actor, request_id: UUID, change: list[Any]) -> None:
    stated = RequestReason.objects.filter(request_id=request_id, kind="stated").order_by("position")
    if [str(key) for key in stated.values_list("reason_id", flat=True)] != change[1]:
        return
    silent = Reason.objects.filter(workspace_id=workspace.id, code=NOT_INFORMED).values_list("id", flat=True)
    first, *others = [UUID(key) for key in change[0]] or [silent[0]]
    request_reason_set(
        workspace=workspace,
        actor=actor,
        request_id=request_id,
        reason_id=first,
        source="import",
        secondary=tuple(others),
    )


def _plain(value: Any) -> Any:  # noqa: ANN401 - any column's value
    return value.isoformat() if isinstance(value, date) else value


def _value(old: Any, now: Any) -> Any:  # noqa: ANN401 - any column's value
    return date.fromisoformat(old) if isinstance(now, date) and isinstance(old, str) else old
