"""What one row of a file becomes: a record, a rejected or a left-out row; and what makes two rows one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, make_dataclass
from hashlib import blake2b
from typing import Any, Final, Literal

from atelogo.register.domain.importing.folding import fold

Kind = Literal["customers", "contracts", "cancellations"]
KINDS: Final[tuple[Kind, ...]] = ("customers", "contracts", "cancellations")
Precision = Literal["instant", "day", "month", "unknown"]
PersonKind = Literal["person", "company"]


@dataclass(frozen=True, slots=True)
class LocalDate:
    """A date as the file gave it, with how much of it is known.

    `value` is a `date` for `day`, the first of the month for `month`, a `datetime` for `instant` (naive =
    local time of the workspace; aware when the file gave an offset), and None only for `unknown`.
    """

    value: dt.date | dt.datetime | None
    precision: Precision


UNKNOWN_DATE = LocalDate(None, "unknown")


@dataclass(frozen=True, slots=True)
class Document:
    """A valid CPF (11 digits, person) or CNPJ (14 characters, company), without punctuation."""

    number: str
    kind: PersonKind


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """One customer. At least one of external_id, document, name, email, phone is present."""

    line: int
    external_id: str | None = None
    name: str | None = None
    kind: PersonKind | None = None
    document: Document | None = None
    email: str | None = None
    phone: str | None = None  # E.164
    city: str | None = None
    state: str | None = None
    since: LocalDate = UNKNOWN_DATE
    street: str | None = None
    street_number: str | None = None
    complement: str | None = None
    district: str | None = None
    postal_code: str | None = None
    country: str | None = None
    contact_name: str | None = None  # a company's authorised contact
    contact_phone: str | None = None
    contact_email: str | None = None
    extra: Mapping[str, str] | None = None  # unmapped columns kept as custom fields
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContractRecord:
    """One contract line. Without a number of its own, `contract_number` is the customer's id."""

    line: int
    contract_number: str | None = None
    customer_id: str | None = None  # the customer's external id
    name: str | None = None
    document: Document | None = None
    email: str | None = None
    phone: str | None = None
    product: str | None = None
    plan: str | None = None
    amount_minor: int | None = None  # in the mapping's currency
    interval: Literal["month", "quarter", "half_year", "year", "two_years", "week"] | None = None
    start_date: LocalDate = UNKNOWN_DATE
    renewal_date: LocalDate = UNKNOWN_DATE
    end_date: LocalDate = UNKNOWN_DATE
    status: Literal["active", "suspended", "ended"] | None = None
    billing_reference: str | None = None
    commitment_until: LocalDate = UNKNOWN_DATE
    signup_channel: str | None = None
    city: str | None = None
    state: str | None = None
    equipment_kind: str | None = None
    equipment_serial: str | None = None
    equipment_value_minor: int | None = None
    extra: Mapping[str, str] | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CancellationRecord:
    """One cancellation: `external_id` is the cancellation's own id, `customer_id` the customer's."""

    line: int
    external_id: str | None = None
    customer_id: str | None = None
    contract_number: str | None = None
    name: str | None = None
    document: Document | None = None
    email: str | None = None
    phone: str | None = None
    date: LocalDate = UNKNOWN_DATE  # when it was cancelled
    declared_date: LocalDate = UNKNOWN_DATE  # when it was asked for
    effective_date: LocalDate = UNKNOWN_DATE  # when service and charges stop
    start_date: LocalDate = UNKNOWN_DATE
    amount_minor: int | None = None
    reason: str | None = (
        None  # the file's spelling (encoding repaired, outer spaces gone); None = not informed
    )
    secondary_reason: str | None = None
    channel: str | None = None
    product: str | None = None
    plan: str | None = None
    city: str | None = None
    state: str | None = None
    notes: str | None = None
    competitor: str | None = None
    protocol: str | None = None  # the old system's
    end_kind: Literal["customer", "company", "administrative"] | None = None
    extra: Mapping[str, str] | None = None
    flags: tuple[str, ...] = ()


