"""``atelogo restore``: begin again from a backup, and show at the end that it is what was signed."""

from __future__ import annotations

import base64
import os
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from atelogo.cli import archive
from atelogo.cli.answers import REFUSED, answering, fail, show

if TYPE_CHECKING:
    from atelogo.events.report import Report

_NOT_EMPTY = "There is data here already. Give --force to replace it (a copy of it is your own care)."
_KEPT_ASIDE = "There is data here already. Give --force to replace it; a copy of it is kept in {home}."


def add_commands(app: typer.Typer) -> None:
    """Add ``restore`` to the app."""

    @app.command("restore")
    def restore(
        source: Annotated[Path, typer.Argument(help="The folder of a backup.")],
        *,
        force: Annotated[bool, typer.Option("--force", help="Replace the data that is here.")] = False,
        json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    ) -> None:
        """Put a backup in place of an empty installation and verify it. Stop web and worker first."""
        with answering(json=json):
            try:
                manifest = archive.Manifest.read(source)
                put_back(source, manifest, force=force)
            except archive.BackupError as error:
                fail(str(error))
            except (OSError, tarfile.TarError) as error:
                fail(f"The backup could not be restored: {error}")
            reports = check_restored(manifest)
            altered = [report for report in reports if report.exit_code]
            facts = {
                "result": "altered" if altered else "sound",
                "made_at": manifest.made_at,
                "entries": sum(report.leaves for report in reports),
                "workspaces": len(reports),
                "findings": [finding.differs for report in altered for finding in report.findings],
            }
            text = f"Restored the backup of {manifest.made_at}: {facts['entries']} entries, "
            text += "verified against its checkpoints." if not altered else "BUT IT IS NOT WHAT WAS SIGNED:"
            lines = [text, *(f"  {report.workspace_id}: {report.findings[0].differs}" for report in altered)]
            show(facts, json=json, text="\n".join(lines))
            if altered:
                raise typer.Exit(REFUSED)


def put_back(source: Path, manifest: archive.Manifest, *, force: bool) -> None:
    """Replace database, files and key by the backup's; raise ``BackupError`` before anything changes."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    if manifest.engine != connection.vendor:
        raise archive.BackupError(
            f"This backup is of {manifest.engine}, but the database here is {connection.vendor}: "
            "set DATABASE_URL."
        )
    filled = has_data()
    if filled and not force:
        home = settings.ATELOGO_HOME
        raise archive.BackupError(
            _NOT_EMPTY if connection.vendor == "postgresql" else _KEPT_ASIDE.format(home=home)
        )
    key = _key_to_set(source, manifest)
    database = source / archive.DATABASE[manifest.engine]
    if connection.vendor == "postgresql":
        connection.close()
        options = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
        name = str(connection.settings_dict["NAME"])
        archive.run_postgres_tool(
            "pg_restore", connection.settings_dict, *options, "--dbname", name, str(database)
        )
    else:
        _load_sqlite(database, settings.ATELOGO_HOME, keep=filled)
    if key is not None:
        _set_key(settings.ATELOGO_HOME / "master.key", key)
    _unpack_files(source / archive.FILES, settings.ATELOGO_HOME / "files")
    call_command("migrate", verbosity=0, interactive=False)  # a backup may be older than this version


def has_data() -> bool:
    """Say whether the installation here has people, companies or facts."""
    from django.db import connection

    tables = {"events_ledgerentry", "accounts_user", "accounts_workspace"}
    with connection.cursor() as cursor:
        for table in tables.intersection(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 - our own names
            if cursor.fetchone() is not None:
                return True
    return False


def check_restored(manifest: archive.Manifest) -> list[Report]:
    """Verify every workspace, each against the checkpoint in the manifest if there is one."""
    from atelogo.events.verify import verify_workspace, workspaces_with_facts

    saved = {UUID(one["workspace_id"]): one["note"] for one in manifest.checkpoints}
    workspaces = sorted({*workspaces_with_facts(), *saved})
    return [verify_workspace(each, saved=saved.get(each)) for each in workspaces]


def _key_to_set(source: Path, manifest: archive.Manifest) -> bytes | None:
    """Return the key of the backup when it must replace the one here; refuse when neither fits."""
    from django.conf import settings

    from atelogo.core.secrets import key_id_of

    here = {key_id_of(key) for key in (settings.ATELOGO_MASTER_KEY(), *settings.ATELOGO_OLD_MASTER_KEYS)}
    if manifest.key_id in here:
        return None
    path = source / archive.KEY
    if path.name in manifest.parts and not os.environ.get("ATELOGO_MASTER_KEY"):
        key = path.read_bytes()
        if key_id_of(base64.urlsafe_b64decode(key)) == manifest.key_id:
            return key
    raise archive.BackupError(
        "The master key here is not the one of the backup, so its personal data could not be read. "
        f"Put the old key in {settings.ATELOGO_HOME / 'master.key'} (or in ATELOGO_MASTER_KEY) and repeat."
    )


def _set_key(path: Path, key: bytes) -> None:
    from django.conf import settings

    from atelogo.core import secrets

    if path.exists():
        path.rename(path.with_name(f"{path.name}.before-restore-{os.getpid()}"))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
    settings.ATELOGO_MASTER_KEY.cache_clear()
    secrets.forget_keys()


def _load_sqlite(database: Path, home: Path, *, keep: bool) -> None:
    """Write the copy over the database under SQLite's own locks: open connections see it whole or not."""
    from contextlib import closing
    from datetime import UTC

    import pysqlite3
    from django.db import connection

    from atelogo.core import clock

    if keep:
        stamp = clock.now().astimezone(UTC).strftime("%Y%m%d-%H%M%S")
        aside = home / f"before-restore-{stamp}.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(aside)])
    connection.ensure_connection()
    target = connection.connection
    with closing(pysqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True)) as source:
        source.backup(target)
    connection.close()


def _unpack_files(packed: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(packed) as tar:
        tar.extractall(folder, filter="data")
