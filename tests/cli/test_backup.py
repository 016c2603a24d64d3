"""``atelogo backup`` and ``restore``, for real: what comes back is what was signed."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.cli.installations import Installation, database_urls

pytestmark = pytest.mark.slow
READ_NAMES = """
from atelogo.accounts.queries import workspace_by_slug
from atelogo.events import ledger
from atelogo.core.tenancy import workspace_scope
from atelogo.events.models import LedgerEntry
workspace = workspace_by_slug("aurora").id
with workspace_scope(workspace):
    streams = sorted(set(LedgerEntry.objects.filter(name="sample.happened").values_list("stream", flat=True)))
print([entry.personal for stream in streams for entry in ledger.entries_of(workspace, stream)])
"""


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Return the addresses of two databases."""
    with database_urls(connection.vendor, tmp_path_factory.mktemp("databases")) as found:
        yield found


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory, urls: list[str]) -> Installation:
    """Return an installation with a company, facts with personal detail, and a file."""
    made = Installation(tmp_path_factory.mktemp("old"), urls[0])
    if "sqlite" in urls[0]:
        Path(urls[0].removeprefix("sqlite:///")).parent.mkdir()
    made.init()
    made.happen(5)
    (made.home / "files" / "logos").mkdir(parents=True)
    (made.home / "files" / "logos" / "aurora.svg").write_text("<svg/>")
    return made


@pytest.fixture
def new(tmp_path: Path, urls: list[str]) -> Iterator[Installation]:
    """Return an empty installation of the same kind."""
    url = (
        urls[1] if connection.vendor == "postgresql" else f"sqlite:///{tmp_path / 'new' / 'atelogo.sqlite3'}"
    )
    made = Installation(tmp_path / "new", url)
    yield made
    if connection.vendor == "postgresql":
        import psycopg

        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("DROP SCHEMA public CASCADE")
            admin.execute("CREATE SCHEMA public")


def test_a_backup_with_its_key_comes_back_whole(old: Installation, new: Installation, tmp_path: Path) -> None:
    """Facts, personal detail, people and files come back, and verify agrees with the signed checkpoints."""
    folder = tmp_path / "backup"
    made = old.json("backup", folder, "--with-key")
    assert set(made["parts"]) >= {"files.tar", "master.key"}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    answer = new.json("restore", folder)
    assert (answer["result"], answer["workspaces"]) == ("sound", 1)
    names = new.python(READ_NAMES)
    assert "Maria" in names
    assert names == old.python(READ_NAMES)
    assert (new.home / "files" / "logos" / "aurora.svg").read_text() == "<svg/>"
    assert new.json("workspace", "list")[0]["workspace"] == "aurora"
    new.happen(2)
    assert new.json("verify", code=0)["result"] == "sound"


def test_without_its_key_a_backup_waits_for_it(old: Installation, new: Installation, tmp_path: Path) -> None:
    """A backup says that the key is not in it, and restore refuses another key before it changes anything."""
    folder = tmp_path / "backup"
    old.run("backup", folder)
    assert not (folder / "master.key").exists()
    said = new.run("restore", folder, code=2)
    assert "master key" in said
    assert "no such table" in new.run("workspace", "list", code=2) or "no data here" in new.run(
        "workspace", "list", code=2
    )
    shutil.copy(old.home / "master.key", new.home / "master.key")
    assert new.json("restore", folder)["result"] == "sound"


def test_data_that_is_there_is_not_replaced_unasked(
    old: Installation, new: Installation, tmp_path: Path
) -> None:
    """Restore refuses an installation with data; with --force it replaces it."""
    folder = tmp_path / "backup"
    old.run("backup", folder)
    shutil.copy(old.home / "master.key", new.home / "master.key")
    new.init("outra")
    assert "--force" in new.run("restore", folder, code=2)
    assert [one["workspace"] for one in new.json("workspace", "list")] == ["outra"]
    assert new.json("restore", folder, "--force")["result"] == "sound"
    assert [one["workspace"] for one in new.json("workspace", "list")] == ["aurora"]
    if connection.vendor == "sqlite":
        assert len(list(new.home.glob("before-restore-*.sqlite3"))) == 1


def test_a_damaged_backup_is_refused(old: Installation, new: Installation, tmp_path: Path) -> None:
    """A part that is missing or changed is found before anything is restored."""
    folder = tmp_path / "backup"
    old.run("backup", folder, "--with-key")
    database = next(path for path in folder.iterdir() if path.name.startswith("database"))
    content = database.read_bytes()
    database.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert "damaged" in new.run("restore", folder, code=2)
    database.unlink()
    assert "not whole" in new.run("restore", folder, code=2)
    (folder / "manifest.json").unlink()
    assert "not a backup" in new.run("restore", folder, code=2)


def test_an_altered_backup_is_found_by_verify(old: Installation, new: Installation, tmp_path: Path) -> None:
    """A database older than the checkpoints of a manifest made to fit ends with exit code 1."""
    before, after = tmp_path / "before", tmp_path / "after"
    old.run("backup", before, "--with-key")
    old.happen(1)
    old.run("backup", after, "--with-key")
    manifest, newer = (json.loads((folder / "manifest.json").read_text()) for folder in (before, after))
    manifest["checkpoints"] = newer["checkpoints"]
    (before / "manifest.json").write_text(json.dumps(manifest))
    assert "NOT WHAT WAS SIGNED" in new.run("restore", before, code=1)


def test_the_other_kind_of_database_is_refused(old: Installation, new: Installation, tmp_path: Path) -> None:
    """A backup of one kind of database is not poured into the other."""
    folder = tmp_path / "backup"
    old.run("backup", folder, "--with-key")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["engine"] = "sqlite" if connection.vendor == "postgresql" else "postgresql"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert "DATABASE_URL" in new.run("restore", folder, code=2)


def test_a_backup_never_overwrites(old: Installation, tmp_path: Path) -> None:
    """A folder that exists is left alone."""
    (tmp_path / "mine").mkdir()
    assert "exists already" in old.run("backup", tmp_path / "mine", code=2)
    assert list((tmp_path / "mine").iterdir()) == []


@pytest.mark.postgres
def test_a_missing_client_is_named(old: Installation, tmp_path: Path) -> None:
    """Without pg_dump the message names it and the package that has it, and nothing is left behind."""
    said = old.run("backup", tmp_path / "backup", code=2, PATH=str(tmp_path))
    assert "pg_dump is not on PATH" in said
    assert list(tmp_path.iterdir()) == []
