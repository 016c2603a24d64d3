"""Ends that may be no loss: a contract that ended and another of the same person or place that began."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Q

from atelogo.core import clock, ids
from atelogo.register.domain.importing.folding import fold
from atelogo.register.models import Contract

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

# The two are proposed when they lie at most this many days apart (practice: decisions and everyday point 7).
DAYS_APART: Final = 30
_LOOK_BACK: Final = 180
_AT_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class SideView:
    """One of the two contracts of a proposal."""

    id: UUID
    customer_id: UUID
    number: str
    name: str
    amount_minor: int
    currency: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """That ``ended`` goes on in ``began``; ``why`` is customer, document or address."""

    ended: SideView
    began: SideView
    why: str


def successor_proposals(workspace: WorkspaceInfo, *, customer_id: UUID | None = None) -> list[Proposal]:
    """Return pairs for a person to accept, the latest end first; with ``customer_id`` only of their ends.

    Same customer, same document or same address, at most :data:`DAYS_APART` days apart. Ends of the last
    half-year without a successor are looked at, at most 200 of them.
    """
    since = clock.today(workspace.timezone) - timedelta(days=_LOOK_BACK)
    ends = Contract.objects.filter(
        workspace_id=workspace.id, status="ended", successor__isnull=True, ended_on__gte=since
    ).exclude(end_kind="administrative")
    if customer_id is not None:
        ends = ends.filter(customer_id=customer_id)
    ended = list(ends.select_related("customer").order_by("-ended_on", "id")[:_AT_MOST])
    if not ended:
        return []
    begun = _begun(workspace, ended)
    found = []
    for old in ended:
        pair = next((pair for new in begun if (pair := _pair(old, new)) is not None), None)
        if pair is not None:
            found.append(pair)
    return found


def _begun(workspace: WorkspaceInfo, ended: Iterable[Contract]) -> list[Contract]:
    """Return running contracts that may go on from one of ``ended``: near in time, and in person or city."""
    days = [one.ended_on for one in ended if one.ended_on is not None]
    near = timedelta(days=DAYS_APART)
    same = Q(customer_id__in={one.customer_id for one in ended})
    hashes = {bytes(one.customer.document_hash) for one in ended if one.customer.document_hash}
    if hashes:
        same |= Q(customer__document_hash__in=hashes)
    cities = {one.city for one in ended if one.city and one.address}
    if cities:
        same |= Q(city__in=cities)
    rows = Contract.objects.filter(
        same,
        workspace_id=workspace.id,
        status="active",
        started_on__gte=min(days) - near,
        started_on__lte=max(days) + near,
    )
    return list(rows.select_related("customer").order_by("started_on", "id")[: 5 * _AT_MOST])


def _pair(old: Contract, new: Contract) -> Proposal | None:
    if old.id == new.id or old.ended_on is None or new.started_on is None:
        return None
    if abs((new.started_on - old.ended_on).days) > DAYS_APART:
        return None
    why = _why(old, new)
    return Proposal(_side(old, old.ended_on), _side(new, new.started_on), why) if why else None


def _why(old: Contract, new: Contract) -> str:
    if old.customer_id == new.customer_id:
        return "customer"
    if old.customer.document and old.customer.document == new.customer.document:
        return "document"
    same_place = old.address and old.city == new.city and fold(old.address) == fold(new.address)
    return "address" if same_place else ""


def _side(contract: Contract, day: date) -> SideView:
    return SideView(
        id=contract.id,
        customer_id=contract.customer_id,
        number=contract.number or ids.public_id("ctr", contract.id),
        name=contract.customer.name,
        amount_minor=contract.amount_minor,
        currency=contract.currency,
        day=day,
    )
