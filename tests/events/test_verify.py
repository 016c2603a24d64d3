"""Verify: silent on a sound register, and names the first bad row for every way of changing one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction

from atelogo.core import clock, ids
from atelogo.core.secrets import encrypt
from atelogo.core.signing import NoteKey, new_private_key, public_key_of
from atelogo.core.tenancy import workspace_scope
from atelogo.events import ledger, log
from atelogo.events.models import SealedLeaf
from atelogo.events.report import WORDS, Report
from atelogo.events.verify import verify_workspace
from tests.events.facts import happen, rows, tamper

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 3, 5, 12, 0, 0, tzinfo=UTC)
SIZE = 600


@pytest.fixture
def workspace() -> UUID:
    """Return a workspace with a sealed line of 600 facts in three checkpoints, some with personal detail."""
    workspace_id = ids.new_id()
    for count in (5, 300, 293):
        with transaction.atomic():
            ledger.append_bulk(rows(count), workspace_id=workspace_id)
        log.seal(workspace_id)
    happen(workspace_id, 2, personal={"name": "Ana"})
    log.seal(workspace_id)
    return workspace_id


def stored(value: UUID) -> object:
    """Return an id as the database stores it."""
    return value if connection.vendor == "postgresql" else value.hex


def entry_at(workspace_id: UUID, place: int) -> UUID:
    """Return the id of the fact at ``place``."""
    with workspace_scope(workspace_id):
        found: UUID = SealedLeaf.objects.filter(leaf_index=place).values_list("entry_id", flat=True)[0]
    return found


def first(report: Report) -> tuple[str, str, int | None]:
    """Return code, table and place of the first finding."""
    finding = report.findings[0]
    return finding.code, finding.table, finding.place


def test_a_sound_register_is_sound(workspace: UUID) -> None:
    """An untouched register passes, and the report says how much was checked."""
    happen(workspace)
    report = verify_workspace(workspace)
    assert report.findings == []
    assert (report.exit_code, report.leaves, report.checkpoints, report.details) == (0, SIZE, 4, 2)
    assert report.unsealed == 1


def test_an_empty_register_is_sound() -> None:
    """A workspace without any fact passes."""
    report = verify_workspace(ids.new_id())
    assert (report.exit_code, report.leaves) == (0, 0)


def test_shredded_details_are_no_fault(workspace: UUID) -> None:
    """After shredding everything still passes."""
    assert ledger.shred(workspace, [entry_at(workspace, SIZE - 1), entry_at(workspace, SIZE - 2)]) == 2
    report = verify_workspace(workspace)
    assert (report.exit_code, report.details) == (0, 0)


CHANGES = [
    "name = 'sample.other'",
    "version = 2",
    "stream_seq = 99",
    "actor_kind = 'system'",
    "actor_id = NULL",
    "body = '{}'",
    "body = body || ' '",
    "occurred_at = '2020-01-01 00:00:00'",
    "recorded_at = '2020-01-01 00:00:00'",
    "commitment = NULL",
]


@pytest.mark.parametrize("place", [3, 400, SIZE - 1])
@pytest.mark.parametrize("change", CHANGES)
def test_an_altered_row_is_found(workspace: UUID, place: int, change: str) -> None:
    """Whichever column of whichever row is changed, verify names exactly that row."""
    if change == "commitment = NULL" and place != SIZE - 1:
        change = f"commitment = {_zeros()}"
    entry = entry_at(workspace, place)
    sql = f"UPDATE events_ledgerentry SET {change} WHERE entry_id = %s"
    tamper("events_ledgerentry", sql, stored(entry))
    report = verify_workspace(workspace)
    assert report.exit_code == 1
    assert first(report) == ("row_altered", "events_ledgerentry", place)
    assert report.findings[0].entry_id == entry


def _zeros() -> str:
    return f"'\\x{'00' * 32}'::bytea" if connection.vendor == "postgresql" else f"x'{'00' * 32}'"


def test_a_deleted_row_is_found(workspace: UUID) -> None:
    """A row deleted from the middle is missed at its place."""
    entry = entry_at(workspace, 42)
    tamper("events_ledgerentry", "DELETE FROM events_ledgerentry WHERE entry_id = %s", stored(entry))
    report = verify_workspace(workspace)
    assert report.exit_code == 1
    assert first(report) == ("row_missing", "events_ledgerentry", 42)
    assert report.findings[0].entry_id == entry


def test_two_rows_exchanged_are_found(workspace: UUID) -> None:
    """Exchanging two rows' places changes both leaves."""
    one, other = entry_at(workspace, 10), entry_at(workspace, 11)
    spare = ids.new_id()
    for old, new in ((one, spare), (other, one), (spare, other)):
        tamper(
            "events_sealedleaf",
            "UPDATE events_sealedleaf SET entry_id = %s WHERE entry_id = %s",
            stored(new),
            stored(old),
        )
    report = verify_workspace(workspace)
    assert report.exit_code == 1
    assert [finding.place for finding in report.findings[:2]] == [10, 11]


