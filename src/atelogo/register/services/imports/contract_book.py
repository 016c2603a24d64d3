"""Contracts with their lines as a run holds them: those of the database, and those about to be written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from atelogo.register.models import Contract, ContractLine
from atelogo.register.services.imports.job import Job
from atelogo.register.services.imports.loading import key_text
from atelogo.register.services.subjects import monthly_minor


@dataclass(slots=True)
class Line:
    """One line. ``stored`` is its row; without one it is new. ``met`` says that this run has matched it."""

    key: str
    product: str | None
    plan: str | None
    amount_minor: int
    interval: str
    billing_ref: str
    status: str = "active"
    stored: ContractLine | None = None
    met: bool = False
    changed: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Held:
    """One contract with its lines. ``columns`` is what it says; ``stored`` its row, without one it is new."""

    key: str
    customer: str
    number: str
    columns: dict[str, Any]
    lines: list[Line] = field(default_factory=list)
    stored: Contract | None = None
    changed: set[str] = field(default_factory=set)
    own_batch: bool = False

    def total(self) -> tuple[int, str]:
        """Return the contract's amount and interval: those of its active lines, monthly when they differ."""
        active = [line for line in self.lines if line.status == "active"] or self.lines
        intervals = {line.interval for line in active}
        if len(intervals) == 1:
            return sum(line.amount_minor for line in active), next(iter(intervals))
        return sum(monthly_minor(line.amount_minor, line.interval) for line in active), "month"


class Book:
    """The contracts of a run by number. A real run forgets them after each chunk: the database has them."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._held: dict[str, Held] = {}
        self._met: set[str] = set()

    def open(self, numbers: Iterable[str]) -> None:
        """Read the contracts of these numbers that are not at hand."""
        if not self._job.dry:
            known = [held for held in self._held.values() if held.stored is not None and not held.own_batch]
            self._met |= {line.key for held in known for line in held.lines if line.met}
            self._held = {}
        wanted = [number for number in set(numbers) if number not in self._held]
        rows = Contract.objects.filter(workspace_id=self._job.workspace.id, number__in=wanted)
        by_id = {contract.id: self._hold(contract) for contract in rows}
        lines = ContractLine.objects.filter(
            workspace_id=self._job.workspace.id, contract_id__in=list(by_id)
        ).order_by("id")
        for line in lines:
            by_id[line.contract_id].lines.append(self._line(line))

    def _hold(self, contract: Contract) -> Held:
        held = Held(
            key=key_text(contract.id),
            customer=key_text(contract.customer_id),
            number=contract.number or "",
            columns={},
            stored=contract,
            own_batch=contract.batch_id == self._job.batch_id,
        )
        self._held[held.number] = held
        return held

    def _line(self, line: ContractLine) -> Line:
        key = key_text(line.id)
        return Line(
            key=key,
            product=key_text(line.product_id) if line.product_id else None,
            plan=key_text(line.plan_id) if line.plan_id else None,
            amount_minor=line.amount_minor,
            interval=line.interval,
            billing_ref=line.billing_ref,
            status=line.status,
            stored=line,
            met=key in self._met,
        )

    def get(self, number: str) -> Held | None:
        """Return the contract of that number, if there is one."""
        return self._held.get(number)

    def add(self, held: Held) -> None:
        """Keep a contract that is about to be written."""
        self._held[held.number] = held

    def all(self) -> list[Held]:
        """Return every contract at hand."""
        return list(self._held.values())
