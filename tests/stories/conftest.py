"""The stage of the stories: an internet provider, its people, a clock that stories move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from atelogo.accounts.domain.workspace import WorkspaceInfo
from atelogo.core import clock
from atelogo.core.tenancy import workspace_scope
from atelogo.events import ledger, outbox
from atelogo.events.ledger import Actor
from atelogo.register.models import ManualTask, Request
from atelogo.register.services import customers, requests, setup
from atelogo.register.services.customers import ContractInput, CustomerInput, LineInput
from atelogo.register.services.requests import Choice, Declaration, Opened, RequesterInput
from tests.cast import company


@dataclass(slots=True)
class Provider:
    """Rede do Vale, billed by hand (assisted), with helpers that say what people do."""

    workspace: WorkspaceInfo
    bia: Actor = field(default_factory=lambda: Actor("staff", UUID(int=11)))

    def subscriber(self, name: str, number: str, **contract: object) -> tuple[UUID, UUID]:
        """Sign a customer up with one internet line, or with the lines given."""
        lines = contract.pop("lines", (LineInput("Internet", "Fibra 300", 9990),))
        customer = customers.customer_add(
            workspace=self.workspace,
            given=CustomerInput(name=name, external_id=number, email=f"c{number}@exemplo.invalid"),
        )
        given = ContractInput(number=number, lines=lines, started_on=date(2025, 6, 10), **contract)  # type: ignore[arg-type]
        return customer, customers.contract_add(workspace=self.workspace, customer_id=customer, given=given)

    def cancels(
        self,
        who: tuple[UUID, UUID],
        *,
        channel: str = "web",
        requester: RequesterInput | None = None,
        choice: Choice | None = None,
        **changes: object,
    ) -> Opened:
        """Pass the plain way out (typed by Bia unless it is the web)."""
        customer, contract = who
        by_staff = channel != "web"
        said = Declaration(
            channel=channel,
            identity="agent" if by_staff else "signed_link",
            customer_id=customer,
            contract_id=contract,
            requester=requester,
            **changes,  # type: ignore[arg-type]
        )
        return requests.request_declare(
            workspace=self.workspace,
            actor=self.bia if by_staff else Actor("customer", customer),
            declaration=said,
            choice=choice,
        )

    def row(self, opened: Opened) -> Request:
        """Return the request as the register holds it now."""
        found: Request = Request.objects.get(id=opened.id)
        return found

    def events(self, opened: Opened) -> list[str]:
        """Return what happened, by name and in order."""
        return [entry.name for entry in ledger.entries_of(self.workspace.id, opened.id)]

    def open_tasks(self, opened: Opened) -> list[str]:
        """Return the kinds of steps that people still have to do."""
        return sorted(
            ManualTask.objects.filter(request_id=opened.id, state="open").values_list("kind", flat=True)
        )

    def worker_runs(self) -> None:
        """Let the background worker do what is due."""
        outbox.drain()


@pytest.fixture
def provider(db: None) -> Iterator[Provider]:
    """Return the provider on Monday 2 March 2026, noon in São Paulo."""
    with clock.clock_at(datetime(2026, 3, 2, 15, 0, tzinfo=UTC)):
        workspace = company("rede-do-vale", "Rede do Vale", sector="telecom", sac_phone="0800 000 1111")
        setup.workspace_prepare(workspace=workspace)
        with workspace_scope(workspace.id):
            yield Provider(workspace)
