"""Sealing: every row gets its place once, in order, in a tree whose proofs a stranger can check."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from atelogo.core import clock, ids
from atelogo.core.signing import NoteError
from atelogo.core.tenancy import workspace_scope
from atelogo.events import ledger, log, sealer, tiles, tree
from atelogo.events.models import Checkpoint, LedgerEntry, SealedLeaf, SealFloor, TreeTile
from atelogo.events.proofs import Proof, open_checkpoint
from tests.events.facts import SampleHappened, happen, rows, tamper

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 3, 5, 12, 0, 0, tzinfo=UTC)


def leaves(workspace_id: UUID) -> list[bytes]:
    """Return the leaf hashes of a workspace in their order."""
    with workspace_scope(workspace_id):
        return [bytes(row.leaf_hash) for row in SealedLeaf.objects.order_by("leaf_index")]


def load(workspace_id: UUID, count: int) -> None:
    """Load ``count`` facts in bulk."""
    with transaction.atomic():
        ledger.append_bulk(rows(count), workspace_id=workspace_id)


def test_every_row_gets_its_place_once() -> None:
    """Sealing gives gapless places in the order of writing, and a second pass finds nothing to do."""
    workspace = ids.new_id()
    written = happen(workspace, 5)
    assert log.seal(workspace) == 5
    assert log.seal(workspace) == 0
    with workspace_scope(workspace):
        stored = list(SealedLeaf.objects.order_by("leaf_index").values_list("leaf_index", "entry_id"))
    assert stored == list(enumerate(written))


def test_the_checkpoint_is_the_root_of_the_leaves() -> None:
    """The signed checkpoint bears the RFC 6962 root over exactly the rows, under the workspace's own name."""
    workspace = ids.new_id()
    happen(workspace, 5, personal={"name": "Ana"})
    log.seal(workspace)
    newest = log.latest_checkpoint(workspace)
    assert newest is not None
    expected = [log.leaf_of(workspace, e.id) for e in _all(workspace)]
    root = tree.root_of([row.hash() for row in expected if row is not None])
    head = open_checkpoint(newest.note, log.public_key(workspace))
    assert (head.origin, head.size, head.root) == (f"atelogo/{workspace}", 5, root)
    assert newest.root == root


def _all(workspace_id: UUID) -> list[ledger.EntryView]:
    with workspace_scope(workspace_id):
        streams = set(LedgerEntry.objects.values_list("stream", flat=True))
    return [entry for stream in streams for entry in ledger.entries_of(workspace_id, stream)]