Record = CustomerRecord | ContractRecord | CancellationRecord


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be used: `codes` say why, `fields` which field each is about ('' = the row)."""

    line: int
    codes: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is no record of this kind (blank, total, footer, header again, not a cancellation)."""

    line: int
    why: str


Outcome = CustomerRecord | ContractRecord | CancellationRecord | Rejected | LeftOut


RECORD_CLASSES: Final[dict[Kind, type[Record]]] = {
    "customers": CustomerRecord,
    "contracts": ContractRecord,
    "cancellations": CancellationRecord,
}


def record_builder(kind: Kind) -> Callable[..., Record]:
    """Return a function that builds records from all their values, in order, without naming them.

    A frozen dataclass sets each field through `object.__setattr__`: 3.6 us for 26 fields. An open twin of the
    same layout that then takes the frozen class costs 0.9 us, which counts at a million rows.
    """
    record_class = RECORD_CLASSES[kind]
    twin = make_dataclass(record_class.__name__, [one.name for one in fields(record_class)], slots=True)

    def build(*values: object) -> Record:
        record: Any = twin(*values)
        record.__class__ = record_class
        built: Record = record
        return built

    return build


def identity_key(record: Record, source: str = "") -> bytes:
    """Return 16 bytes that are equal for two rows about the same thing (`source` = where the file came from).

    A cancellation is its own external id; without one, source, customer key, date and folded reason. A
    customer is its external id or document, a contract its number; without them, the source and what is
    known of the person.
    """
    if isinstance(record, CancellationRecord):
        parts = _cancellation_parts(record, source)
    elif isinstance(record, ContractRecord):
        parts = _contract_parts(record, source)
    else:
        parts = _customer_parts(record, source)
    return _digest(parts)


def _cancellation_parts(record: CancellationRecord, source: str) -> tuple[str, ...]:
    if record.external_id:
        return ("cancellation", "id", record.external_id)
    reason = fold(record.reason) if record.reason else ""
    return ("cancellation", source, *_person_parts(record), _date_text(record.date), reason)


def _contract_parts(record: ContractRecord, source: str) -> tuple[str, ...]:
    if record.contract_number and record.contract_number != record.customer_id:
        return ("contract", "number", record.contract_number)
    what = (record.product or "", record.plan or "", _date_text(record.start_date))
    return ("contract", source, *_person_parts(record), *map(fold, what))


def _customer_parts(record: CustomerRecord, source: str) -> tuple[str, ...]:
    if record.external_id:
        return ("customer", "id", record.external_id)
    if record.document:
        return ("customer", "document", record.document.number)
    return ("customer", source, fold(record.name or ""), record.email or "", record.phone or "")


def _person_parts(record: ContractRecord | CancellationRecord) -> tuple[str, ...]:
    """Return whose row it is, by the surest sign it has, and which contract."""
    contract = record.contract_number or ""
    if record.customer_id:
        return ("id", record.customer_id, contract)
    if record.document:
        return ("document", record.document.number, contract)
    if contract:
        return ("contract", contract)
    return ("name", fold(record.name or ""), record.email or "", record.phone or "")


def content_key(record: Record) -> bytes:
    """Return 16 bytes over all a row says but its line: same identity and same content = exact repeat."""
    return _digest(tuple(_content_text(getattr(record, name)) for name in _CONTENT[type(record)]))


def _content_text(value: object) -> str:
    if isinstance(value, LocalDate):
        return _date_text(value)
    if isinstance(value, Document):
        return value.number
    if isinstance(value, dict):
        return "\x1e".join(f"{name}\x1d{text}" for name, text in sorted(value.items()))
    return "" if value is None else str(value)


def _date_text(given: LocalDate) -> str:
    return f"{given.precision} {given.value.isoformat()}" if given.value is not None else ""


def _digest(parts: tuple[str, ...]) -> bytes:
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


_CONTENT: Final = {
    record_class: tuple(one.name for one in fields(record_class) if one.name not in {"line", "flags"})
    for record_class in RECORD_CLASSES.values()
}
