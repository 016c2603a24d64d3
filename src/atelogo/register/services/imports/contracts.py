"""Rows of contracts: each is one line of a contract; several rows of one number are one contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from atelogo.register.domain.import_rows import ContractRow, Who, date_read
from atelogo.register.services.imports.catalogue import Catalogue
from atelogo.register.services.imports.contract_book import Book, Held, Line
from atelogo.register.services.imports.contract_rows import ContractRows
from atelogo.register.services.imports.drawing import new_keys
from atelogo.register.services.imports.job import (
    IMPORTED,
    REJECTED,
    UNCHANGED,
    UPDATED,
    Job,
    Listed,
    Tally,
)
from atelogo.register.services.imports.people import Hashes, People

_MONTHS_A_YEAR, _WEEKS_A_YEAR = 12, 52
_PLAIN: Final = {"half_year": "semester", "quarter": "quarter", "year": "year", "month": "month"}


class ContractWriter:
    """Writes contracts with their lines and lent equipment."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._people = People(job)
        self._book = Book(job)
        self._catalogue = Catalogue(job)
        self._rows = ContractRows(job)

    def chunk(self, rows: Sequence[ContractRow], tally: Tally) -> None:
        """Settle the rows of one chunk in the transaction in force."""
        self._book.open(row.number[:120] for row in rows)
        met = self._people.meet([row.who for row in rows])
        for row, (who, hashes) in zip(rows, met, strict=True):
            held = self._book.get(row.number[:120])
            if held is None:
                self._new_contract(row, who, hashes, tally)
            else:
                self._known_contract(row, held, self._people.match(who, hashes), tally)
        self._people.write()
        self._rows.write(self._book)

    def _new_contract(self, row: ContractRow, who: Who, hashes: Hashes, tally: Tally) -> None:
        customer = self._people.found_or_made(who, hashes)
        if customer is None:
            tally.count(REJECTED, _refused(row, "customer_missing", ""))
            return
        held = Held(
            new_keys(1)[0], customer, row.number[:120], said_of(row) | {"status": row.status or "active"}
        )
        held.columns.setdefault("city", (who.city or "")[:120])
        held.columns.setdefault("state", (who.state or "")[:40])
        held.own_batch = True
        if held.columns["status"] == "ended":
            held.columns["ended_on"] = held.columns.pop("ends_on", None)
        held.lines.append(self._line(row))
        self._book.add(held)
        self._rows.equip(held, row)
        tally.count(IMPORTED)

    def _line(self, row: ContractRow) -> Line:
        amount, interval = amount_of(row)
        product = self._catalogue.product(row.product)
        plan = self._catalogue.plan(product, row.plan, row.product, amount or 0, interval)
        reference = (row.billing_reference or "")[:160]
        return Line(new_keys(1)[0], product, plan, amount or 0, interval, reference, met=True)

    def _known_contract(self, row: ContractRow, held: Held, customer: str | None, tally: Tally) -> None:
        if customer is not None and customer != held.customer:
            tally.count(REJECTED, _refused(row, "contract_other_customer", "contract_number"))
            return
        wanted = self._line(row)
        line = matched(held, wanted, may_change=not row.again)
        before: dict[str, Any] = {}
        if line is None:
            held.lines.append(wanted)
            before["line"] = [None, wanted.key]
        elif row.again:
            same = line.amount_minor == wanted.amount_minor or amount_of(row)[0] is None
            listed = Listed(row.line, UNCHANGED, (("repeated_row", ""),), held.key)
            tally.count(
                *(UNCHANGED, listed) if same else (REJECTED, _refused(row, "repeated_differs", "amount"))
            )
            return
        else:
            before |= _line_changes(line, wanted, given=amount_of(row)[0] is not None)
        if row.first and not held.own_batch:
            before |= self._contract_changes(held, row)
        if equipment := self._rows.equip(held, row):
            before["equipment"] = [None, equipment]
        self._count(row, held, line, before, tally)

    def _count(
        self, row: ContractRow, held: Held, line: Line | None, before: dict[str, Any], tally: Tally
    ) -> None:
        if held.own_batch and line is None:
            tally.count(IMPORTED)  # one more line of a contract that this very file brought
        elif before:
            codes = tuple((name.rpartition(".")[2], "") for name in before)
            tally.count(UPDATED, Listed(row.line, UPDATED, codes, held.key, before=before))
        else:
            tally.count(UNCHANGED)

    def _contract_changes(self, held: Held, row: ContractRow) -> dict[str, Any]:
        """Set what the row says otherwise of the contract itself, and return before and after."""
        stored = held.stored
        if stored is None:
            return {}
        said = said_of(row)
        if row.status and stored.status not in {row.status, "ended"}:
            said["status"] = row.status  # an ended contract comes back by a person, never by a file
        if (said.get("status") or stored.status) == "ended" and "ends_on" in said:
            ended = said.pop("ends_on")
            if stored.ended_on is None:
                said["ended_on"] = ended
        said["attributes"] = stored.attributes | said.get("attributes", {})
        before = {}
        for name, value in said.items():
            old = getattr(stored, name)
            if old != value:
                before[name] = [_plain(old), _plain(value)]
                setattr(stored, name, value)
                held.changed.add(name)
        return before