def test_a_leaf_is_canonical_json_of_its_row() -> None:
    """The leaf holds the documented members, in canonical form, and nothing else."""
    import rfc8785

    workspace, stream = ids.new_id(), ids.new_id()
    with clock.clock_at(MOMENT):
        (entry_id,) = happen(workspace, stream=stream, personal={"name": "Ana"})
    (view,) = ledger.entries_of(workspace, stream)
    row = log.leaf_of(workspace, entry_id)
    assert row is not None
    assert row.text().encode() == rfc8785.dumps(
        {
            "id": str(entry_id),
            "workspace": str(workspace),
            "name": "sample.happened",
            "v": 1,
            "stream": str(stream),
            "seq": 1,
            "occurred_at": "2026-03-05T12:00:00.000000Z",
            "recorded_at": "2026-03-05T12:00:00.000000Z",
            "actor": {"kind": "staff", "id": "018f0000-0000-7000-8000-000000000001"},
            "body": dict(view.body),
            "commitment": (view.commitment or b"").hex(),
        }
    )
    assert log.leaf_of(ids.new_id(), entry_id) is None


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 700])
def test_proofs_hold_at_every_size(size: int) -> None:
    """Around and across tile borders, every kind of place has a proof that holds offline."""
    workspace = ids.new_id()
    load(workspace, size)
    assert log.seal(workspace) == size
    key = log.public_key(workspace)
    with workspace_scope(workspace):
        ids_in_line = list(SealedLeaf.objects.order_by("leaf_index").values_list("entry_id", flat=True))
    for place in sorted({0, size // 2, size - 1, min(size - 1, 255), min(size - 1, 256)}):
        proof = log.proof_of(workspace, ids_in_line[place])
        row = log.leaf_of(workspace, ids_in_line[place])
        assert proof is not None
        assert row is not None
        assert proof.index == place
        again = Proof.parse(proof.text())
        assert again.holds(row.hash(), again.checkpoint_of(key))
        assert not again.holds(tree.leaf_hash(b"another"), again.checkpoint_of(key))


def test_a_third_level_of_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """With narrow tiles the tree grows through several levels, and every proof still holds."""
    monkeypatch.setattr(tiles, "WIDTH", 4)
    monkeypatch.setattr(tiles, "HEIGHT", 2)
    workspace = ids.new_id()
    for count in (1, 2, 3, 10, 50, 23):
        load(workspace, count)
        assert log.seal(workspace) == count
    hashes = leaves(workspace)
    newest = log.latest_checkpoint(workspace)
    assert newest is not None
    assert newest.root == tree.root_of(hashes)
    nodes = tiles.StoredNodes(workspace, 89)
    for index in range(89):
        proof = tree.inclusion_proof(index, 89, nodes)
        assert tree.verify_inclusion(hashes[index], index, 89, proof, newest.root)
    with workspace_scope(workspace):
        assert TreeTile.objects.filter(level=2).count() == 1


def test_no_proof_before_the_seal_or_for_strangers() -> None:
    """A row that waits for its place has no proof yet; neither has a row of another workspace."""
    workspace = ids.new_id()
    (entry_id,) = happen(workspace)
    assert log.proof_of(workspace, entry_id) is None
    assert log.latest_checkpoint(workspace) is None
    log.seal(workspace)
    assert log.proof_of(workspace, entry_id) is not None
    assert log.proof_of(ids.new_id(), entry_id) is None


def test_earlier_checkpoints_are_beginnings_of_later_ones() -> None:
    """A stranger who kept a checkpoint can be shown that the newer tree begins with it."""
    workspace = ids.new_id()
    for count in (3, 4, 600):
        load(workspace, count)
        log.seal(workspace)
    with workspace_scope(workspace):
        heads = [(c.size, bytes(c.root)) for c in Checkpoint.objects.order_by("size")]
    (first, first_root), (last, last_root) = heads[0], heads[-1]
    proof = tree.consistency_proof(first, last, tiles.StoredNodes(workspace, last))
    assert tree.verify_consistency(first, last, first_root, last_root, proof)


def test_shredding_leaves_every_proof_valid() -> None:
    """Deleting a person's detail and its salt changes neither leaf nor proof."""
    workspace = ids.new_id()
    (entry_id, *_rest) = happen(workspace, 3, personal={"name": "Ana"})
    log.seal(workspace)
    before = log.proof_of(workspace, entry_id)
    ledger.shred(workspace, [entry_id])
    happen(workspace, 2)
    log.seal(workspace)
    row = log.leaf_of(workspace, entry_id)
    after = log.proof_of(workspace, entry_id)
    assert before is not None
    assert after is not None
    assert row is not None
    key = log.public_key(workspace)
    for proof in (before, after):
        assert proof.holds(row.hash(), proof.checkpoint_of(key))


def test_two_workspaces_have_two_lines() -> None:
    """Each workspace has its own places from 0, its own key and its own checkpoints."""
    one, other = ids.new_id(), ids.new_id()
    happen(one, 2)
    happen(other, 3)
    happen(one, 1)
    assert log.seal_all() == 6
    assert (len(leaves(one)), len(leaves(other))) == (3, 3)
    newest = log.latest_checkpoint(one)
    assert newest is not None
    with pytest.raises(NoteError):
        open_checkpoint(newest.note, log.public_key(other))


def test_a_clock_set_back_changes_nothing_in_the_line() -> None:
    """Rows are sealed in the order they were written, whatever the machine's clock says."""
    workspace = ids.new_id()
    written = []
    for hours in (5, 1, 3):
        with clock.clock_at(MOMENT + timedelta(hours=hours)):
            written += happen(workspace)
            log.seal(workspace)
    with workspace_scope(workspace):
        stored = list(SealedLeaf.objects.order_by("leaf_index").values_list("entry_id", flat=True))
    assert stored == written


def test_progress_is_told_batch_by_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bulk load is sealed in batches, each with its signed checkpoint, and progress is told."""
    monkeypatch.setattr(sealer, "_BATCH", {"sqlite": 100, "postgresql": 100})
    workspace = ids.new_id()
    load(workspace, 250)
    told: list[int] = []
    assert log.seal(workspace, progress=told.append) == 250
    assert told == [100, 200]
    with workspace_scope(workspace):
        assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [100, 200, 250]


def test_a_sealer_that_dies_in_the_middle_resumes_with_an_equal_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass that breaks off in any batch leaves a sound beginning; the next pass ends with the same tree."""
    monkeypatch.setattr(sealer, "_BATCH", {"sqlite": 100, "postgresql": 100})
    workspace = ids.new_id()
    load(workspace, 1000)

    def die(sealed: int) -> None:
        if sealed == 600:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        log.seal(workspace, progress=die)
    assert len(leaves(workspace)) == 600
    assert log.seal(workspace) == 400
    hashes = leaves(workspace)
    newest = log.latest_checkpoint(workspace)
    assert newest is not None
    assert (newest.size, newest.root) == (1000, tree.root_of(hashes))
    with workspace_scope(workspace):
        assert TreeTile.objects.count() == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["events_sealedleaf", "events_treetile", "events_checkpoint"])
def test_a_full_disk_in_a_batch_leaves_the_tree_whole(table: str) -> None:
    """When any INSERT of a batch fails, nothing of the batch stays, and the next pass seals it."""
    workspace = ids.new_id()
    load(workspace, 300)

    def full(execute: object, sql: str, params: object, many: object, context: object) -> object:
        if f"INSERT INTO {table}" in sql:
            raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)  # type: ignore[operator]

    # Below the size from which PostgreSQL is given a COPY.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("atelogo.events.rows._COPY_FROM", 10_000)
        with pytest.raises(OperationalError), connection.execute_wrapper(full):
            log.seal(workspace)
    assert leaves(workspace) == []
    assert log.latest_checkpoint(workspace) is None
    assert log.seal(workspace) == 300


