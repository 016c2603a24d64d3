"""Contracts, lines and equipment of a chunk on their way into the tables."""

from __future__ import annotations

from typing import Any, Final

from atelogo.register.domain.import_rows import ContractRow
from atelogo.register.models import Contract, ContractLine, Equipment
from atelogo.register.services.imports.contract_book import Book, Held, Line
from atelogo.register.services.imports.drawing import new_keys
from atelogo.register.services.imports.job import Job
from atelogo.register.services.imports.loading import Row, Shape, json_text, uuid_of

_COLUMNS: Final = (
    "status", "started_on", "renews_on", "ends_on", "signup_channel", "committed_until", "city", "state",
    "ended_on",
)  # fmt: skip
_TEXT: Final = frozenset({"signup_channel", "city", "state"})
_LINE: Final = ("id", "contract_id", "product_id", "plan_id", "amount_minor", "interval", "billing_ref")
_EQUIPMENT: Final = ("id", "contract_id", "kind", "serial", "value_minor")


class ContractRows:
    """New contracts, lines and equipment in bulk; changed ones one by one."""

    def __init__(self, job: Job) -> None:
        self._job = job
        own = {"workspace_id": job.workspace.id}
        self._contracts = Shape(
            Contract,
            (
                "id",
                "customer_id",
                "number",
                "amount_minor",
                "interval",
                "billing_ref",
                "attributes",
                *_COLUMNS,
            ),
            own | {"batch_id": job.batch_id, "currency": job.currency, "created_at": job.moment},
        )
        self._lines = Shape(ContractLine, _LINE, own)
        self._equipment = Shape(Equipment, _EQUIPMENT, own)
        self._lent: list[Row] = []
        self._serials: set[tuple[str, str, str]] = set()

    def equip(self, held: Held, row: ContractRow) -> str | None:
        """Note the equipment that a row names, once; return the key of a new one."""
        kind, serial = (row.equipment_kind or "")[:80], (row.equipment_serial or "")[:120]
        if not (kind or serial) or (held.key, kind, serial) in self._serials:
            return None
        if held.stored is not None:
            known = Equipment.objects.filter(workspace_id=self._job.workspace.id, contract_id=held.stored.id)
            same = known.filter(serial=serial) if serial else known.filter(kind=kind)
            if same.exists():
                return None
        key = new_keys(1)[0]
        self._serials.add((held.key, kind, serial))
        self._lent.append((key, held.key, kind, serial, row.equipment_value_minor))
        return key

    def write(self, book: Book) -> None:
        """Insert what is new and save what has changed; a dry run drops the changes."""
        if not self._job.dry:
            everything = book.all()
            fresh = [held for held in everything if held.stored is None]
            self._contracts.write([self._contract(held) for held in fresh])
            new_lines = [
                self._line(held, line) for held in everything for line in held.lines if line.stored is None
            ]
            self._lines.write(new_lines)
            self._equipment.write(self._lent)
            for held in everything:
                if held.stored is not None:
                    self._save(held, held.stored)
        self._lent = []
        self._serials = set()

    def _contract(self, held: Held) -> Row:
        amount, interval = held.total()
        said = held.columns
        reference = held.lines[0].billing_ref if len(held.lines) == 1 else ""
        columns = [_column(said.get(name), "" if name in _TEXT else None) for name in _COLUMNS]
        return (
            held.key,
            held.customer,
            held.number,
            amount,
            interval,
            reference,
            json_text(said.get("attributes", {})),
            *columns,
        )

    def _line(self, held: Held, line: Line) -> Row:
        return (
            line.key,
            held.key,
            line.product,
            line.plan,
            line.amount_minor,
            line.interval,
            line.billing_ref,
        )

    def _save(self, held: Held, stored: Contract) -> None:
        for line in held.lines:
            if line.changed and line.stored is not None:
                row = line.stored
                row.product_id = uuid_of(line.product) if line.product else None
                row.plan_id = uuid_of(line.plan) if line.plan else None
                row.amount_minor, row.interval, row.billing_ref = (
                    line.amount_minor,
                    line.interval,
                    line.billing_ref,
                )
                row.save(update_fields=["product", "plan", "amount_minor", "interval", "billing_ref"])
        if any(line.changed or line.stored is None for line in held.lines):
            stored.amount_minor, stored.interval = held.total()
            held.changed |= {"amount_minor", "interval"}
        if held.changed:
            stored.save(update_fields=sorted(held.changed))


def _column(value: Any, nothing: Any) -> Any:  # noqa: ANN401 - any column's value
    if value is None:
        return nothing
    return value.isoformat() if hasattr(value, "isoformat") else value
