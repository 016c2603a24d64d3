"""A provider with customers, seen from outside: browsers that are in, and browsers that are not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from atelogo.accounts.domain.workspace import WorkspaceInfo
from atelogo.accounts.services.signed_links import link_mint
from atelogo.core import clock, ids, registry
from atelogo.core.ports.messaging import Message
from atelogo.core.tenancy import workspace_scope
from atelogo.events import outbox
from atelogo.register.models import Request
from atelogo.register.services import customers, setup
from atelogo.register.services.customers import ContractInput, CustomerInput, LineInput
from tests.cast import company

NOON = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
CPF = "111.444.777-35"


@dataclass(frozen=True, slots=True)
class Provider:
    """A company with José (internet in one contract, internet and TV in another) and Rita (one contract)."""

    workspace: WorkspaceInfo
    jose: UUID
    plain: UUID
    combo: UUID
    rita: UUID
    ritas: UUID

    def path(self, rest: str) -> str:
        """Return an address of the customers' pages."""
        return f"/{self.workspace.slug}/{rest}"

    def contract(self, contract: UUID) -> str:
        """Return the address of a contract's page."""
        return self.path(f"cancelar/contrato/{ids.public_id('ctr', contract)}")

    def token(self, customer: UUID, *contracts: UUID) -> str:
        """Return a fresh signed link for a customer."""
        return link_mint(
            workspace=self.workspace,
            customer_ref=ids.public_id("cus", customer),
            contract_refs=[ids.public_id("ctr", contract) for contract in contracts],
        )

    def browser(self, customer: UUID, *contracts: UUID, **options: Any) -> Client:
        """Return a browser that came in by a signed link."""
        browser = Client(**options)
        answer = browser.get(self.path("entrar"), {"t": self.token(customer, *contracts)})
        assert answer.status_code == 303
        return browser

    def confirmed(self, browser: Client, contract: UUID, **chosen: Any) -> str:
        """Press the one button on a contract's page and return the address of the protocol."""
        page = browser.get(self.contract(contract))
        answer = browser.post(
            self.contract(contract), {"state": field(page, "state"), "when": "now"} | chosen
        )
        assert answer.status_code == 303, text(answer)
        return str(answer.headers["Location"])

    def requests(self) -> list[Request]:
        """Return every request of the company, the first recorded first."""
        with workspace_scope(self.workspace.id):
            return list(Request.objects.order_by("recorded_at", "id"))


def text(answer: Any) -> str:
    """Return a page as text, entities resolved and white space made single."""
    return re.sub(r"\s+", " ", unescape(answer.content.decode()))


def field(answer: Any, name: str) -> str:
    """Return the value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found, f"no field {name}"
    return unescape(found.group(1))


def _contract(workspace: WorkspaceInfo, customer: UUID, number: str, *lines: LineInput) -> UUID:
    today = clock.today(workspace.timezone)
    return customers.contract_add(
        workspace=workspace,
        customer_id=customer,
        given=ContractInput(
            number=number,
            lines=lines,
            started_on=today - timedelta(days=173),  # 10 September 2025
            renews_on=today + timedelta(days=8),  # 10 March 2026
            committed_until=today + timedelta(days=192),  # 10 September 2026
            commitment_benefit_minor=60000,
            open_charges=[
                {"kind": "boleto", "due_on": str(today - timedelta(days=20)), "amount_minor": 9990},
                {"kind": "pix", "due_on": str(today + timedelta(days=8)), "amount_minor": 9990},
            ],
        ),
    )


def furnish() -> Provider:
    """Make the provider, with its reasons, customers and contracts."""
    workspace = company("nova-rede", "Nova Rede", sac_phone="0800 111 2222", email="ajuda@nova-rede.example")
    setup.workspace_prepare(workspace=workspace)
    internet = LineInput("Internet", "500 mega", 9990)
    with workspace_scope(workspace.id):
        jose = customers.customer_add(
            workspace=workspace,
            given=CustomerInput(
                name="José da Conceição", external_id="c1", document=CPF, email="jose@example.com"
            ),
        )
        rita = customers.customer_add(
            workspace=workspace,
            given=CustomerInput(name="Rita Prado", external_id="c2", email="rita@example.com"),
        )
        plain = _contract(workspace, jose, "1001", internet)
        combo = _contract(workspace, jose, "1002", internet, LineInput("TV", "Básico", 4000))
        customers.equipment_lend(workspace=workspace, contract_id=plain, kind="Roteador", serial="SN1")
        ritas = _contract(workspace, rita, "2001", internet)
    return Provider(workspace, jose, plain, combo, rita, ritas)


@pytest.fixture
def provider(db: None) -> Iterator[Provider]:
    """Return the provider on a Monday noon in São Paulo, with the clock held there."""
    with clock.clock_at(NOON):
        yield furnish()


class Mailbox:
    """A channel that keeps what it is given, or fails as told."""

    name = "mailbox"

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.error: Exception | None = None

    def send(self, message: Message) -> str:
        """Keep the message."""
        if self.error is not None:
            raise self.error
        self.sent.append(message)
        return "kept"

    def code(self) -> str:
        """Run the queue and return the figures of the last code sent."""
        outbox.drain()
        lines = self.sent[-1].text.splitlines()
        return next(line for line in lines if line[:1].isdigit()).replace(" ", "")


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """Return the channel that the company's messages go through."""
    box = Mailbox()
    monkeypatch.setitem(registry._messaging, "email", lambda _workspace: box)
    return box