def test_an_altered_leaf_is_told_from_an_altered_row(workspace: UUID) -> None:
    """Where a complete tile is witness, verify says that the leaf was changed and not the row."""
    tamper(
        "events_sealedleaf",
        f"UPDATE events_sealedleaf SET leaf_hash = {_zeros()} WHERE workspace_id = %s AND leaf_index = 7",
        stored(workspace),
    )
    report = verify_workspace(workspace)
    assert report.exit_code == 1
    assert first(report) == ("leaf_altered", "events_sealedleaf", 7)


def test_a_row_changed_together_with_its_leaf_is_found(workspace: UUID) -> None:
    """Somebody who changes a row and its leaf alike is given away by tiles and signed checkpoints."""
    entry = entry_at(workspace, 300)
    tamper(
        "events_ledgerentry", "UPDATE events_ledgerentry SET body = '{}' WHERE entry_id = %s", stored(entry)
    )
    row = log.leaf_of(workspace, entry)
    assert row is not None
    tamper(
        "events_sealedleaf",
        "UPDATE events_sealedleaf SET leaf_hash = %s WHERE entry_id = %s",
        row.hash(),
        stored(entry),
    )
    report = verify_workspace(workspace)
    assert report.exit_code == 1
    codes = [(finding.code, finding.place) for finding in report.findings]
    assert ("tree_altered", 304) in codes
    assert ("tile_altered", 300) in codes
    signed = [finding for finding in report.findings if finding.code == "tree_altered"]
    assert [finding.place for finding in signed] == [304, 597, 599]
    assert signed[0].params == {"signed": 305, "sound": 5}


def test_a_leaf_taken_from_the_middle_is_found(workspace: UUID) -> None:
    """A gap in the line is named at its place."""
    tamper(
        "events_sealedleaf",
        "DELETE FROM events_sealedleaf WHERE workspace_id = %s AND leaf_index = 100",
        stored(workspace),
    )
    report = verify_workspace(workspace)
    assert report.exit_code == 1
    assert first(report) == ("leaf_missing", "events_sealedleaf", 100)


