"""Requests as rows of a file: all that the list means, in blocks, masked for who may not see people."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from atelogo.core.money import Money
from atelogo.register.domain.people import masked_document, masked_email, masked_name, masked_phone
from atelogo.register.domain.status import RequestState, presentation
from atelogo.register.domain.tables_out import Value, phone_out
from atelogo.register.domain.words import word_for
from atelogo.register.models import ExportFile, Request
from atelogo.register.queries.reasons import reason_nodes
from atelogo.register.queries.requests import RequestFilter, matching

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from atelogo.accounts.domain.workspace import WorkspaceInfo

_BLOCK: Final = 2_000
# Filters that say something of a person never stand in a record of what left.
_PERSONAL: Final = frozenset({"text", "customer"})


@dataclass(frozen=True, slots=True)
class ExportView:
    """A file that was asked for: how far it is, and until when it can be taken."""

    id: UUID
    form: str
    state: str
    rows: int
    path: str
    masked: bool
    filters: dict[str, str]
    made_by: UUID | None
    made_at: datetime
    done_at: datetime | None
    expires_at: datetime | None
    taken_at: datetime | None


def exports_of(workspace: WorkspaceInfo, person: UUID | None, *, limit: int = 20) -> list[ExportView]:
    """Return the files that a person asked for, the newest first."""
    rows = ExportFile.objects.filter(workspace_id=workspace.id, made_by=person).defer("wanted")
    return [_view(row) for row in rows.order_by("-made_at", "-id")[:limit]]


def export_view(workspace: WorkspaceInfo, export_id: UUID) -> ExportView | None:
    """Return a file of the workspace, or ``None``."""
    row = ExportFile.objects.filter(workspace_id=workspace.id, id=export_id).defer("wanted").first()
    return None if row is None else _view(row)


def _view(row: ExportFile) -> ExportView:
    return ExportView(**{one.name: getattr(row, one.name) for one in fields(ExportView)})


def filter_stored(wanted: RequestFilter) -> dict[str, Any]:
    """Return a filter as plain JSON; :func:`filter_read` gives it back."""
    plain = {name: value for name, value in asdict(wanted).items() if value not in {None, ""}}
    return {
        name: value.isoformat() if isinstance(value, date) else str(value) for name, value in plain.items()
    }


def filter_read(stored: dict[str, Any]) -> RequestFilter:
    """Return the filter behind :func:`filter_stored`."""
    given: dict[str, Any] = dict(stored)
    for name in ("reason", "owner", "batch", "customer"):
        if name in given:
            given[name] = UUID(given[name])
    for name in ("since", "until"):
        if name in given:
            given[name] = date.fromisoformat(given[name])
    return replace(RequestFilter(), **given)


def filter_told(wanted: RequestFilter) -> dict[str, str]:
    """Return the filter without what names people, for the record of the export."""
    stored = filter_stored(wanted)
    told = {name: value for name, value in stored.items() if name not in _PERSONAL}
    return told | {name: "…" for name in _PERSONAL if name in stored}


class Columns:
    """The columns of the file, and how a request fills them."""

    def __init__(self, workspace: WorkspaceInfo, *, language: str, masked: bool) -> None:
        self._zone: ZoneInfo = workspace.zone
        self._masked = masked
        self._reasons = {
            key: node.label for key, node in reason_nodes(workspace.id, language=language).items()
        }

    def titles(self) -> list[str]:
        """Return the names of the columns in the active language."""
        return [str(title) for title, _fill in _COLUMNS]

    def row(self, request: Request) -> list[Value]:
        """Return the cells of a request."""
        return [fill(self, request) for _title, fill in _COLUMNS]

    def reason(self, key: UUID | None) -> str:
        """Return the words of a reason."""
        return self._reasons.get(key, "") if key else ""

    def moment(self, value: datetime | None) -> datetime | None:
        """Return a time in the company's zone."""
        return value.astimezone(self._zone).replace(microsecond=0) if value else None

    def person(self, request: Request, name: str) -> str:
        """Return what is known of the customer, masked where it must be."""
        customer = request.customer
        text = str(getattr(customer, name)) if customer is not None else ""
        if self._masked:
            return _MASKS[name](text) if text else ""
        return phone_out(text) if name == "phone" else text

    def words(self, text: str) -> str:
        """Return somebody's words, or nothing where people are masked."""
        return "" if self._masked else text


_MASKS: Final[dict[str, Callable[[str], str]]] = {
    "name": masked_name,
    "document": masked_document,
    "email": masked_email,
    "phone": masked_phone,
}


