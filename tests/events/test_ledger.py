"""The ledger: what one call writes, what it refuses, and what is left after shredding."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from atelogo.core import clock, ids
from atelogo.core.tenancy import TenancyError, workspace_scope
from atelogo.events import ledger
from atelogo.events.models import LedgerDetail, LedgerEntry
from tests.events.facts import STAFF, SampleHappened, happen, rows

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 3, 5, 12, 0, 0, tzinfo=UTC)


def entries(workspace_id: UUID) -> list[LedgerEntry]:
    """Return the rows of a workspace in the order they were written."""
    with workspace_scope(workspace_id):
        return list(LedgerEntry.objects.order_by("seq"))


def test_one_fact_is_one_insert() -> None:
    """A fact without personal detail costs exactly one statement."""
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        ledger.append(SampleHappened(), workspace_id=ids.new_id(), stream=ids.new_id(), seq=1, actor=STAFF)
    assert [q["sql"].split()[0] for q in queries if "SAVEPOINT" not in q["sql"]] == ["INSERT"]


def test_the_next_fact_of_a_stream_is_one_insert_too() -> None:
    """Finding the next place in a stream costs no statement of its own."""
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        ledger.append_next(SampleHappened(), workspace_id=ids.new_id(), stream=ids.new_id(), actor=STAFF)
    assert [q["sql"].split()[0] for q in queries if "SAVEPOINT" not in q["sql"]] == ["INSERT"]


def test_personal_detail_is_one_insert_more_and_not_readable() -> None:
    """Personal detail lies encrypted in its own row; the fact holds a commitment and no trace of it."""
    workspace = ids.new_id()
    with CaptureQueriesContext(connection) as queries:
        happen(workspace, personal={"name": "Maria Aparecida"})
    assert [q["sql"].split()[0] for q in queries if "SAVEPOINT" not in q["sql"]] == ["INSERT", "INSERT"]
    (entry,) = entries(workspace)
    assert "Maria" not in entry.body
    assert len(bytes(entry.commitment or b"")) == 32
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM events_ledgerdetail")
        assert "Maria" not in cursor.fetchone()[0]


def test_facts_written_together_cost_as_much_as_one() -> None:
    """Three facts of one act, two with detail, are two statements; they come back in the order given."""
    workspace, stream = ids.new_id(), ids.new_id()
    with CaptureQueriesContext(connection) as queries, transaction.atomic(), ledger.together():
        given = [
            ledger.append(
                SampleHappened(number=number),
                workspace_id=workspace,
                stream=stream,
                seq=number,
                actor=STAFF,
                personal={"number": number} if number < 3 else None,
            )
            for number in (1, 2, 3)
        ]
    assert [q["sql"].split()[0] for q in queries if "SAVEPOINT" not in q["sql"]] == ["INSERT", "INSERT"]
    assert [entry.entry_id for entry in entries(workspace)] == given
    views = ledger.entries_of(workspace, stream)
    assert [(view.body["number"], view.personal) for view in views] == [
        (1, {"number": 1}),
        (2, {"number": 2}),
        (3, None),
    ]


def test_what_follows_facts_held_together_finds_them() -> None:
    """The next place of a stream counts the facts of the block it stands in."""
    workspace, stream = ids.new_id(), ids.new_id()
    where: dict[str, Any] = {"workspace_id": workspace, "stream": stream, "actor": STAFF}
    with transaction.atomic(), ledger.together():
        ledger.append(SampleHappened(), seq=1, **where)
        ledger.append_next(SampleHappened(), **where)
        with ledger.together():
            ledger.append(SampleHappened(), seq=3, **where)
    assert [entry.stream_seq for entry in entries(workspace)] == [1, 2, 3]


def test_a_block_that_raises_writes_none_of_its_facts() -> None:
    """What an act had to tell before it failed is not told; a taken place is told at the end of the block."""
    workspace, stream = ids.new_id(), ids.new_id()
    where: dict[str, Any] = {"workspace_id": workspace, "stream": stream, "actor": STAFF}

    def fail() -> None:
        with ledger.together():
            ledger.append(SampleHappened(), seq=1, **where)
            raise LookupError

    with transaction.atomic(), pytest.raises(LookupError):
        fail()
    assert entries(workspace) == []
    with pytest.raises(ledger.StreamConflictError), transaction.atomic(), ledger.together():
        _twice_in_one_place(where)
    assert entries(workspace) == []


def _twice_in_one_place(where: dict[str, Any]) -> None:
    for _one in range(2):
        ledger.append(SampleHappened(), seq=1, **where)


@pytest.mark.django_db(transaction=True)
def test_no_fact_outside_a_transaction() -> None:
    """A fact belongs to the transaction that makes it; without one nothing is written."""
    workspace = ids.new_id()
    with pytest.raises(ledger.LedgerUseError):
        ledger.append(SampleHappened(), workspace_id=workspace, stream=ids.new_id(), seq=1, actor=STAFF)
    with pytest.raises(ledger.LedgerUseError):
        ledger.append_bulk(rows(1), workspace_id=workspace)
    assert entries(workspace) == []


def test_a_place_in_a_stream_is_given_once() -> None:
    """Two writers with the same place in one stream: the second is told so, with a stable code."""
    workspace, stream = ids.new_id(), ids.new_id()
    happen(workspace, stream=stream)
    with pytest.raises(ledger.StreamConflictError) as caught, transaction.atomic():
        ledger.append(SampleHappened(), workspace_id=workspace, stream=stream, seq=1, actor=STAFF)
    assert (caught.value.code, caught.value.status) == ("stream_conflict", 409)
    assert len(entries(workspace)) == 1


def test_streams_of_two_workspaces_do_not_meet() -> None:
    """The same stream id in another workspace begins at 1 again."""
    stream = ids.new_id()
    one, other = ids.new_id(), ids.new_id()
    happen(one, 2, stream=stream)
    happen(other, 1, stream=stream)
    assert [e.stream_seq for e in ledger.entries_of(one, stream)] == [1, 2]
    assert [e.stream_seq for e in ledger.entries_of(other, stream)] == [1]


def test_a_fact_is_read_back_as_written() -> None:
    """Times, actor, body and personal detail come back equal, in stream order."""
    workspace, stream, thing = ids.new_id(), ids.new_id(), ids.new_id()
    event = SampleHappened(number=7, word="ação", at=MOMENT, on=MOMENT.date(), thing=thing)
    with clock.clock_at(MOMENT + timedelta(days=1)), transaction.atomic():
        entry_id = ledger.append(
            event,
            workspace_id=workspace,
            stream=stream,
            seq=4,
            actor=STAFF,
            occurred_at=MOMENT,
            personal={"note": "liguei 2x", "n": [1, None, True]},
        )
    (view,) = ledger.entries_of(workspace, stream)
    assert (view.id, view.name, view.version, view.stream_seq) == (entry_id, "sample.happened", 1, 4)
    assert (view.occurred_at, view.recorded_at) == (MOMENT, MOMENT + timedelta(days=1))
    assert view.actor == STAFF
    assert view.body == {
        "at": "2026-03-05T12:00:00.000000Z",
        "number": 7,
        "on": "2026-03-05",
        "thing": str(thing),
        "word": "ação",
    }
    assert view.personal == {"note": "liguei 2x", "n": [1, None, True]}


def test_shredding_takes_the_detail_and_leaves_the_fact() -> None:
    """After shredding the personal detail is gone, everything else of the fact is as it was."""
    workspace, stream = ids.new_id(), ids.new_id()
    (entry_id,) = happen(workspace, stream=stream, personal={"name": "João"})
    (before,) = ledger.entries_of(workspace, stream)
    assert ledger.shred(workspace, [entry_id]) == 1
    (after,) = ledger.entries_of(workspace, stream)
    assert before.personal == {"name": "João"}
    assert after.personal is None
    assert (after.commitment, after.body) == (before.commitment, before.body)
    assert ledger.shred(workspace, [entry_id]) == 0


def test_shredding_keeps_to_its_workspace() -> None:
    """Shredding in one workspace never touches the detail of another."""
    workspace, other = ids.new_id(), ids.new_id()
    (entry_id,) = happen(workspace, personal={"name": "João"})
    assert ledger.shred(other, [entry_id]) == 0
    with workspace_scope(workspace):
        assert LedgerDetail.objects.count() == 1


def test_equal_details_have_unequal_commitments() -> None:
    """The salt keeps anybody from telling that two facts hold the same detail."""
    workspace = ids.new_id()
    happen(workspace, 2, personal={"document": "529.982.247-25"})
    first, second = entries(workspace)
    assert bytes(first.commitment or b"") != bytes(second.commitment or b"")


@pytest.mark.parametrize(
    "sql", ["UPDATE events_ledgerentry SET body = '{}'", "DELETE FROM events_ledgerentry"]
)
def test_rows_are_never_changed(sql: str) -> None:
    """The database itself refuses to change or delete a fact."""
    workspace = ids.new_id()
    happen(workspace)
    with (
        pytest.raises(DatabaseError, match="only grows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert len(entries(workspace)) == 1


def test_the_ledger_is_not_read_outside_a_workspace() -> None:
    """Reading without a workspace scope is refused."""
    with pytest.raises(TenancyError):
        list(LedgerEntry.objects.all())


@pytest.mark.parametrize("personal", [None, {"name": "Ana", "text": 'aspas " e \\ barra\n'}])
def test_a_bulk_load_writes_what_single_calls_write(personal: dict[str, str] | None) -> None:
    """Facts loaded in bulk read back as if they were appended one by one, personal detail included."""
    workspace = ids.new_id()
    given = list(rows(5, personal=personal))
    with transaction.atomic():
        assert ledger.append_bulk(iter(given), workspace_id=workspace) == 5
    for row in given:
        (view,) = ledger.entries_of(workspace, row.stream)
        assert view.body == row.event.body()
        assert (view.name, view.version, view.stream_seq, view.actor) == ("sample.happened", 1, 1, STAFF)
        assert view.personal == personal
        assert view.occurred_at == view.recorded_at
        assert view.id.version == 7
    stored = [entry.body for entry in entries(workspace)]
    assert stored == [row.event.body_json() for row in given]


def test_a_bulk_load_keeps_its_blocks_apart() -> None:
    """A load over several blocks keeps every row, its order and unequal ids; times given are kept."""
    workspace = ids.new_id()
    stream = ids.new_id()
    load = (
        ledger.LedgerRow(
            SampleHappened(number=n), stream, n, STAFF, occurred_at=MOMENT + timedelta(seconds=n)
        )
        for n in range(1, 4502)
    )
    with transaction.atomic():
        assert ledger.append_bulk(load, workspace_id=workspace) == 4501
    stored = entries(workspace)
    assert [entry.stream_seq for entry in stored] == list(range(1, 4502))
    assert len({entry.entry_id for entry in stored}) == 4501
    assert stored[-1].occurred_at == MOMENT + timedelta(seconds=4501)


def test_a_full_disk_leaves_nothing_half_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the second INSERT fails, the first one and whatever the service did are undone with it."""
    workspace = ids.new_id()
    happen(workspace)

    def full(execute: object, sql: str, params: object, many: object, context: object) -> object:
        if "events_ledgerdetail" in sql:
            raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)  # type: ignore[operator]

    with pytest.raises(OperationalError), connection.execute_wrapper(full):
        happen(workspace, personal={"name": "Ana"})
    assert len(entries(workspace)) == 1


def test_a_clock_set_back_does_not_reorder() -> None:
    """When the machine's clock is set back, rows keep the order in which they were written."""
    workspace, stream = ids.new_id(), ids.new_id()
    with clock.clock_at(MOMENT):
        happen(workspace, stream=stream)
    with clock.clock_at(MOMENT - timedelta(hours=3)):
        happen(workspace, stream=stream)
    first, second = entries(workspace)
    assert (first.stream_seq, second.stream_seq) == (1, 2)
    assert first.recorded_at > second.recorded_at
    assert first.seq < second.seq


def test_actors_are_of_known_kinds() -> None:
    """An unknown kind of actor is refused where it is made."""
    with pytest.raises(ledger.LedgerUseError):
        ledger.Actor("robot")  # type: ignore[arg-type]


def test_the_body_is_canonical_text() -> None:
    """The stored body is the canonical text, so that a leaf can be rebuilt byte for byte."""
    workspace = ids.new_id()
    happen(workspace)
    (entry,) = entries(workspace)
    assert entry.body == '{"at":null,"number":0,"on":null,"thing":null,"word":"ção"}'
    assert json.loads(entry.body)["word"] == "ção"