def truncate(workspace: UUID, size: int) -> None:
    """Cut the line after ``size`` leaves and hide it as well as the database allows."""
    for table, column, limit in (
        ("events_sealedleaf", "leaf_index", size - 1),
        ("events_checkpoint", "size", size),
        ("events_treetile", "tile_index", size // 256 - 1),
    ):
        sql = f"DELETE FROM {table} WHERE workspace_id = %s AND {column} > %s"
        with transaction.atomic():
            tamper(table, sql, stored(workspace), limit)
    with connection.cursor() as cursor:
        cursor.execute("SELECT entry_id FROM events_sealedleaf WHERE workspace_id = %s", [stored(workspace)])  # type: ignore[list-item]
        kept = [row[0] for row in cursor.fetchall()]
    marks = ", ".join(["%s"] * len(kept))
    tamper("events_ledgerentry", f"DELETE FROM events_ledgerentry WHERE entry_id NOT IN ({marks})", *kept)


def test_a_careless_truncation_is_found(workspace: UUID) -> None:
    """Leaves cut off the end are missed by the checkpoint that counts them."""
    tamper(
        "events_sealedleaf",
        "DELETE FROM events_sealedleaf WHERE workspace_id = %s AND leaf_index >= 590",
        stored(workspace),
    )
    report = verify_workspace(workspace)
    assert report.exit_code == 1
    assert first(report) == ("truncated", "events_sealedleaf", 590)
    assert "600" in report.findings[0].differs


def test_only_a_checkpoint_kept_outside_finds_a_careful_truncation(workspace: UUID) -> None:
    """When rows, leaves, tiles and checkpoints are cut alike, the saved checkpoint is what tells."""
    kept = log.latest_checkpoint(workspace)
    assert kept is not None
    ledger.shred(workspace, [entry_at(workspace, SIZE - 1), entry_at(workspace, SIZE - 2)])
    truncate(workspace, 5)
    assert verify_workspace(workspace).exit_code == 0
    report = verify_workspace(workspace, saved=kept.note)
    assert report.exit_code == 1
    assert first(report) == ("truncated", "events_sealedleaf", 5)


def test_an_earlier_checkpoint_still_fits(workspace: UUID) -> None:
    """A checkpoint saved earlier agrees with the grown register."""
    kept = log.latest_checkpoint(workspace)
    assert kept is not None
    happen(workspace, 3)
    log.seal(workspace)
    report = verify_workspace(workspace, saved=kept.note, key=log.public_key(workspace))
    assert report.exit_code == 0
    assert report.leaves == SIZE + 3


def rewrite(workspace: UUID) -> None:
    """Throw the whole line away and seal the (changed) rows anew, as somebody with every key could."""
    for table in ("events_sealedleaf", "events_treetile", "events_checkpoint"):
        tamper(table, f"DELETE FROM {table} WHERE workspace_id = %s", stored(workspace))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM events_sealfloor")
    assert log.seal(workspace) == SIZE


def test_a_rewritten_history_is_found_with_a_saved_checkpoint(workspace: UUID) -> None:
    """Somebody who can sign may rewrite everything; the checkpoint kept outside has another root."""
    kept = log.latest_checkpoint(workspace)
    assert kept is not None
    entry = entry_at(workspace, 50)
    tamper(
        "events_ledgerentry", "UPDATE events_ledgerentry SET body = '{}' WHERE entry_id = %s", stored(entry)
    )
    rewrite(workspace)
    assert verify_workspace(workspace).exit_code == 0
    report = verify_workspace(workspace, saved=kept.note)
    assert report.exit_code == 1
    assert first(report) == ("saved_differs", "events_sealedleaf", SIZE - 1)


def test_a_replaced_key_is_found(workspace: UUID) -> None:
    """Checkpoints signed with another key, or a key that is not the one kept outside, are findings."""
    right = log.public_key(workspace)
    private = new_private_key()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE events_logkey SET public = %s", [public_key_of(private)])
    report = verify_workspace(workspace)
    assert report.exit_code == 1
    assert first(report) == ("checkpoint_not_signed", "events_checkpoint", 4)
    report = verify_workspace(workspace, key=right)
    assert [finding.code for finding in report.findings] == ["key_replaced"]
    other = NoteKey(f"atelogo/{ids.new_id()}", right.public)
    assert verify_workspace(workspace, key=other).exit_code == 1


def test_a_deleted_key_is_found(workspace: UUID) -> None:
    """A signed register without its key row is a finding."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM events_logkey")
    report = verify_workspace(workspace)
    assert (report.exit_code, report.findings[0].code) == (1, "key_missing")


def test_altered_checkpoints_are_found(workspace: UUID) -> None:
    """A changed note, a changed root and a deleted newest checkpoint are each named."""
    for change, code in (
        ("note = replace(note, '600', '601')", "checkpoint_not_signed"),
        ("recorded_at = recorded_at", None),
        (f"root = {_zeros()}", "tree_altered"),
    ):
        with transaction.atomic():
            sql = f"UPDATE events_checkpoint SET {change} WHERE workspace_id = %s AND size = 600"
            tamper("events_checkpoint", sql, stored(workspace))
            codes = [finding.code for finding in verify_workspace(workspace).findings]
            assert codes == ([code] if code else [])
            transaction.set_rollback(True)
    tamper(
        "events_checkpoint",
        "DELETE FROM events_checkpoint WHERE workspace_id = %s AND size = 600",
        stored(workspace),
    )
    report = verify_workspace(workspace)
    assert (report.exit_code, report.findings[0].code) == (1, "checkpoint_missing")


def test_broken_tiles_are_found(workspace: UUID) -> None:
    """A changed, a missing and a surplus tile are each named."""
    tamper(
        "events_treetile",
        f"UPDATE events_treetile SET root = {_zeros()} WHERE workspace_id = %s AND tile_index = 0",
        stored(workspace),
    )
    assert first(verify_workspace(workspace)) == ("tile_altered", "events_treetile", 0)
    tamper("events_treetile", "UPDATE events_treetile SET tile_index = 9 WHERE tile_index = 1")
    codes = [finding.code for finding in verify_workspace(workspace).findings]
    assert codes == ["tile_altered", "tile_missing"]


def test_a_surplus_tile_is_found(workspace: UUID) -> None:
    """Tiles beyond the leaves show that leaves were cut off."""
    tamper(
        "events_treetile",
        "INSERT INTO events_treetile (workspace_id, level, tile_index, hashes, root)"
        f" SELECT workspace_id, 0, 2, hashes, {_zeros()} FROM events_treetile WHERE tile_index = 1",
    )
    assert first(verify_workspace(workspace)) == ("tile_surplus", "events_treetile", SIZE)


@pytest.mark.parametrize(
    "value,code",
    [
        ("garbage", "detail_unreadable"),
        (encrypt('{"personal": {"name": "Eva"}, "salt": "AAAA"}'), "detail_altered"),
        (encrypt('{"personal": {"name": "Eva"}}'), "detail_unreadable"),
        (encrypt("[]"), "detail_unreadable"),
    ],
    ids=["no cipher", "other salt", "no salt", "no object"],  # ciphertexts differ in each process
)
def test_an_altered_detail_is_found(workspace: UUID, value: str, code: str) -> None:
    """A personal detail that is not what its row committed to is named."""
    entry = entry_at(workspace, SIZE - 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE events_ledgerdetail SET sealed = %s WHERE entry_id = %s",
            [value, stored(entry)],  # type: ignore[list-item]
        )
    report = verify_workspace(workspace)
    assert report.exit_code == 1
    assert first(report) == (code, "events_ledgerdetail", None)
    assert report.findings[0].entry_id == entry


def test_a_detail_without_its_row_is_found(workspace: UUID) -> None:
    """A detail that hangs on a row without commitment is named."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE events_ledgerdetail SET entry_id = %s WHERE entry_id = %s",
            [stored(entry_at(workspace, 1)), stored(entry_at(workspace, SIZE - 1))],  # type: ignore[list-item]
        )
    assert first(verify_workspace(workspace))[0] == "detail_orphan"


