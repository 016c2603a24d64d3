"""What lies on the desk while a cancellation is typed: the customer, the contract, what leaving means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from atelogo.core import clock, ids
from atelogo.register.errors import EffectiveDateError
from atelogo.register.queries.cards import ContactView, ContractCard, CustomerCard, RequestBrief
from atelogo.register.queries.customers import (
    contacts_of,
    contract_cards,
    customer_card,
    requests_of_customers,
)
from atelogo.register.services.leaving_terms import LeavingTerms, leaving_terms
from atelogo.register.views.entry_form import KNOWN, MODES
from atelogo.register.views.finding import NOTHING_FOUND, Finding, finding_of

if TYPE_CHECKING:
    from django.http import QueryDict

    from atelogo.accounts.domain.workspace import WorkspaceInfo

_LONGEST_TERM, _KEY_LENGTH, _LONGEST_KEY = 120, 12, 40
_SHOWN_REQUESTS = 5


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the form says of the desk: mode, who, which contract and lines, and the key of this very form.

    ``lines_of`` is the contract whose lines were shown with boxes: only then does "none" mean none.
    """

    key: str
    mode: str = KNOWN
    text: str = ""
    customer_id: UUID | None = None
    contract_id: UUID | None = None
    line_ids: tuple[UUID, ...] = ()
    lines_of: UUID | None = None
    on: date | None = None

    @classmethod
    def fresh(cls, asked: QueryDict) -> Sheet:
        """Return an empty sheet, or one for the customer and contract that the address names by id."""
        return cls(
            ids.random_key(_KEY_LENGTH),
            customer_id=_uuid(asked.get("customer")),
            contract_id=_uuid(asked.get("contract")),
        )

    @classmethod
    def sent(cls, given: QueryDict) -> Sheet:
        """Return what was sent; values that are none are passed over."""
        mode = given.get("mode", "")
        return cls(
            key=given.get("key", "")[:_LONGEST_KEY] or ids.random_key(_KEY_LENGTH),
            mode=mode if mode in MODES else KNOWN,
            text=given.get("q", "").strip()[:_LONGEST_TERM],
            customer_id=_uuid(given.get("customer")),
            contract_id=_uuid(given.get("contract")),
            line_ids=tuple(one for one in map(_uuid, given.getlist("line")) if one is not None),
            lines_of=_uuid(given.get("lines_of")),
            on=_day(given.get("on")),
        )

    def chosen(self, customer_id: UUID | None) -> Sheet:
        """Return the sheet with another customer, or none, and nothing left of the one before."""
        return replace(self, customer_id=customer_id, contract_id=None, line_ids=(), lines_of=None, text="")


@dataclass(frozen=True, slots=True)
class Desk:
    """The sheet with what was looked up for it."""

    sheet: Sheet
    customer: CustomerCard | None = None
    contracts: tuple[ContractCard, ...] = ()
    contract: ContractCard | None = None
    chosen_lines: frozenset[UUID] = frozenset()
    terms: LeavingTerms | None = None
    contacts: tuple[ContactView, ...] = ()
    requests: tuple[RequestBrief, ...] = ()
    standing: RequestBrief | None = None
    finding: Finding = NOTHING_FOUND
    refused_day: str = ""

    @property
    def running(self) -> tuple[ContractCard, ...]:
        """The contracts that can be cancelled."""
        return tuple(one for one in self.contracts if one.status != "ended")

    @property
    def line_ids(self) -> tuple[UUID, ...]:
        """The lines to cancel, as the service takes them: empty for all of them."""
        if self.contract is None or len(self.chosen_lines) == len(self.contract.active_lines):
            return ()
        return tuple(sorted(self.chosen_lines))

    @property
    def no_line_chosen(self) -> bool:
        """Whether the boxes were shown and every one was cleared."""
        return (
            self.contract is not None
            and self.sheet.lines_of == self.contract.id
            and bool(self.contract.active_lines)
            and not self.sheet.line_ids
        )

    @property
    def active(self) -> tuple[RequestBrief, ...]:
        """The customer's requests that are in hand."""
        return tuple(one for one in self.requests if one.state in {"open", "confirmed"})


def desk_of(workspace: WorkspaceInfo, sheet: Sheet) -> Desk:
    """Look up what a sheet names; what is not this workspace's is simply not there."""
    if sheet.customer_id is None:
        return Desk(sheet, finding=finding_of(workspace, sheet.text))
    customer = customer_card(workspace, sheet.customer_id)
    if customer is None:
        return Desk(sheet.chosen(None))
    contracts = contract_cards(workspace, customer_ids=[customer.id])
    running = [one for one in contracts if one.status != "ended"]
    contract = next((one for one in running if one.id == sheet.contract_id), None)
    if contract is None and len(running) == 1:
        contract = running[0]
    known = requests_of_customers(workspace, [customer.id]).get(customer.id, [])
    made: dict[str, Any] = {
        "customer": customer,
        "contracts": contracts,
        "contract": contract,
        "requests": tuple(known[:_SHOWN_REQUESTS]),
        "contacts": contacts_of(workspace, customer.id, today=clock.today(workspace.timezone))
        if customer.kind == "company"
        else (),
    }
    if contract is None:
        return Desk(sheet, **made)
    return Desk(sheet, **made | _about(workspace, sheet, contract, known))


def _about(
    workspace: WorkspaceInfo, sheet: Sheet, contract: ContractCard, known: list[RequestBrief]
) -> dict[str, Any]:
    lines = frozenset(line.id for line in contract.active_lines)
    chosen = lines & set(sheet.line_ids) or lines
    terms, refused = _terms(workspace, contract, chosen, sheet.on)
    return {
        "chosen_lines": chosen,
        "terms": terms,
        "refused_day": refused,
        "standing": next(
            (one for one in known if one.contract_id == contract.id and one.state in {"open", "confirmed"}),
            None,
        ),
    }


def _terms(
    workspace: WorkspaceInfo, contract: ContractCard, chosen: frozenset[UUID], on: date | None
) -> tuple[LeavingTerms | None, str]:
    asked: dict[str, Any] = {
        "workspace": workspace,
        "customer_id": contract.customer_id,
        "contract_id": contract.id,
        "line_ids": chosen,
    }
    try:
        return leaving_terms(**asked, chosen=on), ""
    except EffectiveDateError as error:
        return leaving_terms(**asked), str(error)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
