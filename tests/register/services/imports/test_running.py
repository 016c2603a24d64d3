"""Runs: in chunks, taken up again exactly, stopped, failed with a word; nothing in a check is written."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atelogo.core import clock
from atelogo.events import outbox
from atelogo.events.ledger import entries_of
from atelogo.register.domain.import_feed import Wanted
from atelogo.register.errors import BatchStateError, ImportRefusedError
from atelogo.register.models import Customer, ImportBatch, ImportRow, Reason, Request
from atelogo.register.queries.imports import batch_view
from atelogo.register.services.imports import background, running
from atelogo.register.services.imports.batches import batch_cancel_ask, batch_run_ask
from atelogo.register.services.imports.execution import batch_run, file_check
from atelogo.register.services.imports.feeding import Feed
from atelogo.register.services.imports.running import Progress
from tests.register.conftest import Shop
from tests.register.services.imports.files import IMPORTER, counts, staged, taken_in, written

pytestmark = pytest.mark.django_db
HEADER = ("codigo do cliente", "nome", "data cancelamento", "mensalidade", "motivo")


def many(folder: Path, number: int = 60) -> Path:
    """Write a file of so many rows; every tenth has a date that does not exist, the last is a repeat."""
    rows = [
        (
            f"C{n}",
            f"Pessoa {n}",
            "31/02/2024" if n % 10 == 5 else "19/08/2024",
            f"{n + 1},00",
            f"Motivo {n % 3}",
        )
        for n in range(number - 1)
    ]
    return written(folder, [HEADER, *rows, rows[0]])


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a chunk be seven rows on both databases."""
    monkeypatch.setattr(running, "_CHUNK", dict.fromkeys(running._CHUNK, 7))
    monkeypatch.setattr(running, "_SQLITE_FIRST", 7)
    monkeypatch.setattr(running.Run, "_adapt", lambda _self, _seconds: None)


@pytest.mark.usefixtures("small_chunks")
def test_an_interrupted_run_goes_on_exactly(shop: Shop, tmp_path: Path) -> None:
    """A run that ended between chunks is taken up behind the last one: counts and rows as in one go."""
    chunks = 0

    def die_after_three(_progress: Progress) -> str:
        nonlocal chunks
        chunks += 1
        if chunks == 3:
            raise KeyboardInterrupt
        return ""

    batch = staged(shop.workspace, many(tmp_path), "cancellations")
    with pytest.raises(KeyboardInterrupt):
        batch_run(workspace=shop.workspace, batch_id=batch.id, actor=IMPORTER, after_chunk=die_after_three)
    batch.refresh_from_db()
    assert (batch.state, batch.read) == ("running", 21)
    assert batch_run(workspace=shop.workspace, batch_id=batch.id, actor=IMPORTER) == "done"
    batch.refresh_from_db()
    assert counts(batch) == (53, 0, 1, 6, 0)
    assert Request.objects.filter(batch_id=batch.id).count() == 53
    assert ImportRow.objects.filter(batch_id=batch.id, outcome="rejected").count() == 6
    names = [fact.name for fact in entries_of(shop.workspace.id, batch.id)]
    assert names == ["import.started", "import.finished"]


@pytest.mark.usefixtures("small_chunks")
def test_a_killed_import_sent_again_finds_its_rows(shop: Shop, tmp_path: Path) -> None:
    """The same file as a new import finds what the dead one brought in unchanged and adds the rest."""
    path = many(tmp_path)

    def die(_progress: Progress) -> str:
        raise KeyboardInterrupt

    batch = staged(shop.workspace, path, "cancellations")
    with pytest.raises(KeyboardInterrupt):
        batch_run(workspace=shop.workspace, batch_id=batch.id, actor=IMPORTER, after_chunk=die)
    again = taken_in(shop.workspace, path)
    assert counts(again) == (47, 0, 7, 6, 0)
    assert Request.objects.filter(identity="import").count() == 53


@pytest.mark.usefixtures("small_chunks")
def test_a_run_stops_when_asked(shop: Shop, tmp_path: Path) -> None:
    """A person's wish to stop ends the run after the chunk in hand; what is in stays in."""
    batch = staged(shop.workspace, many(tmp_path), "cancellations")

    def ask(_progress: Progress) -> str:
        batch_cancel_ask(workspace=shop.workspace, batch_id=batch.id)
        return ""

    state = batch_run(workspace=shop.workspace, batch_id=batch.id, actor=IMPORTER, after_chunk=ask)
    batch.refresh_from_db()
    assert (state, batch.state, batch.read) == ("cancelled", "cancelled", 14)
    with pytest.raises(BatchStateError):
        batch_run(workspace=shop.workspace, batch_id=batch.id, actor=IMPORTER)