def test_rows_that_wait_too_long_are_not_called_sound() -> None:
    """Rows without a place for more than five minutes could not be checked: exit code 2."""
    workspace = ids.new_id()
    with clock.clock_at(MOMENT):
        happen(workspace, 2)
        assert verify_workspace(workspace).exit_code == 0
    with clock.clock_at(MOMENT + timedelta(minutes=6)):
        report = verify_workspace(workspace)
    assert (report.exit_code, report.unsealed) == (2, 2)
    assert first(report) == ("unsealed_long", "events_ledgerentry", None)


def test_a_saved_checkpoint_of_another_register_checks_nothing(workspace: UUID) -> None:
    """A saved checkpoint of somebody else is told apart (2), one with a broken signature is a finding (1)."""
    other = ids.new_id()
    happen(other)
    log.seal(other)
    foreign, own = log.latest_checkpoint(other), log.latest_checkpoint(workspace)
    assert foreign is not None
    assert own is not None
    report = verify_workspace(workspace, saved=foreign.note)
    assert (report.exit_code, report.findings[0].code) == (2, "saved_of_another")
    report = verify_workspace(workspace, saved=own.note.replace("\n600\n", "\n599\n"))
    assert (report.exit_code, report.findings[0].code) == (1, "saved_not_signed")


def test_findings_are_bounded(workspace: UUID) -> None:
    """However much is broken, the report stays short and begins with the first bad row."""
    tamper("events_ledgerentry", "UPDATE events_ledgerentry SET body = '{}'")
    report = verify_workspace(workspace)
    assert len(report.findings) == 20
    assert first(report) == ("row_altered", "events_ledgerentry", 0)


def test_every_finding_has_words() -> None:
    """Each code can be said to a person with the numbers it is given."""
    for code, words in WORDS.items():
        numbers = dict.fromkeys(("signed", "found", "level", "number", "stored", "made", "sound", "count"), 3)
        assert str(words) % numbers, code
