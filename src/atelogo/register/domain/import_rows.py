"""What travels from the process that reads a file to the one that writes: plain tuples of plain values.

Every field of a record flattened: a date is ``precision:ISO`` text, a document its number. Plain tuples cross
a pipe by ``marshal`` in a microsecond; the writer gives them their names back by ``_make``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from atelogo.register.domain.importing.folding import fold
from atelogo.register.domain.importing.records import (
    CancellationRecord,
    ContractRecord,
    CustomerRecord,
    Kind,
    LocalDate,
    Record,
    content_key,
    identity_key,
)

RECORD, REJECTED, LEFT_OUT = 0, 1, 2
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_NAME_LENGTH: Final = 200


class Who(NamedTuple):
    """The person a row is about, as far as the row says."""

    external_id: str | None
    name: str | None
    folded: str
    document: str | None
    email: str | None
    phone: str | None
    city: str | None
    state: str | None
    damaged: bool


class CustomerRow(NamedTuple):
    """A customer of a file."""

    tag: int
    line: int
    key: bytes
    content: bytes
    again: bool
    who: Who
    kind: str | None
    since: str | None
    street: str | None
    street_number: str | None
    complement: str | None
    district: str | None
    postal_code: str | None
    country: str | None
    contact_name: str | None
    contact_phone: str | None
    contact_email: str | None
    extra: dict[str, str] | None
    flags: tuple[str, ...]


class ContractRow(NamedTuple):
    """A contract line of a file; ``first`` of its contract there; ``cells`` are what the file held."""

    tag: int
    line: int
    key: bytes
    content: bytes
    again: bool
    first: bool
    who: Who
    number: str
    product: str | None
    plan: str | None
    amount_minor: int | None
    interval: str | None
    start: str | None
    renewal: str | None
    end: str | None
    status: str | None
    billing_reference: str | None
    committed_until: str | None
    signup_channel: str | None
    equipment_kind: str | None
    equipment_serial: str | None
    equipment_value_minor: int | None
    extra: dict[str, str] | None
    flags: tuple[str, ...]
    cells: tuple[Any, ...]


class CancellationRow(NamedTuple):
    """A cancellation of a file; ``code`` is its own id there, ``cells`` only where it is told again."""

    tag: int
    line: int
    key: bytes
    content: bytes
    again: bool
    who: Who
    code: str | None
    number: str | None
    date: str | None
    declared: str | None
    effective: str | None
    start: str | None
    amount_minor: int | None
    reason: str | None
    secondary: str | None
    channel: str | None
    product: str | None
    plan: str | None
    notes: str | None
    competitor: str | None
    protocol: str | None
    end_kind: str | None
    extra: dict[str, str] | None
    flags: tuple[str, ...]
    cells: tuple[Any, ...]


class RejectedRow(NamedTuple):
    """A row that cannot be used: why (first = main), which field each code is about, what the file held."""

    tag: int
    line: int
    codes: tuple[str, ...]
    fields: tuple[str, ...]
    cells: tuple[Any, ...]


class LeftOutRow(NamedTuple):
    """A row that is no record of this kind, and why."""

    tag: int
    line: int
    why: str
    cells: tuple[Any, ...]


ROWS: Final[dict[Kind, Callable[[Sequence[Any]], Any]]] = {
    "customers": CustomerRow._make,
    "contracts": ContractRow._make,
    "cancellations": CancellationRow._make,
}


def clean(text: str | None) -> str | None:
    """Return the text without control characters and half characters, which no database keeps."""
    if text is None or text.isprintable():
        return text
    return _CONTROL.sub("", text)


def date_text(given: LocalDate) -> str | None:
    """Return ``precision:ISO`` of a known date."""
    return f"{given.precision}:{given.value.isoformat()}" if given.value is not None else None


def date_read(text: str | None) -> tuple[date | datetime | None, str]:
    """Return the value and precision behind :func:`date_text`; ``(None, "unknown")`` for none."""
    if text is None:
        return None, "unknown"
    precision, _colon, iso = text.partition(":")
    if precision == "instant":
        return datetime.fromisoformat(iso), precision
    return date.fromisoformat(iso), precision


def _extra(given: Any) -> dict[str, str] | None:  # noqa: ANN401 - the record's mapping
    if not given:
        return None
    return {clean(str(name)) or "": clean(text) or "" for name, text in given.items()}


def _who(record: Record, external_id: str | None) -> Who:
    name = clean(record.name)
    return Who(
        clean(external_id),
        name,
        fold(name)[:_NAME_LENGTH] if name else "",
        record.document.number if record.document else None,
        clean(record.email),
        record.phone,
        clean(record.city),
        clean(record.state),
        "name_damaged" in record.flags,
    )


def row_of(
    record: Record, cells: Sequence[Any], source: str, again: Callable[[bytes], bool]
) -> tuple[Any, ...]:
    """Return the wire form of a record; ``again`` tells whether its identity was seen in this file before."""
    key = identity_key(record, source)
    if isinstance(record, CancellationRecord):
        seen = again(key)
        return _cancellation(record, key, said_key(record), plain_cells(cells) if seen else (), again=seen)
    if isinstance(record, ContractRecord):
        line = digest((record.contract_number, record.product, record.plan, record.billing_reference))
        first = not again(digest(("contract", record.contract_number)))
        return _contract(record, key, plain_cells(cells), first=first, again=again(line))
    return _customer(record, key, content_key(record), again=again(key))


def said_key(record: CancellationRecord) -> bytes:
    """Return 16 bytes over what a row says of the cancellation itself, as people read it.

    Spellings that fold alike are equal; who the customer is does not count.
    """
    return digest(
        (
            record.contract_number,
            date_text(record.date),
            date_text(record.declared_date),
            date_text(record.effective_date),
            None if record.amount_minor is None else str(record.amount_minor),
            record.reason,
            record.secondary_reason,
            record.channel,
            record.product,
            record.plan,
            record.notes,
            record.competitor,
            record.protocol,
            record.end_kind,
            None if not record.extra else "\x1e".join(f"{k}\x1d{v}" for k, v in sorted(record.extra.items())),
        )
    )


def digest(parts: Sequence[str | None]) -> bytes:
    """Return 16 bytes that are equal for texts that fold alike."""
    text = "\x1f".join([fold(part) if part else "" for part in parts])
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _customer(record: CustomerRecord, key: bytes, content: bytes, *, again: bool) -> tuple[Any, ...]:
    return (
        RECORD,
        record.line,
        key,
        content,
        again,
        tuple(_who(record, record.external_id)),
        record.kind,
        date_text(record.since),
        clean(record.street),
        clean(record.street_number),
        clean(record.complement),
        clean(record.district),
        clean(record.postal_code),
        clean(record.country),
        clean(record.contact_name),
        record.contact_phone,
        clean(record.contact_email),
        _extra(record.extra),
        record.flags,
    )


def _contract(
    record: ContractRecord, key: bytes, cells: tuple[Any, ...], *, first: bool, again: bool
) -> tuple[Any, ...]:
    return (
        RECORD,
        record.line,
        key,
        content_key(record),
        again,
        first,
        tuple(_who(record, record.customer_id)),
        clean(record.contract_number),
        clean(record.product),
        clean(record.plan),
        record.amount_minor,
        record.interval,
        date_text(record.start_date),
        date_text(record.renewal_date),
        date_text(record.end_date),
        record.status,
        clean(record.billing_reference),
        date_text(record.commitment_until),
        clean(record.signup_channel),
        clean(record.equipment_kind),
        clean(record.equipment_serial),
        record.equipment_value_minor,
        _extra(record.extra),
        record.flags,
        cells,
    )


def _cancellation(
    record: CancellationRecord, key: bytes, content: bytes, cells: tuple[Any, ...], *, again: bool
) -> tuple[Any, ...]:
    return (
        RECORD,
        record.line,
        key,
        content,
        again,
        tuple(_who(record, record.customer_id)),
        clean(record.external_id),
        clean(record.contract_number),
        date_text(record.date),
        date_text(record.declared_date),
        date_text(record.effective_date),
        date_text(record.start_date),
        record.amount_minor,
        clean(record.reason),
        clean(record.secondary_reason),
        clean(record.channel),
        clean(record.product),
        clean(record.plan),
        clean(record.notes),
        clean(record.competitor),
        clean(record.protocol),
        record.end_kind,
        _extra(record.extra),
        record.flags,
        cells,
    )


def plain_cells(cells: Sequence[Any]) -> tuple[Any, ...]:
    """Return cells as text and numbers, dates written out: what a spreadsheet can be given back."""
    return tuple(
        cell
        if isinstance(cell, (int, float, bool)) or cell is None
        else (clean(cell) if isinstance(cell, str) else _written(cell))
        for cell in cells
    )


def _written(cell: object) -> str:
    if isinstance(cell, datetime):
        return (
            cell.isoformat(" ", "seconds")
            if cell.time().isoformat() != "00:00:00"
            else cell.date().isoformat()
        )
    return cell.isoformat() if isinstance(cell, date) else str(cell)
