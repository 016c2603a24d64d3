"""Files for the importer's tests: written as people's systems write them, imported in one call."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from atelogo.accounts.domain.workspace import WorkspaceInfo
from atelogo.events.ledger import Actor
from atelogo.register.domain.importing.records import Kind
from atelogo.register.models import ImportBatch
from atelogo.register.services.imports.batches import batch_stage
from atelogo.register.services.imports.execution import AfterChunk, batch_run, go_on

IMPORTER = Actor("import")


def written(folder: Path, rows: Sequence[Sequence[str]], name: str = "arquivo.csv") -> Path:
    """Write rows as a CSV of Brazil, the first one the header."""
    path = folder / name
    path.write_text("".join(";".join(row) + "\r\n" for row in rows), encoding="utf-8")
    return path


def staged(workspace: WorkspaceInfo, path: Path, kind: Kind, source: str = "") -> ImportBatch:
    """Keep a file as a batch."""
    batch = batch_stage(
        workspace=workspace, actor=IMPORTER, kind=kind, path=path, file_name=path.name, source=source
    )
    found: ImportBatch = ImportBatch.objects.get(id=batch)
    return found


def taken_in(
    workspace: WorkspaceInfo,
    path: Path,
    kind: Kind = "cancellations",
    *,
    source: str = "",
    after_chunk: AfterChunk = go_on,
) -> ImportBatch:
    """Import a file and return its batch."""
    batch = staged(workspace, path, kind, source)
    batch_run(workspace=workspace, batch_id=batch.id, actor=IMPORTER, after_chunk=after_chunk)
    batch.refresh_from_db()
    return batch


def counts(batch: ImportBatch) -> tuple[int, int, int, int, int]:
    """Return imported, updated, unchanged, rejected and left out, which add up to what was read."""
    found = (batch.imported, batch.updated, batch.unchanged, batch.rejected, batch.left_out)
    assert sum(found) == batch.read
    return found
