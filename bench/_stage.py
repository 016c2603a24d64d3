"""The stage of the way-out workload: a company on a private PostgreSQL, its customers, two servers."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.private_postgres import free_port

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

ROOT = Path(__file__).resolve().parent.parent
SLUG = "bench"
_BATCH = 1000
_START_SECONDS = 60.0
# Longer than any run, so that no session is prolonged in the middle of one: on both sides alike.
_IN_FOR = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Person:
    """A customer who is in: the key of the cookie, and where the page of their contract stands."""

    number: int
    key: str
    path: str


def django_begin(home: Path, url: str) -> None:
    """Set Django up in this process on the database ``url`` and bring its tables up to date."""
    os.environ.update(ATELOGO_HOME=str(home), DATABASE_URL=url, DJANGO_SETTINGS_MODULE="atelogo.settings")
    os.environ.setdefault("ATELOGO_LOG_LEVEL", "WARNING")
    import django  # noqa: PLC0415 - only once the environment says where the data lies

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - as above

    call_command("migrate", verbosity=0, skip_checks=True)


class Company:
    """The company with its customers, all alike: one contract with two lines and an open session each."""

    def __init__(self) -> None:
        from atelogo.accounts.services.workspaces import workspace_create  # noqa: PLC0415 - after django_begin
        from atelogo.events.ledger import SYSTEM  # noqa: PLC0415
        from atelogo.register.services import setup  # noqa: PLC0415

        self.workspace: WorkspaceInfo = workspace_create(
            slug=SLUG, name="Rede Clara", actor=SYSTEM, settings={"sac_phone": "0800 000 0000"}
        )
        setup.workspace_prepare(workspace=self.workspace)
        self._made = 0
        self._models: dict[str, Any] = {}

    def people(self, count: int) -> list[Person]:
        """Make ``count`` more customers and return them."""
        from atelogo.core.tenancy import workspace_scope  # noqa: PLC0415

        made: list[Person] = []
        with workspace_scope(self.workspace.id):
            if not self._models:
                self._models = _first(self.workspace)
            for begin in range(0, count, _BATCH):
                made += self._batch(min(_BATCH, count - begin))
        return made

    def _batch(self, count: int) -> list[Person]:
        from atelogo.register.models import Contract, ContractLine, Customer, CustomerAccess  # noqa: PLC0415

        made: list[Person] = []
        rows: dict[Any, list[Any]] = {Customer: [], Contract: [], ContractLine: [], CustomerAccess: []}
        for _one in range(count):
            self._made += 1
            person, parts = _person(self.workspace, self._made, self._models)
            made.append(person)
            for part in parts:
                rows[type(part)].append(part)
        for model, objects in rows.items():
            model.objects.bulk_create(objects)
        return made


def _first(workspace: WorkspaceInfo) -> dict[str, Any]:
    """Make one customer by the services, whose rows the others copy."""
    from datetime import date  # noqa: PLC0415

    from atelogo.register.models import Contract, ContractLine, Customer  # noqa: PLC0415
    from atelogo.register.services import customers  # noqa: PLC0415
    from atelogo.register.services.customers import ContractInput, CustomerInput, LineInput  # noqa: PLC0415

    customer = customers.customer_add(
        workspace=workspace,
        given=CustomerInput(
            name="José da Conceição",
            external_id="c0",
            document="111.444.777-35",
            email="p000000@cliente.example",
            city="Recife",
            state="PE",
        ),
    )
    contract = customers.contract_add(
        workspace=workspace,
        customer_id=customer,
        given=ContractInput(
            number="N000000",
            lines=(LineInput("Internet", "500 mega", 9990), LineInput("TV", "Básico", 4000)),
            started_on=date(2025, 9, 10),
            renews_on=date(2026, 3, 10),
            committed_from=date(2025, 9, 10),
            committed_until=date(2099, 9, 10),
            commitment_benefit_minor=60000,
        ),
    )
    return {
        "customer": Customer.objects.get(id=customer),
        "contract": Contract.objects.get(id=contract),
        "lines": list(ContractLine.objects.filter(contract_id=contract).order_by("id")),
    }


def _person(workspace: WorkspaceInfo, number: int, first: dict[str, Any]) -> tuple[Person, list[Any]]:
    from atelogo.core import clock, ids  # noqa: PLC0415
    from atelogo.core.secrets import lookup_hash  # noqa: PLC0415
    from atelogo.register.models import CustomerAccess  # noqa: PLC0415

    customer = _copy(first["customer"], external_id=f"c{number}", email=f"p{number:06}@cliente.example")
    contract = _copy(first["contract"], customer_id=customer.id, number=f"N{number:06}")
    lines = [_copy(line, contract_id=contract.id) for line in first["lines"]]
    key = ids.random_key()
    now = clock.now()
    access = CustomerAccess(
        id=ids.new_id(),
        workspace_id=workspace.id,
        customer_id=customer.id,
        contract_id=contract.id,
        via="signed_link",
        token_id=f"{number:064x}",
        session_hash=lookup_hash(workspace.id, "customer session", key),
        session_expires_at=now + _IN_FOR,
        intent_at=now,
        created_at=now,
    )
    path = f"/{SLUG}/cancelar/contrato/{ids.public_id('ctr', contract.id)}"
    return Person(number, key, path), [customer, contract, *lines, access]


def _copy(row: Any, **changes: Any) -> Any:  # noqa: ANN401 - any model
    from atelogo.core import ids  # noqa: PLC0415

    twin = copy.copy(row)
    twin._state = copy.copy(row._state)  # noqa: SLF001 - the copy is a new row
    twin.id = ids.new_id()
    for name, value in changes.items():
        setattr(twin, name, value)
    return twin


# Servers ---------------------------------------------------------------------------------------------------
def _environment(home: Path, url: str, settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ATELOGO_")}
    return {
        **kept,
        "ATELOGO_HOME": str(home),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": settings,
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers: its port, and the process above its others."""

    port: int
    pid: int


@contextmanager
def ours(home: Path, url: str) -> Iterator[Server]:
    """Run `atelogo serve`."""
    port = free_port()
    command = [sys.executable, "-c", "from atelogo.cli import main; main()", "serve", "--port", str(port)]
    with _running(command, _environment(home, url, "atelogo.settings"), port, "/livez") as pid:
        yield Server(port, pid)


@contextmanager
def bare(home: Path, url: str) -> Iterator[Server]:
    """Run the bare Django views under the same server with the same processes and threads."""
    from atelogo.cli.serve import command_for, processes_for  # noqa: PLC0415

    port = free_port()
    processes, threads = processes_for("postgresql", os.cpu_count() or 1)
    command = command_for("127.0.0.1", port, workers=processes, threads=threads)
    command[command.index("atelogo.wsgi:application")] = "bench._bare.wsgi:application"
    with _running(command, _environment(home, url, "bench._bare.settings"), port, "/alive") as pid:
        yield Server(port, pid)


@contextmanager
def worker(home: Path, url: str) -> Iterator[None]:
    """Run `atelogo worker` during the block."""
    command = [sys.executable, "-c", "from atelogo.cli import main; main()", "worker"]
    with _process(command, _environment(home, url, "atelogo.settings")):
        yield


@contextmanager
def _running(command: list[str], environment: dict[str, str], port: int, alive: str) -> Iterator[int]:
    with _process(command, environment) as process:
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(f"http://127.0.0.1:{port}{alive}"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start: {' '.join(command)}")
            time.sleep(0.1)
        yield process.pid


@contextmanager
def _process(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except (OSError, urllib.error.HTTPError):
        return False