@pytest.mark.usefixtures("small_chunks")
def test_the_worker_lets_others_work_between_slices(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long run gives way when its slice is over and something is due, and ends all the same."""
    monkeypatch.setattr(background, "_SLICE_SECONDS", 0.0)
    monkeypatch.setattr(background.Slice.__init__, "__defaults__", (0.0,))
    batch = staged(shop.workspace, many(tmp_path), "cancellations")
    batch_run_ask(workspace=shop.workspace, batch_id=batch.id)
    assert background.import_work(workspace=shop.workspace, batch_id=batch.id) is False
    outbox.drain()
    batch.refresh_from_db()
    assert (batch.state, batch.read) == ("done", 60)


@pytest.mark.usefixtures("small_chunks")
def test_rows_that_others_wrote_meanwhile_are_looked_up_anew(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chunk refused by a unique row is settled again from what the database then holds."""
    plain = running.Run._save
    failed: list[int] = []

    def fail_once(self: Any) -> None:
        plain(self)
        if not failed:
            failed.append(1)
            raise IntegrityError("somebody was quicker")

    monkeypatch.setattr(running.Run, "_save", fail_once)
    batch = taken_in(shop.workspace, many(tmp_path))
    assert counts(batch) == (53, 0, 1, 6, 0)
    assert Request.objects.filter(batch_id=batch.id).count() == 53


@pytest.mark.usefixtures("small_chunks")
def test_a_check_counts_alike_and_writes_nothing(shop: Shop, tmp_path: Path) -> None:
    """The dry run gives the run's counts, and leaves every table as it was."""
    path = many(tmp_path)
    before = [model.objects.count() for model in (Customer, Request, Reason, ImportBatch, ImportRow)]
    checked = file_check(workspace=shop.workspace, actor=IMPORTER, wanted=Wanted(str(path), "cancellations"))
    assert [model.objects.count() for model in (Customer, Request, Reason, ImportBatch, ImportRow)] == before
    batch = taken_in(shop.workspace, path)
    assert checked.tally.counts() == {"read": batch.read} | dict(
        zip(("imported", "updated", "unchanged", "rejected", "left_out"), counts(batch), strict=True)
    )
    assert [one.line for one in checked.refused] == [7, 17, 27, 37, 47, 57]


def test_a_run_that_fell_silent_can_be_told(shop: Shop, tmp_path: Path) -> None:
    """A batch that says it runs and has given no sign of life for five minutes was interrupted."""
    batch = staged(shop.workspace, many(tmp_path), "cancellations")
    ImportBatch.objects.filter(id=batch.id).update(state="running", beat_at=clock.now())
    shown = batch_view(shop.workspace, batch.id)
    assert shown is not None
    assert not shown.interrupted
    with clock.clock_at(clock.now() + timedelta(minutes=6)):
        shown = batch_view(shop.workspace, batch.id)
        assert shown is not None
        assert shown.interrupted


def test_a_file_that_is_gone_fails_the_batch_with_a_word(shop: Shop, tmp_path: Path) -> None:
    """Without its file a batch fails and says so; nothing is half written."""
    path = many(tmp_path)
    batch = staged(shop.workspace, path, "cancellations")
    path.unlink()
    with pytest.raises(ImportRefusedError):
        batch_run(workspace=shop.workspace, batch_id=batch.id, actor=IMPORTER)
    batch.refresh_from_db()
    assert (batch.state, batch.problem) == ("failed", "file_unreadable")


def test_a_reading_process_that_dies_is_a_broken_file(shop: Shop, tmp_path: Path) -> None:
    """A reader that is killed in the middle of a file is told as a file that cannot be read."""
    path = many(tmp_path, 20_000)
    with Feed(Wanted(str(path), "cancellations", spellings=False)) as feed:
        rows = feed.rows()
        next(rows)
        os.kill(feed._process.pid, 9)
        with pytest.raises(ImportRefusedError) as refused:
            list(rows)
    assert refused.value.params["problem"] == "file_unreadable"


def test_the_reading_process_gets_no_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shop: Shop
) -> None:
    """Neither the master key nor the database's address is in the environment of the reader."""
    monkeypatch.setenv("ATELOGO_MASTER_KEY", "x" * 43)
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret@host/db")
    with Feed(Wanted(str(many(tmp_path, 20_000)), "cancellations", spellings=False)) as feed:
        environment = Path(f"/proc/{feed._process.pid}/environ").read_bytes()
    assert b"ATELOGO" not in environment
    assert b"DATABASE" not in environment


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=400), st.text(max_size=300).map(str.encode)))
def test_any_bytes_get_an_answer(shop: Shop, tmp_path: Path, content: bytes) -> None:
    """Whatever a file holds, a check gives counts that add up or a refusal with a sentence."""
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    try:
        checked = file_check(
            workspace=shop.workspace, actor=IMPORTER, wanted=Wanted(str(path), "cancellations")
        )
    except ImportRefusedError as refused:
        words = str(refused)
        if not words:
            pytest.fail("a refusal without a sentence")
    else:
        found = checked.tally.counts()
        assert found.pop("read") == sum(found.values())


def test_no_chunk_holds_the_writers_turn_for_long(shop: Shop, tmp_path: Path) -> None:
    """On SQLite the transactions of an import stay short, so that everybody else can write between them."""
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL's writers do not take turns")
    lasted: list[float] = []
    plain = running.Run._write

    def timed(self: Any, *given: Any) -> Any:
        began = time.perf_counter()
        answer = plain(self, *given)
        lasted.append(time.perf_counter() - began)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running.Run, "_write", timed)
        taken_in(shop.workspace, many(tmp_path, 3_000))
    assert len(lasted) >= 3
    assert sorted(lasted)[len(lasted) // 2] < 0.2
