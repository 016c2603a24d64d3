"""Rows of customers: made, brought up to date, or known already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from atelogo.register.domain.import_rows import CustomerRow, Who, date_read
from atelogo.register.domain.importing.folding import fold
from atelogo.register.models import Customer
from atelogo.register.services.imports.contacts import Contacts
from atelogo.register.services.imports.job import IMPORTED, UNCHANGED, UPDATED, Job, Listed, Tally
from atelogo.register.services.imports.loading import json_text, uuid_of
from atelogo.register.services.imports.people import Hashes, People, new_customer

_ADDRESS: Final = ("street", "street_number", "complement", "district", "postal_code", "country")
_AGAIN: Final = "repeated_row"
_HASHED: Final = {"document": "document_hash", "email": "email_hash", "phone": "phone_hash"}


class CustomerWriter:
    """Writes customers. The first row about a customer in a file counts; later ones change nothing."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._people = People(job)
        self._contacts = Contacts(job)

    def chunk(self, rows: Sequence[CustomerRow], tally: Tally) -> None:
        """Settle the rows of one chunk in the transaction in force."""
        met = self._people.meet([row.who for row in rows])
        known: list[tuple[CustomerRow, str, Hashes]] = []
        for row, (who, hashes) in zip(rows, met, strict=True):
            key = self._people.match(who, hashes)
            if row.again and key is not None:
                tally.count(UNCHANGED, Listed(row.line, UNCHANGED, ((_AGAIN, ""),), key))
            elif key is None:
                self._add(row, who, hashes)
                tally.count(IMPORTED)
            elif key in self._people.fresh:
                tally.count(UNCHANGED, Listed(row.line, UNCHANGED, ((_AGAIN, ""),), key))
            else:
                known.append((row, key, hashes))
        self._people.write()
        self._contacts.write()
        self._bring_up_to_date(known, tally)

    def _add(self, row: CustomerRow, who: Who, hashes: Hashes) -> None:
        key = self._people.draw()
        said = _said(row)
        fresh = partial(
            new_customer,
            key,
            who,
            hashes,
            kind=said.get("kind", ""),
            address=said.get("address", ""),
            since=said["since"].isoformat() if "since" in said else None,
            attributes=json_text(said["attributes"]),
        )
        self._people.add(key, who, hashes, fresh)
        self._contacts.note(key, row)

    def _bring_up_to_date(self, known: Sequence[tuple[CustomerRow, str, Hashes]], tally: Tally) -> None:
        ids = {uuid_of(key) for _row, key, _hashes in known}
        held = Customer.objects.filter(workspace_id=self._job.workspace.id, id__in=ids).in_bulk()
        for row, key, hashes in known:
            customer = held[uuid_of(key)]
            changes = _changes(customer, row)
            added = self._contacts.add_missing(customer, row)
            if not changes and added is None:
                tally.count(UNCHANGED)
                continue
            before = {
                name: [_plain(getattr(customer, name)), _plain(value)] for name, value in changes.items()
            }
            if added is not None:
                before["contact"] = [None, added]
            if changes and not self._job.dry:
                columns = changes | _derived(changes, hashes, damaged=Who._make(row.who).damaged)
                for name, value in columns.items():
                    setattr(customer, name, value)
                customer.save(update_fields=list(columns))
            codes = tuple((name, "") for name in before)
            tally.count(UPDATED, Listed(row.line, UPDATED, codes, key, before=before))


def _said(row: CustomerRow) -> dict[str, Any]:
    """Return what the row says besides identification, as columns."""
    said: dict[str, Any] = {"attributes": dict(row.extra or {})}
    if row.kind:
        said["kind"] = row.kind
    since, precision = date_read(row.since)
    if since is not None:
        said["since"] = since.date() if isinstance(since, datetime) else since
        if precision == "month":
            said["attributes"]["since_precision"] = "month"
    address = ", ".join(part for name in _ADDRESS if (part := getattr(row, name)))
    if row.street or row.postal_code:
        said["address"] = address
    return said


def _changes(customer: Customer, row: CustomerRow) -> dict[str, Any]:
    """Return the columns that the row says otherwise; what it leaves out stays as it is."""
    who = Who._make(row.who)
    said = _said(row)
    given: dict[str, Any] = {
        "external_id": who.external_id and who.external_id[:120],
        "name": (who.name or "")[:200],
        "document": who.document,
        "email": who.email,
        "phone": who.phone,
        "city": (who.city or "")[:120],
        "state": (who.state or "")[:40],
        **{name: said.get(name) for name in ("kind", "address", "since")},
    }
    if who.damaged and customer.name and not customer.name_damaged:
        del given["name"]  # a good name is not given up for one that lost letters
    changes = {name: value for name, value in given.items() if value and getattr(customer, name) != value}
    attributes = customer.attributes | said["attributes"]
    if attributes != customer.attributes:
        changes["attributes"] = attributes
    return changes


def _derived(changes: Mapping[str, Any], hashes: Hashes, *, damaged: bool) -> dict[str, Any]:
    """Return the columns that follow from changed ones."""
    follow: dict[str, Any] = {
        column: digest
        for (name, column), digest in zip(_HASHED.items(), hashes, strict=True)
        if name in changes
    }
    if "name" in changes:
        follow["name_folded"] = fold(changes["name"])[:200]
        follow["name_damaged"] = damaged
    if "document" in changes:
        follow["document_kind"] = "cpf" if len(changes["document"]) == 11 else "cnpj"  # noqa: PLR2004 - a CPF
    return follow


def _plain(value: Any) -> Any:  # noqa: ANN401 - any column's value
    return value.isoformat() if isinstance(value, date) else value
