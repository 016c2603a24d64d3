"""Padaria Aurora on a running server, with somebody who is leaving: shared by the register's tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from atelogo.accounts.domain.workspace import Member
from atelogo.core import clock
from atelogo.core.tenancy import workspace_scope
from atelogo.register.models import ManualTask, Receipt
from atelogo.register.services import billing_orders, customers, requests, setup
from atelogo.register.services.customers import ContractInput, CustomerInput, LineInput
from atelogo.register.services.requests import Choice, Declaration, RequesterInput
from tests import cast as people
from tests.cast import Cast, actor_of, signed_in

SHOTS = os.environ.get("TEST_SHOTS", "")


@dataclass(frozen=True, slots=True)
class Site:
    """Padaria Aurora on a running server, with José, who is leaving, and Rita, who is not."""

    url: str
    cast: Cast
    jose: UUID
    rita: UUID
    leaving: UUID
    unknown: UUID
    task: UUID
    receipt: UUID

    def sign_in(self, context: BrowserContext, member: Member | None = None) -> None:
        """Let somebody (Ana unless told) into a browser."""
        cookies = signed_in(member or self.cast.ana).cookies
        context.add_cookies(
            [{"name": name, "value": morsel.value, "url": self.url} for name, morsel in cookies.items()]
        )


def _subscriber(cast: Cast, number: str, name: str, document: str) -> tuple[UUID, UUID]:
    today = clock.today(cast.workspace.timezone)
    customer = customers.customer_add(
        workspace=cast.workspace,
        given=CustomerInput(
            name=name,
            document=document,
            email=f"c{number}@example.com",
            phone="11 98765-4321",
            city="Campinas",
        ),
    )
    contract = customers.contract_add(
        workspace=cast.workspace,
        customer_id=customer,
        given=ContractInput(
            number=number,
            lines=(LineInput("Internet", "500 mega", 9990), LineInput("TV", "Básico", 4000)),
            started_on=date(2024, 1, 10),
            renews_on=today + timedelta(days=9),
            committed_until=today + timedelta(days=200),
            commitment_benefit_minor=60000,
        ),
    )
    customers.equipment_lend(workspace=cast.workspace, contract_id=contract, kind="Roteador", serial="ZX1")
    return customer, contract


@pytest.fixture
def site(live_server: LiveServer, transactional_db: None) -> Iterator[Site]:
    """Return the running site with its data, inside the company's scope."""
    cast = people.assemble()
    setup.workspace_prepare(workspace=cast.workspace)
    bruno = actor_of(cast.bruno)
    with workspace_scope(cast.workspace.id):
        jose, contract = _subscriber(cast, "1001", "José da Conceição", "11144477735")
        rita, _contract = _subscriber(cast, "1002", "Rita de Souza", "52998224725")
        with clock.clock_at(clock.now() - timedelta(hours=40)):
            leaving = requests.request_declare(
                workspace=cast.workspace,
                actor=bruno,
                declaration=Declaration(
                    channel="phone",
                    identity="agent",
                    contract_id=contract,
                    words="A internet cai toda noite.",
                ),
                choice=Choice(dispute="not_working"),
            )
            unknown = requests.request_declare(
                workspace=cast.workspace,
                actor=bruno,
                declaration=Declaration(
                    channel="whatsapp",
                    identity="unverified",
                    requester=RequesterInput(name="Rita", contract_hint="1002"),
                ),
            )
        billing_orders.late_stops(cast.workspace)
        yield Site(
            url=f"{live_server.url}/{cast.workspace.slug}",
            cast=cast,
            jose=jose,
            rita=rita,
            leaving=leaving.id,
            unknown=unknown.id,
            task=ManualTask.objects.get(kind="billing_stop").id,
            receipt=Receipt.objects.get(request_id=leaving.id, kind="confirmed").id,
        )


def watch(page: Page) -> list[str]:
    """Collect what the page complains of: refused parts, script errors, files that are not there."""
    found: list[str] = []
    page.on("console", lambda m: found.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda e: found.append(str(e)))
    return found


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the page where TEST_SHOTS names a folder."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"register-{name}.png", full_page=True)
