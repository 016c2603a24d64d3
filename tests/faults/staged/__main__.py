"""Commands of the stage: python -m tests.faults.staged COMMAND [ARGUMENT]; they answer in JSON.

`prepare N` makes a company with N customers who are in; `examine` tells everything that must hold at the end.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import django

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.register.models import Request

SLUG = "palco"
# One customer in this many has an e-mail on file, so that mail does not crowd out what else there is.
MAIL_EVERY = 3


def prepare(count: str) -> list[dict[str, str]]:
    """Make the company and its customers: each with a contract, a session and maybe an e-mail."""
    from django.db import transaction

    from atelogo.accounts.services.workspaces import workspace_create
    from atelogo.core.tenancy import workspace_scope
    from atelogo.events.ledger import SYSTEM
    from atelogo.register.services import setup

    workspace = workspace_create(slug=SLUG, name="Palco", actor=SYSTEM, settings={"billing": "file"})
    setup.workspace_prepare(workspace=workspace)
    with workspace_scope(workspace.id), transaction.atomic():
        return [_person(workspace, number) for number in range(int(count))]


def _person(workspace: WorkspaceInfo, number: int) -> dict[str, str]:
    from atelogo.core import clock, ids
    from atelogo.core.secrets import lookup_hash
    from atelogo.register.models import CustomerAccess
    from atelogo.register.services import customers
    from atelogo.register.services.customers import ContractInput, CustomerInput, LineInput

    email = f"p{number}@cliente.example" if number % MAIL_EVERY == 0 else ""
    customer = customers.customer_add(
        workspace=workspace, given=CustomerInput(name="José", external_id=f"c{number}", email=email)
    )
    contract = customers.contract_add(
        workspace=workspace,
        customer_id=customer,
        given=ContractInput(
            number=f"N{number}",
            lines=(LineInput("Internet", "500 mega", 9990),),
            started_on=date(2025, 9, 10),
        ),
    )
    key = ids.random_key()
    CustomerAccess.objects.create(
        workspace_id=workspace.id,
        customer_id=customer,
        contract_id=contract,
        via="signed_link",
        token_id=f"{number:064x}",
        session_hash=lookup_hash(workspace.id, "customer session", key),
        session_expires_at=clock.now() + timedelta(hours=12),
        intent_at=clock.now(),
        created_at=clock.now(),
    )
    path = f"/{SLUG}/cancelar/contrato/{ids.public_id('ctr', contract)}"
    return {"key": key, "path": path, "contract": str(contract), "email": email}


def examine() -> dict[str, Any]:
    """Tell of every request what its row, its events, its receipts and its orders say, and of the whole."""
    from atelogo.accounts.queries import workspace_by_slug
    from atelogo.core.tenancy import system_scope, workspace_scope
    from atelogo.events.models import OutboxJob
    from atelogo.events.verify import verify_workspace
    from atelogo.register.models import Request

    workspace = workspace_by_slug(SLUG)
    if workspace is None:
        raise LookupError(SLUG)
    with workspace_scope(workspace.id):
        requests = [_request(workspace.id, row) for row in Request.objects.order_by("recorded_at", "id")]
    with system_scope("what is left in the queue"):
        jobs = Counter(OutboxJob.objects.exclude(key="periodic").values_list("state", flat=True))
    report = verify_workspace(workspace.id)
    return {
        "requests": requests,
        "jobs": dict(jobs),
        "findings": [finding.code for finding in report.findings],
        "unsealed": report.unsealed,
        "leaves": report.leaves,
    }


def _request(workspace_id: UUID, row: Request) -> dict[str, Any]:
    from atelogo.events import ledger
    from atelogo.register.models import Contract, Receipt

    entries = ledger.entries_of(workspace_id, row.id)
    receipts = Receipt.objects.filter(request_id=row.id)
    return {
        "id": str(row.id),
        "protocol": row.protocol,
        "contract": str(row.contract_id),
        "state": row.state,
        "contract_status": Contract.objects.get(id=row.contract_id).status,
        "events": Counter(entry.name for entry in entries),
        "receipts": Counter(receipts.values_list("kind", flat=True)),
        "mail": Counter(receipts.values_list("mail_state", flat=True)),
        "rebuilt": _rebuilt(row, entries),
    }


def _rebuilt(row: Request, entries: list[Any]) -> list[str]:
    """Return in what the request rebuilt from its events alone differs from its row."""
    from atelogo.core.clock import iso
    from atelogo.register.domain.replay import rebuild

    seen = rebuild((entry.name, entry.body) for entry in entries)
    pairs = {
        "order": ([entry.stream_seq for entry in entries], list(range(1, row.last_seq + 1))),
        "state": (seen.state.value, row.state),
        "protocol": (seen.protocol, row.protocol),
        "customer": (seen.customer, str(row.customer_id)),
        "contract": (seen.contract, str(row.contract_id)),
        "confirmed_at": (seen.confirmed_at, iso(row.confirmed_at) if row.confirmed_at else None),
        "effective_at": (seen.effective_at, iso(row.effective_at) if row.effective_at else None),
        "fee_state": (seen.fee_state, row.fee_state),
        "fee_minor": (seen.fee_minor, row.fee_minor),
        "mrr_minor": (seen.mrr_minor, row.mrr_minor),
    }
    return [name for name, (told, stored) in pairs.items() if told != stored]


def main() -> None:
    """Run the command named on the command line."""
    django.setup()
    commands: dict[str, Any] = {"prepare": prepare, "examine": examine}
    answer = commands[sys.argv[1]](*sys.argv[2:])
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
