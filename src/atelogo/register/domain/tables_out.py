"""Cells of a file that leaves the register: written so that a spreadsheet reads values and runs nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

Value = str | int | Decimal | date | datetime | None

# What a spreadsheet takes for the beginning of a formula, in plain and in full width.
_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - full-width signs run as formulas too


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: one that could be is led by an apostrophe.

    The importer takes the apostrophe away again.
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


@dataclass(frozen=True, slots=True)
class Form:
    """How a CSV is written: separator, decimal sign, dates, whether it begins with a byte-order mark."""

    separator: str
    decimal: str
    day: str
    moment: str
    mark: bool

    def cell(self, value: Value) -> str:
        """Return the text of a cell."""
        if value is None:
            return ""
        if isinstance(value, datetime):
            return value.strftime(self.moment)
        if isinstance(value, date):
            return value.strftime(self.day)
        if isinstance(value, Decimal):
            return str(value).replace(".", self.decimal)
        return harmless(value) if isinstance(value, str) else str(value)


FORMS: Final = {
    # As Excel in Portuguese opens it by a double click.
    "csv_br": Form(";", ",", "%d/%m/%Y", "%d/%m/%Y %H:%M:%S", mark=True),
    "csv": Form(",", ".", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z", mark=False),
}
XLSX: Final = "xlsx"


def phone_out(phone: str) -> str:
    """Return an E.164 phone that cannot be taken for a formula: ``(+55) 11987654321``."""
    if not phone.startswith("+"):
        return phone
    country = 3 if phone.startswith("+55") else 2
    return f"({phone[:country]}) {phone[country:]}"
