"""Padaria Aurora's desk: its staff, a few subscribers, requests in several states, browsers of each role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client

from atelogo.accounts.domain.permissions import Role
from atelogo.accounts.domain.workspace import WorkspaceInfo
from atelogo.core import clock
from atelogo.core.tenancy import workspace_scope
from atelogo.events.ledger import Actor
from atelogo.register.models import Reason
from atelogo.register.services import customers, requests, setup
from atelogo.register.services.customers import ContractInput, CustomerInput, LineInput
from atelogo.register.services.requests import Choice, Declaration, Opened, RequesterInput
from tests.cast import Cast, actor_of, signed_in

if TYPE_CHECKING:
    from django.http import HttpResponse

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
CPF = "11144477735"


@dataclass(frozen=True, slots=True)
class Desk:
    """The console of Padaria Aurora: ``browser(role)`` is a signed-in client of somebody in that role."""

    cast: Cast
    workspace: WorkspaceInfo
    customer: UUID
    contract: UUID
    bruno: Actor

    def browser(self, role: Role = Role.AGENT) -> Client:
        """Return a browser of the member of staff in ``role``."""
        return signed_in(self.cast.staff[role])

    def url(self, path: str) -> str:
        """Return the address of a console page of Padaria Aurora."""
        return f"/{self.workspace.slug}/console/{path}"

    def get(self, path: str, role: Role = Role.AGENT) -> HttpResponse:
        """Open a page as somebody in ``role``."""
        return self.browser(role).get(self.url(path))  # type: ignore[return-value]

    def post(self, path: str, role: Role = Role.AGENT, **fields: Any) -> HttpResponse:
        """Send a form as somebody in ``role``."""
        return self.browser(role).post(self.url(path), fields)  # type: ignore[return-value]

    def subscriber(self, number: str, name: str = "José da Conceição", **more: object) -> tuple[UUID, UUID]:
        """Make another customer with a contract of one line; return both ids."""
        given = CustomerInput(name=name, external_id=f"c{number}", email=f"c{number}@example.com")
        customer = customers.customer_add(workspace=self.workspace, given=replace(given, **more))  # type: ignore[arg-type]
        contract = customers.contract_add(
            workspace=self.workspace,
            customer_id=customer,
            given=ContractInput(number=number, lines=(LineInput("Internet", "300 mega", 8990),)),
        )
        return customer, contract

    def opened(self, contract: UUID | None = None, **more: object) -> Opened:
        """Open a request by phone, of José's contract unless another is given."""
        return requests.request_open(
            workspace=self.workspace, actor=self.bruno, declaration=self.declaration(contract, **more)
        )

    def confirmed(self, contract: UUID | None = None, dispute: str = "", **more: object) -> Opened:
        """Open and confirm a request by phone."""
        return requests.request_declare(
            workspace=self.workspace,
            actor=self.bruno,
            declaration=self.declaration(contract, **more),
            choice=Choice(dispute=dispute),
        )

    def declaration(self, contract: UUID | None, **more: object) -> Declaration:
        """Return a wish told by phone."""
        plain = Declaration(channel="phone", identity="agent", contract_id=contract or self.contract)
        return replace(plain, **more)  # type: ignore[arg-type]

    def unidentified(self, name: str = "Marta Lopes", **who: str) -> Opened:
        """Record a declaration whose customer nobody knows yet."""
        return requests.request_declare(
            workspace=self.workspace,
            actor=self.bruno,
            declaration=Declaration(
                channel="whatsapp", identity="unverified", requester=RequesterInput(name=name, **who)
            ),
        )

    def third_party(self) -> Opened:
        """Record a wish told by José's wife, who must show that she may act for him."""
        return requests.request_declare(
            workspace=self.workspace,
            actor=self.bruno,
            declaration=self.declaration(
                None, requester=RequesterInput(relation="relative", name="Sueli Andrade")
            ),
        )

    def reason(self, code: str = "price_too_high") -> UUID:
        """Return the id of a reason of the default tree."""
        found: UUID = Reason.objects.get(code=code).id
        return found


@pytest.fixture
def desk(cast: Cast) -> Iterator[Desk]:
    """Return the desk on a Monday noon in São Paulo, in the company's scope, with the clock held there."""
    with clock.clock_at(MONDAY):
        for company in (cast.workspace, cast.elsewhere):
            setup.workspace_prepare(workspace=company)
        with workspace_scope(cast.workspace.id):
            customer = customers.customer_add(
                workspace=cast.workspace,
                given=CustomerInput(
                    name="José da Conceição",
                    external_id="c1001",
                    document=CPF,
                    email="jose@example.com",
                    phone="11 98765-4321",
                    city="Campinas",
                    state="SP",
                    since=date(2020, 5, 4),
                ),
            )
            contract = customers.contract_add(
                workspace=cast.workspace,
                customer_id=customer,
                given=ContractInput(
                    number="1001",
                    lines=(LineInput("Internet", "500 mega", 9990), LineInput("TV", "Básico", 4000)),
                    started_on=date(2025, 9, 10),
                    renews_on=date(2026, 3, 10),
                    committed_until=date(2026, 9, 10),
                    commitment_benefit_minor=60000,
                    address="Rua das Flores, 12",
                ),
            )
            yield Desk(cast, cast.workspace, customer, contract, actor_of(cast.bruno))


@pytest.fixture
def stranger(desk: Desk) -> Client:
    """Return Clara's browser: she owns another company."""
    return signed_in(desk.cast.clara)
