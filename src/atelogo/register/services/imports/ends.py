"""The contracts that imported cancellations end: found by number or as the customer's only one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from atelogo.register.domain.importing.folding import fold
from atelogo.register.services.imports.job import Job
from atelogo.register.services.imports.loading import Row, found, many
from atelogo.register.services.subjects import monthly_minor

CANCELLED, DATED, ENDED_BEFORE = "cancelled", "dated", "ended_before"
_CONTRACT = "number, id, customer_id, status, amount_minor, interval, ended_on"


@dataclass(slots=True)
class LineAt:
    """A line of a matched contract."""

    key: str
    label: str
    product: str
    plan: str
    monthly: int
    active: bool


@dataclass(slots=True)
class ContractAt:
    """A matched contract as it stands while the chunk is settled."""

    number: str | None
    key: str
    customer: str
    ended: bool
    monthly: int
    ended_on: str | None
    lines: list[LineAt] = field(default_factory=list)
    end_kind: str | None = None  # set when this chunk ends it
    dated: bool = False


class Ends:
    """Contracts by number and by customer for one chunk, and what becomes of them."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._by_number: dict[str, ContractAt] = {}
        self._by_customer: dict[str, list[ContractAt]] = {}
        self._ended_lines: list[str] = []

    def meet(self, numbers: Iterable[str], customers: Iterable[str]) -> None:
        """Read the contracts of these numbers, and of these customers."""
        self._by_number, self._by_customer, self._ended_lines = {}, {}, []
        own = [self._job.workspace_key]
        select = f"SELECT {_CONTRACT} FROM register_contract WHERE workspace_id = %s AND"  # noqa: S608 - own names
        numbered = found(f"{select} number", set(numbers), kind="text", before=own)
        theirs = found(f"{select} customer_id", set(customers), kind="uuid", before=own)
        held: dict[str, ContractAt] = {}
        for row in (*numbered, *theirs):
            held.setdefault(row[1], _contract_at(row))
        for row in theirs:
            self._by_customer.setdefault(row[2], []).append(held[row[1]])
        self._by_number = {contract.number: contract for contract in held.values() if contract.number}
        if held:
            self._read_lines(held)

    def _read_lines(self, held: dict[str, ContractAt]) -> None:
        select = (
            "SELECT l.contract_id, l.id, l.label, p.name, n.name, l.amount_minor, l.interval, l.status"
            " FROM register_contractline l"
            " LEFT JOIN register_product p ON p.workspace_id = l.workspace_id AND p.id = l.product_id"
            " LEFT JOIN register_plan n ON n.workspace_id = l.workspace_id AND n.id = l.plan_id"
            " WHERE l.workspace_id = %s AND l.contract_id"
        )
        rows = found(select, held, kind="uuid", before=[self._job.workspace_key])
        for contract, key, label, product, plan, amount, interval, status in sorted(rows, key=_by_line):
            names = list(dict.fromkeys(name for name in (product, plan) if name))
            line = LineAt(
                key,
                (label or " · ".join(names) or "—")[:160],
                product or label or "",
                plan or "",
                monthly_minor(amount, interval),
                status == "active",
            )
            held[contract].lines.append(line)

    def by_number(self, number: str) -> ContractAt | None:
        """Return the contract of a number."""
        return self._by_number.get(number)

    def only_one_of(self, customer: str) -> ContractAt | None:
        """Return the customer's contract when they have exactly one."""
        theirs = self._by_customer.get(customer, ())
        return theirs[0] if len(theirs) == 1 else None

    def end(self, contract: ContractAt, lines: list[LineAt], kind: str, day: str | None) -> str:
        """End the lines, and the contract when none is left; return the outcome of the items."""
        if contract.ended:
            if day and (contract.ended_on is None or contract.ended_on < day):
                contract.ended_on, contract.dated = day, True
                return DATED
            return ENDED_BEFORE
        for line in lines:
            if line.active:
                line.active = False
                self._ended_lines.append(line.key)
        if not any(line.active for line in contract.lines):
            contract.ended, contract.end_kind, contract.ended_on = True, kind, day
        else:
            contract.monthly = sum(line.monthly for line in contract.lines if line.active)
        return CANCELLED

    def write(self) -> None:
        """Write what has ended."""
        own = self._job.workspace_key
        many(
            "UPDATE register_contractline SET status = 'ended' WHERE id = %s AND workspace_id = %s",
            [(key, own) for key in self._ended_lines],
        )
        met = {c.key: c for c in self._by_number.values()}
        met |= {c.key: c for held in self._by_customer.values() for c in held}
        many(
            "UPDATE register_contract SET status = 'ended', end_kind = %s, ended_on = %s"
            " WHERE id = %s AND workspace_id = %s",
            [(c.end_kind, c.ended_on, c.key, own) for c in met.values() if c.end_kind],
        )
        many(
            "UPDATE register_contract SET ended_on = %s WHERE id = %s AND workspace_id = %s",
            [(c.ended_on, c.key, own) for c in met.values() if c.dated and not c.end_kind],
        )
        self._write_amounts([c.key for c in met.values() if not c.ended], own)

    def _write_amounts(self, keys: list[str], own: str) -> None:
        """Let contracts that go on without some of their lines cost what remains."""
        ended = set(self._ended_lines)
        if not ended:
            return
        many(
            "UPDATE register_contract SET amount_minor = (SELECT COALESCE(SUM(l.amount_minor), 0)"
            " FROM register_contractline l WHERE l.workspace_id = register_contract.workspace_id"
            " AND l.contract_id = register_contract.id AND l.status = 'active')"
            " WHERE id = %s AND workspace_id = %s",
            [(key, own) for key in keys],
        )


def chosen_lines(contract: ContractAt, product: str | None) -> list[LineAt]:
    """Return the lines that a row means: those it names, else all that are active, else all."""
    active = [line for line in contract.lines if line.active] or contract.lines
    if product and len(active) > 1:
        wanted = fold(product)
        named = [line for line in active if wanted in {fold(line.product), fold(line.plan), fold(line.label)}]
        if named:
            return named
    return active


def _contract_at(row: Row) -> ContractAt:
    number, key, customer, status, amount, interval, ended_on = row
    day = ended_on.isoformat() if hasattr(ended_on, "isoformat") else ended_on
    return ContractAt(number, key, customer, status == "ended", monthly_minor(amount, interval), day)


def _by_line(row: Row) -> tuple[int, str]:
    """Order lines as the register does everywhere: the dearest first."""
    return (-row[5], row[1])
