"""The authorised contacts that rows of company customers name."""

from __future__ import annotations

from typing import Final

from atelogo.core import ids
from atelogo.core.secrets import encrypt
from atelogo.register.domain.import_rows import CustomerRow
from atelogo.register.domain.importing.folding import fold
from atelogo.register.models import AuthorisedContact, Customer
from atelogo.register.services.imports.drawing import new_keys
from atelogo.register.services.imports.job import Job
from atelogo.register.services.imports.loading import Row, Shape
from atelogo.register.services.people import find_key

_VARYING: Final = ("id", "customer_id", "name", "email", "email_hash", "phone")


class Contacts:
    """Contacts of new customers are written with the chunk; those of known ones are added when missing."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._shape = Shape(
            AuthorisedContact, _VARYING, {"workspace_id": job.workspace.id, "created_at": job.moment}
        )
        self._rows: list[Row] = []

    def note(self, customer_key: str, row: CustomerRow) -> None:
        """Keep the contact that a new customer's row names."""
        if row.contact_name or row.contact_email:
            self._rows.append(
                (
                    new_keys(1)[0],
                    customer_key,
                    (row.contact_name or "")[:200],
                    encrypt(row.contact_email or ""),
                    find_key(self._job.workspace.id, "email", row.contact_email or ""),
                    encrypt(row.contact_phone or ""),
                )
            )

    def write(self) -> None:
        """Insert the contacts kept since the last time."""
        if not self._job.dry:
            self._shape.write(self._rows)
        self._rows = []

    def add_missing(self, customer: Customer, row: CustomerRow) -> str | None:
        """Add the contact that a known customer's row names unless it is there; return the new one's id."""
        if not (row.contact_name or row.contact_email):
            return None
        folded = fold(row.contact_name or "")
        known = AuthorisedContact.objects.filter(
            workspace_id=customer.workspace_id, customer_id=customer.id, revoked_at=None
        )
        for contact in known:
            if (folded and fold(contact.name) == folded) or (
                row.contact_email and contact.email == row.contact_email
            ):
                return None
        contact = AuthorisedContact(
            id=ids.new_id(),
            workspace_id=customer.workspace_id,
            customer_id=customer.id,
            name=(row.contact_name or "")[:200],
            email=row.contact_email or "",
            email_hash=find_key(customer.workspace_id, "email", row.contact_email or ""),
            phone=row.contact_phone or "",
            created_at=self._job.moment,
        )
        if not self._job.dry:
            contact.save(force_insert=True)
        return str(contact.id)