def said_of(row: ContractRow) -> dict[str, Any]:
    """Return what the row says of the contract, as columns; what it leaves out is absent."""
    said: dict[str, Any] = {}
    attributes: dict[str, Any] = dict(row.extra or {})
    for column, text in (
        ("started_on", row.start),
        ("renews_on", row.renewal),
        ("ends_on", row.end),
        ("committed_until", row.committed_until),
    ):
        value, precision = date_read(text)
        if value is not None:
            said[column] = value.date() if isinstance(value, datetime) else value
            if precision == "month":
                attributes[f"{column}_precision"] = "month"
    who = Who._make(row.who)
    for column, word, length in (
        ("signup_channel", row.signup_channel, 30),
        ("city", who.city, 120),
        ("state", who.state, 40),
    ):
        if word:
            said[column] = word[:length]
    if attributes:
        said["attributes"] = attributes
    return said


def amount_of(row: ContractRow) -> tuple[int | None, str]:
    """Return the row's amount and interval in those the register knows (weeks and two years are turned)."""
    amount = row.amount_minor
    if row.interval == "two_years":
        return amount and (amount + 1) // 2, "year"
    if row.interval == "week":
        return amount and (2 * amount * _WEEKS_A_YEAR + _MONTHS_A_YEAR) // (2 * _MONTHS_A_YEAR), "month"
    return amount, _PLAIN.get(row.interval or "month", "month")


def matched(held: Held, wanted: Line, *, may_change: bool) -> Line | None:
    """Return the line that a row is about, ``None`` when it is another one.

    The same billing reference, else the same product and plan; else, when the row may change a line, the only
    line of that product that no row of this file has named yet: its plan has changed.
    """
    if wanted.billing_ref:
        for line in held.lines:
            if line.billing_ref == wanted.billing_ref:
                return line
    exact = [line for line in held.lines if (line.product, line.plan) == (wanted.product, wanted.plan)]
    if exact and not (wanted.billing_ref and exact[0].billing_ref):
        return exact[0]
    near = [
        line
        for line in held.lines
        if not line.met and (line.product == wanted.product or None in {line.product, wanted.product})
    ]
    return near[0] if may_change and len(near) == 1 and not held.own_batch else None


def _line_changes(line: Line, wanted: Line, *, given: bool) -> dict[str, Any]:
    """Bring a line up to date, and return before and after under ``<line id>.<column>``."""
    before: dict[str, Any] = {}
    line.met = True
    changes: dict[str, Any] = {}
    if given:
        changes |= {"amount_minor": wanted.amount_minor, "interval": wanted.interval}
    changes |= {
        name: value
        for name, value in (
            ("plan", wanted.plan),
            ("product", wanted.product),
            ("billing_ref", wanted.billing_ref),
        )
        if value
    }
    for name, value in changes.items():
        old = getattr(line, name)
        if old != value:
            before[f"{line.key}.{name}"] = [old, value]
            setattr(line, name, value)
            line.changed.add(name)
    return before


def _refused(row: ContractRow, code: str, field: str) -> Listed:
    return Listed(row.line, REJECTED, ((code, field),), cells=row.cells)


def _plain(value: Any) -> Any:  # noqa: ANN401 - any column's value
    return value.isoformat() if isinstance(value, date) else value