def _amount(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else Money(minor, currency).decimal()


def _state(request: Request) -> str:
    return _(presentation(RequestState(request.state), request.processed_at is not None).staff_word)


def _contract(request: Request) -> str:
    contract = request.contract
    if contract is not None and contract.number:
        return str(contract.number)
    return str(request.snapshot.get("contract") or "")


def _own(name: str) -> Callable[[Columns, Request], Value]:
    return lambda _columns, request: getattr(request, name)


def _time(name: str) -> Callable[[Columns, Request], Value]:
    return lambda columns, request: columns.moment(getattr(request, name))


def _person(name: str) -> Callable[[Columns, Request], Value]:
    return lambda columns, request: columns.person(request, name)


def _word(table: str, name: str) -> Callable[[Columns, Request], Value]:
    return lambda _columns, request: (
        _(word_for(table, getattr(request, name))) if getattr(request, name) else ""
    )


def _external(_columns: Columns, request: Request) -> Value:
    return str(request.customer.external_id or "") if request.customer is not None else ""


def _custom(_columns: Columns, request: Request) -> Value:
    return json.dumps(request.custom, ensure_ascii=False) if request.custom else ""


_PRECISIONS: Final = {
    "instant": gettext_lazy("to the minute"),
    "day": gettext_lazy("to the day"),
    "month": gettext_lazy("only the month"),
    "unknown": gettext_lazy("unknown"),
}
_COLUMNS: Final[tuple[tuple[Any, Callable[[Columns, Request], Value]], ...]] = (
    (gettext_lazy("Protocol"), _own("protocol")),
    (gettext_lazy("State"), lambda _columns, request: _state(request)),
    (gettext_lazy("Code in the file of origin"), lambda _c, request: str(request.snapshot.get("code") or "")),
    (gettext_lazy("Customer code"), _external),
    (gettext_lazy("Customer"), _person("name")),
    (gettext_lazy("CPF or CNPJ"), _person("document")),
    (gettext_lazy("E-mail"), _person("email")),
    (gettext_lazy("Phone"), _person("phone")),
    (gettext_lazy("Contract"), lambda _columns, request: _contract(request)),
    (gettext_lazy("Product"), _own("product_name")),
    (gettext_lazy("Plan"), _own("plan_name")),
    (gettext_lazy("City"), _own("city")),
    (gettext_lazy("Region"), _own("region")),
    (gettext_lazy("Channel"), _word("channel", "channel")),
    (gettext_lazy("Reason"), lambda columns, request: columns.reason(request.reason_id)),
    (gettext_lazy("Verified cause"), lambda columns, request: columns.reason(request.verified_cause_id)),
    (gettext_lazy("What was said of the reason"), lambda columns, request: columns.words(request.free_text)),
    (gettext_lazy("In the customer's words"), lambda columns, request: columns.words(request.declaration)),
    (gettext_lazy("Company chosen"), _own("competitor")),
    (gettext_lazy("Recorded at"), _time("recorded_at")),
    (gettext_lazy("Asked at"), _time("requested_at")),
    (gettext_lazy("Confirmed at"), _time("confirmed_at")),
    (gettext_lazy("Last day of service"), _own("effective_on")),
    (
        gettext_lazy("How exact the day is"),
        lambda _columns, request: str(_PRECISIONS.get(request.date_precision, "")),
    ),
    (gettext_lazy("Completed at"), _time("completed_at")),
    (gettext_lazy("Monthly fee"), lambda _columns, request: _amount(request.mrr_minor, request.currency)),
    (gettext_lazy("Currency"), _own("currency")),
    (
        gettext_lazy("Early cancellation fee"),
        lambda _columns, request: _amount(request.fee_minor, request.currency),
    ),
    (gettext_lazy("Whose end it was"), _word("end_kind", "end_kind")),
    (gettext_lazy("How identified"), _word("identity", "identity")),
    (gettext_lazy("Own fields"), _custom),
)


def export_rows(workspace: WorkspaceInfo, wanted: RequestFilter, columns: Columns) -> Iterator[list[Value]]:
    """Give the cells of every request that the filter means, the newest first, in bounded memory."""
    rows = matching(workspace, wanted).select_related("customer", "contract")
    rows = rows.defer("personal_snapshot", "expected", "would_have_kept", "contract__address")
    for request in rows.order_by("-recorded_at", "-id").iterator(chunk_size=_BLOCK):
        yield columns.row(request)
