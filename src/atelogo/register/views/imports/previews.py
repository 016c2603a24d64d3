"""The first rows of a file as they will be."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from atelogo.core.money import Money
from atelogo.register.domain.import_problems import message_of
from atelogo.register.domain.import_rows import date_read
from atelogo.register.domain.import_words import field_word
from atelogo.register.domain.words import word_for
from atelogo.register.views.showing import Sight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from atelogo.register.queries.imports import BatchView

# The fields of a row in the order in which a person reads them, with the mapping's name of each.
_ORDER: Final = (
    ("code", "external_id"),
    ("external_id", "customer_id"),
    ("name", "name"),
    ("document", "document"),
    ("email", "email"),
    ("phone", "phone"),
    ("number", "contract_number"),
    ("product", "product"),
    ("plan", "plan"),
    ("amount_minor", "amount"),
    ("date", "date"),
    ("declared", "declared_date"),
    ("effective", "effective_date"),
    ("since", "since"),
    ("start", "start_date"),
    ("reason", "reason"),
    ("secondary", "secondary_reason"),
    ("channel", "channel"),
    ("city", "city"),
    ("state", "state"),
    ("status", "status"),
    ("end_kind", "end_kind"),
    ("competitor", "competitor"),
    ("notes", "notes"),
)
_DATES: Final = frozenset({"date", "declared", "effective", "since", "start"})
_WORDS: Final = {"channel": "channel", "status": "contract", "end_kind": "end_kind"}


def preview_of(batch: BatchView, *, personal: bool) -> tuple[list[str], list[list[str]]]:
    """Return the titles of the columns that hold something, and the first rows as text."""
    rows = batch.first
    shown = [(key, field) for key, field in _ORDER if any(key in row for row in rows)]
    titles = [str(_(_title(field, batch.kind))) for _key, field in shown]
    currency = str(batch.mapping.get("source", {}).get("currency", "BRL"))
    sight = Sight(personal)
    body = [[_text(key, row, currency, sight) for key, _field in shown] for row in rows]
    if any(row.get("flags") for row in rows):
        titles.append(_("To note"))
        for cells, row in zip(body, rows, strict=True):
            cells.append(" ".join(_(message_of(code)) for code in row.get("flags", ())))
    return titles, body


def _title(field: str, kind: str) -> str:
    return field_word("external_id" if field == "customer_id" and kind == "customers" else field, kind)


def _text(key: str, row: Mapping[str, Any], currency: str, sight: Sight) -> str:
    value = row.get(key)
    if key in _DATES:
        return _date(value)
    if value is None:
        return _("Not informed") if key == "reason" else ""
    if key == "amount_minor":
        return Money(int(value), currency).format("pt_BR")
    if key in _WORDS:
        return _(word_for(_WORDS[key], str(value)))
    shown = {"name": sight.name, "document": sight.document, "email": sight.email, "phone": sight.phone}
    if key == "notes":
        return sight.words(str(value))
    return shown[key](str(value)) if key in shown else str(value)


def _date(said: str | None) -> str:
    value, precision = date_read(said)
    if value is None:
        return ""
    if precision == "month":
        return value.strftime("%m/%Y")
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M")
    return date.strftime(value, "%d/%m/%Y")
