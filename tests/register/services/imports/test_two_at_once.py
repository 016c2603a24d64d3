"""Two imports of one company at the same time, on PostgreSQL: each row once, whoever is quicker."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection

from atelogo.core.tenancy import workspace_scope
from atelogo.register.models import Customer, ImportBatch, Request
from atelogo.register.services import setup
from atelogo.register.services.imports import running
from atelogo.register.services.imports.execution import batch_run
from tests.cast import company
from tests.register.services.imports.files import IMPORTER, staged, written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_the_same_file_twice_at_once_comes_in_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs of one file take turns chunk by chunk: together they import every row exactly once."""
    monkeypatch.setattr(running, "_CHUNK", dict.fromkeys(running._CHUNK, 50))
    workspace = replace(company(), billing="assisted")
    setup.workspace_prepare(workspace=workspace)
    header = ("codigo do cliente", "cpf", "data cancelamento", "motivo")
    path = written(
        tmp_path,
        [header, *((f"C{n}", "", f"{n % 28 + 1:02}/08/2024", f"Motivo {n % 5}") for n in range(500))],
    )
    with workspace_scope(workspace.id):
        batches = [staged(workspace, path, "cancellations") for _twice in range(2)]
    failures: list[BaseException] = []

    def run(batch: ImportBatch) -> None:
        try:
            with workspace_scope(workspace.id):
                batch_run(workspace=workspace, batch_id=batch.id, actor=IMPORTER)
        except BaseException as error:  # noqa: BLE001 - told by the test itself
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(batch,)) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failures == []
    with workspace_scope(workspace.id):
        done = ImportBatch.objects.all()
        assert {batch.state for batch in done} == {"done"}
        assert sum(batch.imported for batch in done) == 500
        assert sum(batch.unchanged for batch in done) == 500
        assert Request.objects.count() == Customer.objects.count() == 500
