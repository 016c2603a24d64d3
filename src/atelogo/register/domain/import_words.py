"""What people call the parts of an import: kinds, fields, states, guesses. msgids in English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from atelogo.register.domain.status import gettext_noop

KIND_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cancellations": gettext_noop("Cancellations"),
        "customers": gettext_noop("Customers"),
        "contracts": gettext_noop("Contracts"),
    }
)
KIND_HELP: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cancellations": gettext_noop("Who left, when and why. Customers that are not known yet are made."),
        "customers": gettext_noop("Names, documents, contacts and addresses, one customer in each row."),
        "contracts": gettext_noop("Products, plans and values, one contract line in each row."),
    }
)
FIELD_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "external_id": gettext_noop("Code"),
        "customer_id": gettext_noop("Customer code"),
        "contract_number": gettext_noop("Contract number"),
        "name": gettext_noop("Name"),
        "document": gettext_noop("CPF or CNPJ"),
        "email": gettext_noop("E-mail"),
        "phone": gettext_noop("Phone"),
        "city": gettext_noop("City"),
        "state": gettext_noop("State (UF)"),
        "kind": gettext_noop("Person or company"),
        "since": gettext_noop("Customer since"),
        "street": gettext_noop("Street"),
        "street_number": gettext_noop("Street number"),
        "complement": gettext_noop("Address, second line"),
        "district": gettext_noop("District"),
        "postal_code": gettext_noop("Postal code"),
        "country": gettext_noop("Country"),
        "contact_name": gettext_noop("Contact's name"),
        "contact_phone": gettext_noop("Contact's phone"),
        "contact_email": gettext_noop("Contact's e-mail"),
        "product": gettext_noop("Product"),
        "plan": gettext_noop("Plan"),
        "amount": gettext_noop("Monthly fee"),
        "interval": gettext_noop("Charged every"),
        "start_date": gettext_noop("Start of the contract"),
        "renewal_date": gettext_noop("Renewal"),
        "end_date": gettext_noop("End of the contract"),
        "status": gettext_noop("State of the contract"),
        "billing_reference": gettext_noop("Reference in billing"),
        "commitment_until": gettext_noop("Minimum term until"),
        "signup_channel": gettext_noop("Channel of the sale"),
        "equipment_kind": gettext_noop("Lent equipment"),
        "equipment_serial": gettext_noop("Serial number of the equipment"),
        "equipment_value": gettext_noop("Value of the equipment"),
        "date": gettext_noop("Date of the cancellation"),
        "declared_date": gettext_noop("Date it was asked for"),
        "effective_date": gettext_noop("Last day of service"),
        "reason": gettext_noop("Reason"),
        "secondary_reason": gettext_noop("Second reason"),
        "channel": gettext_noop("Channel"),
        "notes": gettext_noop("Notes"),
        "competitor": gettext_noop("Company chosen"),
        "protocol": gettext_noop("Protocol in the old system"),
        "end_kind": gettext_noop("Whose decision it was"),
    }
)
# The code of a cancellation's own record is not the customer's.
CANCELLATION_CODE: Final = gettext_noop("Code of the cancellation")
STATE_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "staged": gettext_noop("Columns to check"),
        "checking": gettext_noop("Being checked"),
        "checked": gettext_noop("Waiting for you"),
        "running": gettext_noop("Importing"),
        "done": gettext_noop("Finished"),
        "cancelled": gettext_noop("Stopped"),
        "failed": gettext_noop("Failed"),
        "undoing": gettext_noop("Being undone"),
        "undone": gettext_noop("Taken back"),
        "interrupted": gettext_noop("Interrupted"),
    }
)
STATE_TONES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "staged": "blue",
        "checking": "blue",
        "checked": "orange",
        "running": "blue",
        "done": "green",
        "cancelled": "secondary",
        "failed": "red",
        "undoing": "orange",
        "undone": "secondary",
        "interrupted": "red",
    }
)
OUTCOME_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "imported": gettext_noop("Imported"),
        "updated": gettext_noop("Updated"),
        "unchanged": gettext_noop("Unchanged"),
        "rejected": gettext_noop("Rejected"),
        "left_out": gettext_noop("Left out"),
    }
)
GUESS_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "header": gettext_noop("by its name"),
        "header_part": gettext_noop("by part of its name"),
        "content": gettext_noop("by what it holds"),
        "unmapped": gettext_noop("kept as a field of your own"),
        "empty": gettext_noop("empty"),
        "ignored": gettext_noop("not needed"),
        "personal": gettext_noop("personal, and not needed"),
        "selection": gettext_noop("tells which rows count"),
    }
)
EXPORT_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "csv_br": gettext_noop("CSV for Excel in Portuguese"),
        "csv": gettext_noop("International CSV"),
        "xlsx": gettext_noop("Excel workbook (XLSX)"),
    }
)
EXPORT_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "waiting": gettext_noop("Being made"),
        "running": gettext_noop("Being made"),
        "done": gettext_noop("Ready"),
        "failed": gettext_noop("Failed"),
        "expired": gettext_noop("No longer kept"),
    }
)


def field_word(field: str, kind: str) -> str:
    """Return the msgid of a field's name in imports of ``kind``."""
    if field == "external_id" and kind == "cancellations":
        return CANCELLATION_CODE
    return FIELD_WORDS.get(field, field)
