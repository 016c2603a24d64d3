"""Clientes: the list, one customer's page, returns, and contracts that go on in others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.queries import people_of
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.core import clock, search_terms
from atelogo.register.domain.words import word_for
from atelogo.register.errors import ContractNotFoundError, CustomerNotFoundError
from atelogo.register.queries.cards import ContractCard, CustomerDetail, CustomerRow
from atelogo.register.queries.customers import customer_detail, customer_page, customers_counted
from atelogo.register.queries.successors import DAYS_APART, Proposal, successor_proposals
from atelogo.register.services.contract_ends import contract_return, contract_succeed
from atelogo.register.services.subjects import monthly_minor
from atelogo.register.views.addresses import address
from atelogo.register.views.sentences import Told
from atelogo.register.views.showing import Sight, owner_name, staff_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http.response import HttpResponseBase

COUNTED_UP_TO = 10_000


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """One line of the list as its reader may see it; ``monthly`` is what runs, a month."""

    row: CustomerRow
    name: str
    document: str
    running: int
    monthly: int
    currency: str


@staff_view(Permission.CUSTOMER_VIEW, methods=("GET",))
def customer_list(request: StaffRequest) -> HttpResponse:
    """Show customers by name, or those that a search means."""
    asked = request.GET
    text = search_terms.recall(request.session, asked.get("search", ""))
    page = customer_page(request.workspace, text=text, cursor=asked.get("cursor", ""))
    if page.next or page.previous:
        count = customers_counted(request.workspace, text, at_most=COUNTED_UP_TO)
    else:
        count = len(page.items)  # all of them are on this page
    sight = Sight.of(request)
    context: dict[str, Any] = {
        "lines": [_line(row, sight, request.workspace.currency) for row in page.items],
        "page": page,
        "count": min(count, COUNTED_UP_TO),
        "more": count > COUNTED_UP_TO,
        "term": text,
        "term_lost": bool(asked.get("search")) and not text,
    }
    return render(request, "register/console/customer_list.html", context)


def _line(row: CustomerRow, sight: Sight, currency: str) -> CustomerLine:
    running = [one for one in row.contracts if one[0] != "ended"]
    return CustomerLine(
        row=row,
        name=sight.name(row.card.name),
        document=sight.document(row.card.document),
        running=len(running),
        monthly=sum(monthly_minor(amount, interval) for _status, amount, interval, _currency in running),
        currency=running[0][3] if running else currency,
    )


@staff_view(Permission.CUSTOMER_VIEW, methods=("POST",))
def customer_search(request: StaffRequest) -> HttpResponse:
    """Search customers; the term stays out of the address."""
    term = request.POST.get("q", "").strip()
    where = address(request, "customer_list")
    if term:
        where += f"?{search_terms.PARAMETER}={search_terms.remember(request.session, term)}"
    return HttpResponseRedirect(where)


@staff_view(Permission.CUSTOMER_VIEW, methods=("GET",))
def customer_page_view(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a customer: contracts, requests, contacts, and what happened."""
    found = customer_detail(request.workspace, pk, today=clock.today(request.workspace.timezone))
    if found is None:
        raise CustomerNotFoundError
    sight = Sight.of(request)
    names = staff_names(people_of(request.workspace.id))
    context = {
        "found": found,
        "card": found.card,
        "name": sight.name(found.card.name),
        "sight": sight,
        "contracts": [(contract, _commitment_runs(request, contract)) for contract in found.contracts],
        "can_leave": any(contract.status != "ended" for contract in found.contracts),
        "story": _story(found, sight, names),
        "proposals": successor_proposals(request.workspace, customer_id=pk),
    }
    return render(request, "register/console/customer_detail.html", context)


def _commitment_runs(request: StaffRequest, contract: ContractCard) -> bool:
    until = contract.committed_until
    return until is not None and until >= clock.today(request.workspace.timezone)


def _story(found: CustomerDetail, sight: Sight, names: Mapping[UUID, str]) -> list[Told]:
    """Return contacts and questions as one story, the newest first."""
    contacts = [
        Told(
            at=touch.at,
            title=f"{_(word_for('touchpoint', touch.kind))} · {_(word_for('channel', touch.channel))}",
            text="\n".join(
                part
                for part in (
                    _("Number in another system: %(number)s") % {"number": touch.outside_protocol}
                    if touch.outside_protocol
                    else "",
                    sight.words(touch.summary),
                )
                if part
            ),
            who=names.get(touch.actor_id, "") if touch.actor_id else "",
            icon="phone",
        )
        for touch in found.touchpoints
    ]
    questions = [
        Told(
            at=one.at,
            title=_("Question: %(topic)s") % {"topic": _(word_for("topic", one.topic))},
            text="\n".join(part for part in (sight.words(one.question), sight.words(one.answer)) if part),
            who=owner_name(names, one.typed_by) if one.typed_by else "",
            icon="help-circle",
        )
        for one in found.inquiries
    ]
    return sorted((*contacts, *questions), key=lambda line: line.at, reverse=True)


@staff_view(Permission.CUSTOMER_EDIT, methods=("POST",))
def contract_back(request: StaffRequest, pk: UUID, contract_id: UUID) -> HttpResponseBase:
    """Reopen an ended contract because the customer came back; past cancellations stay as they were."""
    _own_contract(request, pk, contract_id)
    contract_return(workspace=request.workspace, actor=request.actor, contract_id=contract_id)
    messages.success(request, _("The contract runs again. The past cancellation stays in the history."))
    return HttpResponseRedirect(address(request, "customer_detail", pk=pk))


def _own_contract(request: StaffRequest, pk: UUID, contract_id: UUID) -> None:
    found = customer_detail(request.workspace, pk, today=clock.today(request.workspace.timezone))
    if found is None:
        raise CustomerNotFoundError
    if contract_id not in {contract.id for contract in found.contracts}:
        raise ContractNotFoundError


@staff_view(Permission.CUSTOMER_VIEW, methods=("GET",))
def succession_list(request: StaffRequest) -> HttpResponse:
    """Show ended contracts that may go on in another one, for a person to accept."""
    context = {
        "proposals": successor_proposals(request.workspace),
        "days": DAYS_APART,
        "sight": Sight.of(request),
    }
    return render(request, "register/console/succession_list.html", context)


@staff_view(Permission.CUSTOMER_EDIT, methods=("POST",))
def succession_accept(request: StaffRequest, contract_id: UUID, successor_id: UUID) -> HttpResponseBase:
    """Accept that a contract goes on in another one: its end is administrative, outside churn."""
    proposal = _proposed(request, contract_id, successor_id)
    if proposal is None:
        messages.error(request, _("This proposal does not stand any more. Nothing was changed."))
    else:
        contract_succeed(
            workspace=request.workspace,
            actor=request.actor,
            contract_id=contract_id,
            successor_id=successor_id,
        )
        messages.success(
            request, _("Recorded: the contract goes on in the other one, and its end is no loss.")
        )
    return HttpResponseRedirect(address(request, "succession_list"))


def _proposed(request: StaffRequest, contract_id: UUID, successor_id: UUID) -> Proposal | None:
    pairs = successor_proposals(request.workspace)
    return next((one for one in pairs if (one.ended.id, one.began.id) == (contract_id, successor_id)), None)