def test_a_broken_tree_stops_only_its_own_workspace() -> None:
    """A tree that contradicts its checkpoint is not built upon; the other workspaces are sealed."""
    broken, sound = ids.new_id(), ids.new_id()
    happen(broken, 3)
    happen(sound, 3)
    log.seal_all()
    tamper(
        "events_sealedleaf",
        "DELETE FROM events_sealedleaf WHERE workspace_id = %s AND leaf_index = 2",
        broken if connection.vendor == "postgresql" else broken.hex,
    )
    happen(broken, 1)
    happen(sound, 1)
    with pytest.raises(log.LogBrokenError):
        log.seal_all()
    assert len(leaves(sound)) == 4
    assert len(leaves(broken)) == 2


@pytest.mark.parametrize("table", ["events_sealedleaf", "events_treetile", "events_checkpoint"])
def test_the_tree_only_grows(table: str) -> None:
    """The database refuses to change leaves, tiles and checkpoints."""
    workspace = ids.new_id()
    load(workspace, 260)
    log.seal(workspace)
    with (
        pytest.raises(DatabaseError, match="only grows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table}")


def test_the_floor_follows_what_is_settled() -> None:
    """After a pass with nobody writing, the next pass begins above the last row."""
    workspace = ids.new_id()
    happen(workspace, 3)
    log.seal(workspace)
    with workspace_scope(workspace):
        newest = LedgerEntry.objects.order_by("-seq").values_list("seq", flat=True)[0]
        floor = SealFloor.objects.values_list("floor", flat=True).first()
    # On PostgreSQL this test's own open transaction still holds the table: nothing may be settled.
    assert floor == (None if connection.vendor == "postgresql" else newest)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_a_late_commit_is_never_skipped() -> None:
    """A row numbered early and committed late, after newer rows were sealed, is sealed all the same."""
    workspace = ids.new_id()
    happen(workspace, 2)
    written, seen = threading.Event(), threading.Event()
    late: list[UUID] = []

    def slow_writer() -> None:
        try:
            with transaction.atomic():
                late.append(
                    ledger.append(
                        SampleHappened(word="late"),
                        workspace_id=workspace,
                        stream=ids.new_id(),
                        seq=1,
                        actor=ledger.SYSTEM,
                    )
                )
                written.set()
                seen.wait(30)
        finally:
            connection.close()

    writer = threading.Thread(target=slow_writer)
    horizon = log.Horizon()
    writer.start()
    try:
        assert written.wait(30)
        newer = happen(workspace, 3)
        assert log.seal(workspace, horizon=horizon) == 5
        with workspace_scope(workspace):
            late_seq = LedgerEntry.objects.order_by("seq").values_list("seq", flat=True)[1] + 1
            floor = SealFloor.objects.values_list("floor", flat=True).first() or 0
        assert floor < late_seq
        assert log.seal(workspace, horizon=horizon) == 0
    finally:
        seen.set()
        writer.join()
    assert log.seal(workspace, horizon=horizon) == 1
    with workspace_scope(workspace):
        line = list(SealedLeaf.objects.order_by("leaf_index").values_list("entry_id", flat=True))
        floor = SealFloor.objects.values_list("floor", flat=True).first() or 0
        newest = LedgerEntry.objects.order_by("-seq").values_list("seq", flat=True)[0]
    assert line[-4:] == [*newer, *late]
    assert floor >= newest
    assert sealer.workspaces_to_seal() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_the_floor_waits_for_every_earlier_writer() -> None:
    """The floor passes a number only when all who wrote at that time have ended, though new ones began."""
    workspace = ids.new_id()
    first, second = threading.Event(), threading.Event()
    ready = threading.Barrier(3, timeout=30)

    def writer(may_end: threading.Event) -> None:
        try:
            with transaction.atomic():
                ledger.append(
                    SampleHappened(), workspace_id=workspace, stream=ids.new_id(), seq=1, actor=ledger.SYSTEM
                )
                ready.wait()
                may_end.wait(30)
        finally:
            connection.close()

    threads = [threading.Thread(target=writer, args=(event,)) for event in (first, second)]
    for thread in threads:
        thread.start()
    ready.wait()
    horizon = log.Horizon()
    with connection.cursor() as cursor:
        assert horizon.look(cursor) == 0
        first.set()
        threads[0].join()
        assert horizon.look(cursor) == 0
        second.set()
        threads[1].join()
        assert horizon.look(cursor) >= 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_one_sealer_a_workspace() -> None:
    """While one process seals a workspace another one leaves it alone, and goes on with the next."""
    workspace, other = ids.new_id(), ids.new_id()
    happen(workspace, 3)
    happen(other, 2)
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                assert sealer._take_turn(cursor, workspace)
                holding.set()
                done.wait(30)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert holding.wait(30)
        assert log.seal_all() == 2
        assert leaves(workspace) == []
    finally:
        done.set()
        holder.join()
    assert log.seal_all() == 3
