"""A shop with one subscriber, inside its workspace scope: the set-up that the register's tests share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from atelogo.accounts.domain.workspace import WorkspaceInfo
from atelogo.core import clock
from atelogo.core.tenancy import workspace_scope
from atelogo.events.ledger import Actor
from atelogo.register.services import customers, setup
from atelogo.register.services.customers import ContractInput, CustomerInput, LineInput
from tests.cast import company

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shop:
    """A provider with one customer who has internet and TV in one contract."""

    workspace: WorkspaceInfo
    customer: UUID
    contract: UUID
    clerk: Actor
    person: Actor


def subscriber(workspace: WorkspaceInfo, number: str = "1001") -> tuple[UUID, UUID]:
    """Make a customer with a contract of two lines; return both ids."""
    customer = customers.customer_add(
        workspace=workspace,
        given=CustomerInput(
            name="José da Conceição", external_id=f"c{number}", email=f"jose{number}@example.com"
        ),
    )
    contract = customers.contract_add(
        workspace=workspace,
        customer_id=customer,
        given=ContractInput(
            number=number,
            lines=(LineInput("Internet", "500 mega", 9990), LineInput("TV", "Básico", 4000)),
            started_on=date(2025, 9, 10),
            renews_on=date(2026, 3, 10),
            committed_until=date(2026, 9, 10),
            commitment_benefit_minor=60000,
        ),
    )
    return customer, contract


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    """Return the shop on a Monday noon in São Paulo, with the clock held there."""
    with clock.clock_at(MONDAY):
        workspace = replace(company(), billing="assisted")
        setup.workspace_prepare(workspace=workspace)
        with workspace_scope(workspace.id):
            customer, contract = subscriber(workspace)
            clerk, person = Actor("staff", UUID(int=7)), Actor("customer", customer)
            yield Shop(workspace, customer, contract, clerk, person)
