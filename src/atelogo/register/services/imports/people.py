"""The customer that a row is about: found by the surest sign the row has, or made.

In this order: external id; valid CPF or CNPJ; e-mail or phone together with the name; and a name alone only
where it is all there is, within the same source. Rows of contracts and cancellations never change a customer
that is known: only an import of customers does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final

from atelogo.core.secrets import encrypt
from atelogo.register.domain.import_rows import Who
from atelogo.register.models import Customer
from atelogo.register.services.imports.drawing import new_keys
from atelogo.register.services.imports.job import Job
from atelogo.register.services.imports.loading import Row, Shape, found
from atelogo.register.services.people import find_key

_CPF_DIGITS: Final = 11
_DRAWN: Final = 1000
_VARYING = (
    "id", "external_id", "kind", "name", "name_folded", "name_damaged", "document", "document_kind",
    "document_hash", "email", "email_hash", "phone", "phone_hash", "city", "state", "address", "since",
    "attributes",
)  # fmt: skip
Hashes = tuple[bytes | None, bytes | None, bytes | None]


def new_customer(
    key: str,
    who: Who,
    hashes: Hashes,
    *,
    kind: str = "",
    address: str = "",
    since: str | None = None,
    attributes: str = "{}",
) -> Row:
    """Return the row of a new customer; contracts and cancellations tell no more than who it is."""
    company = who.document is not None and len(who.document) > _CPF_DIGITS
    return (
        key,
        who.external_id and who.external_id[:120],
        kind or ("company" if company else "person"),
        (who.name or "")[:200],
        who.folded,
        who.damaged,
        encrypt(who.document or ""),
        "" if who.document is None else "cnpj" if company else "cpf",
        hashes[0],
        encrypt(who.email or ""),
        hashes[1],
        encrypt(who.phone or ""),
        hashes[2],
        (who.city or "")[:120],
        (who.state or "")[:40],
        encrypt(address),
        since,
        attributes,
    )


def says_somebody(who: Who) -> bool:
    """Say whether the row names a person at all (it may name only a contract)."""
    return bool(who.external_id or who.document or who.email or who.phone or who.folded)


class People:
    """Customers found or made for the rows of a run; :meth:`meet` is called once for each chunk, first.

    ``fresh`` are the keys made in this chunk. A dry run keeps what it would have made; a real one finds it in
    the database from the next chunk on.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._shape = Shape(
            Customer,
            _VARYING,
            {"workspace_id": job.workspace.id, "batch_id": job.batch_id, "created_at": job.moment},
        )
        self._rows: list[Callable[[], Row]] = []
        self._spare: list[str] = []
        self.fresh: set[str] = set()
        self._forget()

    def _forget(self) -> None:
        self._by_id: dict[str, str] = {}
        self._by_document: dict[bytes, list[tuple[str, bool]]] = {}
        self._by_contact: dict[bytes, list[tuple[str, str]]] = {}
        self._by_name: dict[str, str] = {}

    def found_or_made(self, who: Who, hashes: Hashes) -> str | None:
        """Return the key of the row's customer, making an unknown one; ``None`` when it names nobody."""
        key = self.match(who, hashes)
        if key is None and says_somebody(who):
            key = self.draw()
            self.add(key, who, hashes, partial(new_customer, key, who, hashes))
        return key

    def meet(self, given: Sequence[Sequence[Any]]) -> list[tuple[Who, Hashes]]:
        """Return each row's person with the look-up keys, after looking up all that they may be found by."""
        if not self._job.dry:
            self._forget()
            self.fresh = set()
            self._spare = []  # ids follow the clock: those of an earlier chunk would be out of order
        met = [(who, self.hashes(who)) for who in map(Who._make, given)]
        self._look_up_ids({who.external_id[:120] for who, _ in met if who.external_id})
        lost = [one for one in met if not one[0].external_id or one[0].external_id[:120] not in self._by_id]
        self._look_up_documents({hashes[0] for _, hashes in lost})
        apart = [one for one in lost if not one[0].external_id]
        self._look_up_contacts("email", {hashes[1] for _, hashes in apart})
        self._look_up_contacts("phone", {hashes[2] for _, hashes in apart})
        self._look_up_names({who.folded for who, _ in apart if _only_named(who)})
        return met

    def draw(self) -> str:
        """Return the key of a customer about to be made."""
        if not self._spare:
            self._spare = new_keys(_DRAWN)
        return self._spare.pop()

    def add(self, key: str, who: Who, hashes: Hashes, row: Callable[[], Row]) -> None:
        """Make a customer, and let later rows find it; ``row`` is built when it is written."""
        self._rows.append(row)
        self.fresh.add(key)
        self._learn(key, who, hashes)

    def _learn(self, key: str, who: Who, hashes: Hashes) -> None:
        if who.external_id:
            self._by_id[who.external_id[:120]] = key
        if hashes[0]:
            self._by_document.setdefault(hashes[0], []).append((key, bool(who.external_id)))
        for contact in hashes[1:]:
            if contact:
                self._by_contact.setdefault(contact, []).append((key, who.folded))
        if _only_named(who):
            self._by_name[who.folded] = key

    def match(self, who: Who, hashes: Hashes) -> str | None:
        """Return the key of the customer that a person is, ``None`` when nobody is known to be."""
        if who.external_id:
            known = self._by_id.get(who.external_id[:120])
            if known is not None or not hashes[0]:
                return known
            # The same CPF under another code is another registration; one without a code is this one.
            return next((key for key, coded in self._by_document.get(hashes[0], ()) if not coded), None)
        if hashes[0] and hashes[0] in self._by_document:
            return self._by_document[hashes[0]][0][0]
        for contact in hashes[1:]:
            if contact and (key := self._by_contact_and_name(contact, who.folded)):
                return key
        return self._by_name.get(who.folded) if _only_named(who) else None

    def _by_contact_and_name(self, contact: bytes, folded: str) -> str | None:
        known = self._by_contact.get(contact, ())
        if folded:
            return next((key for key, name in known if name == folded), None)
        return known[0][0] if len(known) == 1 else None

    def write(self) -> None:
        """Insert the customers made since the last time; a dry run drops them."""
        if not self._job.dry:
            self._shape.write(row() for row in self._rows)
        self._rows = []

    def hashes(self, who: Who) -> Hashes:
        """Return the look-up keys of document, e-mail and phone."""
        workspace = self._job.workspace.id
        return (
            find_key(workspace, "document", who.document or ""),
            find_key(workspace, "email", who.email or ""),
            find_key(workspace, "phone", who.phone or ""),
        )

    def _look_up_ids(self, ids: Iterable[str]) -> None:
        select = "SELECT external_id, id FROM register_customer WHERE workspace_id = %s AND external_id"
        self._by_id.update(self._found(select, ids, kind="text"))

    def _look_up_documents(self, hashes: Iterable[bytes | None]) -> None:
        select = (
            "SELECT document_hash, id, external_id IS NOT NULL FROM register_customer"
            " WHERE workspace_id = %s AND document_hash"
        )
        fresh = {digest for digest in hashes if digest and digest not in self._by_document}
        for digest, key, coded in sorted(self._found(select, fresh, kind="bytea"), key=_by_key):
            self._by_document.setdefault(bytes(digest), []).append((key, bool(coded)))

    def _look_up_contacts(self, column: str, hashes: Iterable[bytes | None]) -> None:
        select = (
            f"SELECT {column}_hash, id, name_folded FROM register_customer"  # noqa: S608 - two column names
            f" WHERE workspace_id = %s AND {column}_hash"
        )
        fresh = {digest for digest in hashes if digest and digest not in self._by_contact}
        for digest, key, folded in sorted(self._found(select, fresh, kind="bytea"), key=_by_key):
            self._by_contact.setdefault(bytes(digest), []).append((key, folded))

    def _look_up_names(self, names: Iterable[str]) -> None:
        select = (
            "SELECT c.name_folded, c.id FROM register_customer c JOIN register_importbatch b"
            " ON b.workspace_id = c.workspace_id AND b.id = c.batch_id"
            " WHERE b.source = %s AND c.workspace_id = %s AND c.external_id IS NULL"
            " AND c.document_hash IS NULL AND c.email_hash IS NULL AND c.phone_hash IS NULL AND c.name_folded"
        )
        before = [self._job.source, self._job.workspace_key]
        for folded, key in found(select, names, kind="text", before=before):
            self._by_name.setdefault(folded, key)

    def _found(self, select: str, values: Iterable[Any], *, kind: str) -> list[Row]:
        return found(select, values, kind=kind, before=[self._job.workspace_key])


def _by_key(row: Row) -> Any:  # noqa: ANN401 - ids sort by the time they were made
    return row[1]


def _only_named(who: Who) -> bool:
    return bool(who.folded) and not (who.external_id or who.document or who.email or who.phone)
