"""Who and what a request is about: the customer, the contract and its lines, as they are at that moment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from atelogo.core import ids
from atelogo.register.errors import ContractNotFoundError, CustomerNotFoundError
from atelogo.register.models import Contract, ContractLine, Customer, Request, RequestItem
from atelogo.register.services.people import masked_document

if TYPE_CHECKING:
    from uuid import UUID

    from atelogo.accounts.domain.workspace import WorkspaceInfo

# How many times a year each interval comes round.
_A_YEAR = {"day": 365, "week": 52, "month": 12, "quarter": 4, "semester": 2, "year": 1}
# A suspended service is still a contract: whoever has one can leave it.
CANCELLABLE = ("active", "suspended")


@dataclass(frozen=True, slots=True)
class Subject:
    """A customer with the chosen contract and lines; any of them may still be unknown."""

    customer: Customer | None = None
    contract: Contract | None = None
    lines: tuple[ContractLine, ...] = ()


def subject_of(
    workspace: WorkspaceInfo, customer_id: UUID | None, contract_id: UUID | None, line_ids: tuple[UUID, ...]
) -> Subject:
    """Read the subject; raise when the contract or customer is not this workspace's, or they do not match."""
    if contract_id is None:
        if customer_id is None:
            return Subject()
        return Subject(customer=customer_named(workspace, customer_id))
    contract = (
        Contract.objects.select_related("customer").filter(workspace_id=workspace.id, id=contract_id).first()
    )
    if contract is None or (customer_id is not None and contract.customer_id != customer_id):
        raise ContractNotFoundError
    lines = (
        ContractLine.objects.select_related("product", "plan")
        .filter(workspace_id=workspace.id, contract_id=contract_id)
        .order_by("-amount_minor", "id")
    )
    chosen = [line for line in lines if line.status in CANCELLABLE and (not line_ids or line.id in line_ids)]
    if line_ids and len(chosen) != len(set(line_ids)):
        raise ContractNotFoundError
    return Subject(contract.customer, contract, tuple(chosen))


def customer_named(workspace: WorkspaceInfo, customer_id: UUID) -> Customer:
    """Return the customer of the workspace, or raise :class:`CustomerNotFoundError`."""
    customer = Customer.objects.filter(workspace_id=workspace.id, id=customer_id).first()
    if customer is None:
        raise CustomerNotFoundError
    return customer  # type: ignore[no-any-return]


def monthly_minor(amount_minor: int, interval: str) -> int:
    """Return what an amount per ``interval`` is a month, rounded half up, in minor units.

    A year has 52 weeks or 365 days; an interval that we do not know counts as a month.
    """
    return (2 * amount_minor * _A_YEAR.get(interval, 12) + 12) // 24


def describe(request: Request, subject: Subject) -> None:
    """Write into the request what it is about, as it is now: ids, money, the two snapshots, search keys."""
    customer, contract = subject.customer, subject.contract
    if customer is not None:
        request.customer_id = customer.id
        request.name_folded = ""
        request.city, request.region = customer.city, customer.state
        request.personal_snapshot = json.dumps(
            {
                "name": customer.name,
                "document": customer.document,
                "document_masked": masked_document(customer.document),
                "email": customer.email,
                "phone": customer.phone,
            },
            ensure_ascii=False,
        )
    if contract is None:
        return
    request.contract_id = contract.id
    request.currency = contract.currency
    request.city, request.region = contract.city or request.city, contract.state or request.region
    request.mrr_minor = _monthly(subject)
    request.product_name = _names(line.product.name if line.product else line.label for line in subject.lines)
    request.plan_name = _names(line.plan.name if line.plan else "" for line in subject.lines)
    request.snapshot = _contract_snapshot(contract, subject.lines)


def _monthly(subject: Subject) -> int:
    contract = subject.contract
    if subject.lines:
        return sum(monthly_minor(line.amount_minor, line.interval) for line in subject.lines)
    return monthly_minor(contract.amount_minor, contract.interval) if contract else 0


def _names(names: Any) -> str:  # noqa: ANN401 - any iterable of text
    return " + ".join(dict.fromkeys(name for name in names if name))[:160]


def _contract_snapshot(contract: Contract, lines: tuple[ContractLine, ...]) -> dict[str, Any]:
    return {
        "contract": contract.number or ids.public_id("ctr", contract.id),
        "amount_minor": contract.amount_minor,
        "interval": contract.interval,
        "status": contract.status,
        "suspended": [str(line.id) for line in lines if line.status == "suspended"],
        "started_on": contract.started_on.isoformat() if contract.started_on else None,
        "renews_on": contract.renews_on.isoformat() if contract.renews_on else None,
        "committed_until": contract.committed_until.isoformat() if contract.committed_until else None,
        "billing_system": contract.billing_system,
        "lines": [
            {
                "label": line_label(line),
                "amount_minor": line.amount_minor,
                "interval": line.interval,
            }
            for line in lines
        ],
    }


def line_label(line: ContractLine) -> str:
    """Return what people call a line: its plan, its product, or its own label."""
    parts = [line.product.name if line.product else "", line.plan.name if line.plan else ""]
    return line.label or " · ".join(dict.fromkeys(p for p in parts if p)) or "—"


def items_of(request: Request, subject: Subject) -> list[RequestItem]:
    """Return one unsaved item per chosen line (one for the whole contract when it has no lines)."""
    contract = subject.contract
    if contract is None:
        return []
    if not subject.lines:
        return [
            RequestItem(
                workspace_id=request.workspace_id,
                request_id=request.id,
                label=contract.number or "—",
                amount_minor=monthly_minor(contract.amount_minor, contract.interval),
            )
        ]
    return [
        RequestItem(
            workspace_id=request.workspace_id,
            request_id=request.id,
            line_id=line.id,
            label=line_label(line)[:160],
            amount_minor=monthly_minor(line.amount_minor, line.interval),
        )
        for line in subject.lines
    ]
