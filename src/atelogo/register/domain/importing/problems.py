"""Every stable code the importer answers with, and what it says to a person (msgids in English)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

ProblemKind = Literal["file", "mapping", "rejected", "left_out", "flag", "warning"]


class ImportProblemError(Exception):
    """The file or the mapping cannot be used at all; `code` is in `PROBLEMS`, `detail` names the thing.

    `detail` never holds a cell's content (it may be personal data): only names of columns, fields, formats.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class ValueProblemError(Exception):
    """A cell that is not what its column should hold; `value` is what may be kept of it all the same."""

    def __init__(self, code: str, value: object = None) -> None:
        super().__init__(code)
        self.code = code
        self.value = value


@dataclass(frozen=True, slots=True)
class Problem:
    """One code, where it is used, and its English message (a gettext msgid; `%(detail)s` = a name)."""

    code: str
    kind: ProblemKind
    message: str


def gettext_noop(message: str) -> str:
    """Mark a message for the translation catalogues; the rooms above translate it."""
    return message


_FILE: Final = {
    "file_empty": gettext_noop("The file is empty. Export it again and check that it has rows."),
    "file_format_unknown": gettext_noop(
        "This is not a table we can read (%(detail)s). Save it as CSV, TXT or XLSX and send it again."
    ),
    "file_unreadable": gettext_noop(
        "The spreadsheet is damaged and could not be opened. Save it again and resend it."
    ),
    "file_encrypted": gettext_noop("The spreadsheet is protected by a password. Save a copy without one."),
    "file_too_large": gettext_noop("The spreadsheet is too large once unpacked. Save it as CSV or split it."),
    "encoding_unknown": gettext_noop("The encoding “%(detail)s” is not known."),
    "sheet_unknown": gettext_noop("The workbook has no sheet “%(detail)s”."),
    "table_missing": gettext_noop(
        "No table was found in the file: a line with column names and rows below it."
    ),
}
_MAPPING: Final = {
    "mapping_unreadable": gettext_noop("The mapping file is not valid TOML (%(detail)s)."),
    "mapping_version_unknown": gettext_noop("The mapping file has a version this program does not know."),
    "mapping_kind_unknown": gettext_noop(
        "“%(detail)s” is not a kind of import: customers, contracts, cancellations."
    ),
    "mapping_kind_differs": gettext_noop("The mapping is for another kind of import: “%(detail)s”."),
    "mapping_key_unknown": gettext_noop("The mapping file has an entry we do not know: “%(detail)s”."),
    "mapping_value_invalid": gettext_noop(
        "The mapping file has an entry with a value it cannot take: “%(detail)s”."
    ),
    "mapping_field_unknown": gettext_noop("“%(detail)s” is not a field of this kind of import."),
    "mapping_field_repeated": gettext_noop("The field “%(detail)s” takes one column only."),
    "mapping_column_unknown": gettext_noop("The file has no column “%(detail)s”."),
    "mapping_constant_invalid": gettext_noop("The fixed value of “%(detail)s” is not valid for this field."),
    "identification_unmapped": gettext_noop(
        "No column says who it is. Choose the one with the code, contract, document, name, e-mail or phone."
    ),
}
_REJECTED: Final = {
    "identification_missing": gettext_noop(
        "The row does not say who it is: no code, document, name or contact."
    ),
    "id_damaged": gettext_noop(
        "The spreadsheet changed the code into a rounded number or a date. Type it again."
    ),
    "date_invalid": gettext_noop("The date does not exist or is not a date."),
    "amount_invalid": gettext_noop("The value is not a number."),
    "amount_negative": gettext_noop("The value is negative."),
    "document_invalid": gettext_noop("The CPF or CNPJ is wrong: the check digits do not match."),
    "document_scientific": gettext_noop(
        "The spreadsheet rounded the CPF or CNPJ (such as 4,59E+10). Type it again."
    ),
    "document_masked": gettext_noop("The CPF or CNPJ is partly hidden by asterisks."),
    "phone_invalid": gettext_noop("The phone number is not complete: area code and number are needed."),
    "email_invalid": gettext_noop("The e-mail address is not valid."),
    "row_incomplete": gettext_noop(
        "The row has one filled cell only: nothing says what was cancelled or when."
    ),
    "customer_missing": gettext_noop("The row does not say whose contract it is."),
    "columns_missing": gettext_noop(
        "The row has fewer columns than the header: it may have been cut in two."
    ),
    "columns_excess": gettext_noop(
        "The row has more columns than the header: a separator may stand inside a text."
    ),
}
_LEFT_OUT: Final = {
    "row_blank": gettext_noop("Blank row."),
    "row_total": gettext_noop("Row of totals."),
    "row_footer": gettext_noop("Note or footer, not a record."),
    "row_repeated_header": gettext_noop("The column names again."),
    "not_cancelled": gettext_noop("Not a cancellation: the customer is active."),
}
_FLAG: Final = {
    "name_damaged": gettext_noop("Letters of the name were lost before the file reached us: check the name."),
    "name_missing": gettext_noop("The row has no name."),
    "reason_damaged": gettext_noop(
        "Letters of the reason were lost before the file reached us: check the reason."
    ),
    "amount_rounded": gettext_noop("The value had more than two decimals and was rounded."),
    "value_unknown": gettext_noop("A word in the row is not one we know; that field was left empty."),
    "columns_joined": gettext_noop(
        "The last column was cut by separators inside its text and was put together again."
    ),
}
_WARNING: Final = {
    "dates_ambiguous": gettext_noop(
        "No date proves whether the day or the month comes first: day first was assumed."
    ),
    "amounts_ambiguous": gettext_noop(
        "No value proves whether the decimal sign is a comma or a point: comma was assumed."
    ),
    "amounts_negated": gettext_noop("Nearly all values are negative: the minus sign was read as “lost”."),
    "reason_unmapped": gettext_noop("No column holds the reason: all will be “not informed”."),
    "date_unmapped": gettext_noop("No column holds the date: it stays unknown."),
    "name_unmapped": gettext_noop("No column holds the name."),
    "selection_suggested": gettext_noop(
        "The file also holds customers who did not cancel: their rows stay out."
    ),
}
_BY_KIND: Final[dict[ProblemKind, dict[str, str]]] = {
    "file": _FILE,
    "mapping": _MAPPING,
    "rejected": _REJECTED,
    "left_out": _LEFT_OUT,
    "flag": _FLAG,
    "warning": _WARNING,
}
PROBLEMS: Final[dict[str, Problem]] = {
    code: Problem(code, kind, message)
    for kind, messages in _BY_KIND.items()
    for code, message in messages.items()
}
