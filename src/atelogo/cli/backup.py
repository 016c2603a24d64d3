"""``atelogo backup``: everything that is needed to begin again elsewhere, in one folder with a manifest."""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path
from typing import Annotated

import typer

from atelogo.cli import archive
from atelogo.cli.answers import answering, fail, show

_KEY_LEFT_OUT = (
    "The master key is NOT in this backup. Without it no personal data can be read again: keep it elsewhere,"
    " apart from the backup. It is {where}."
)
_KEY_INSIDE = "The master key IS in this backup: whoever has the backup can read all personal data."


def add_commands(app: typer.Typer) -> None:
    """Add ``backup`` to the app."""

    @app.command("backup")
    def backup(
        destination: Annotated[Path, typer.Argument(help="The folder to make; it must not exist yet.")],
        *,
        with_key: Annotated[bool, typer.Option("--with-key", help="Put the master key into it too.")] = False,
        json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    ) -> None:
        """Copy database and files, while everything runs, into a new folder; the master key is left out."""
        with answering(json=json):
            try:
                made = make_backup(destination, with_key=with_key)
            except archive.BackupError as error:
                fail(str(error))
            except OSError as error:
                fail(f"The backup could not be written: {error}")
            typer.echo(_KEY_INSIDE if with_key else _KEY_LEFT_OUT.format(where=_key_place()), err=True)
            size = sum(part["bytes"] for part in made.parts.values())
            facts = {"folder": str(destination), "bytes": size, "parts": made.parts, "engine": made.engine}
            text = (
                f"Backup of {size / 1e6:.1f} MB in {destination} ({len(made.checkpoints)} signed registers)."
            )
            show(facts, json=json, text=text)


def make_backup(destination: Path, *, with_key: bool) -> archive.Manifest:
    """Make the backup; an interrupted one leaves no folder of that name. Raise ``BackupError``."""
    from django.conf import settings
    from django.db import connection

    if destination.exists():
        raise archive.BackupError(f"{destination} exists already. Name a folder that does not.")
    partial = destination.with_name(f"{destination.name}.partial-{os.getpid()}")
    partial.mkdir(parents=True, mode=0o700)
    try:
        # Read before the copy is begun, so that what they count is in it.
        checkpoints = newest_checkpoints()
        database = partial / archive.DATABASE[connection.vendor]
        if connection.vendor == "postgresql":
            archive.run_postgres_tool(
                "pg_dump", connection.settings_dict, "--format=custom", "--no-owner", "--file", str(database)
            )
        else:
            _copy_sqlite(database)
        _pack_files(settings.ATELOGO_HOME / "files", partial / archive.FILES)
        if with_key:
            _write_key(partial / archive.KEY)
        made = _manifest(partial, checkpoints)
        made.write(partial)
        partial.rename(destination)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return made


def newest_checkpoints() -> list[dict[str, str]]:
    """Return the newest signed checkpoint of every workspace that has one."""
    from atelogo.events import log
    from atelogo.events.verify import workspaces_with_facts

    found = []
    for workspace_id in workspaces_with_facts():
        newest = log.latest_checkpoint(workspace_id)
        if newest is not None:
            found.append({"workspace_id": str(workspace_id), "note": newest.note})
    return found


def _copy_sqlite(target: Path) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(target)])
        cursor.execute("ATTACH DATABASE %s AS copied", [str(target)])
        cursor.execute("PRAGMA copied.integrity_check")
        found = cursor.fetchone()
        cursor.execute("DETACH DATABASE copied")
    if found is None or found[0] != "ok":
        raise archive.BackupError(f"The database is damaged: {found[0] if found else 'no answer'}")


def _pack_files(folder: Path, target: Path) -> None:
    with tarfile.open(target, "w") as tar:
        if folder.is_dir():
            tar.add(folder, arcname=".")


def _write_key(path: Path) -> None:
    import base64

    from django.conf import settings

    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(base64.urlsafe_b64encode(settings.ATELOGO_MASTER_KEY()))


def _key_place() -> str:
    from django.conf import settings

    if os.environ.get("ATELOGO_MASTER_KEY"):
        return "in the environment variable ATELOGO_MASTER_KEY"
    return f"the file {settings.ATELOGO_HOME / 'master.key'}"


def _manifest(folder: Path, checkpoints: list[dict[str, str]]) -> archive.Manifest:
    from importlib.metadata import version

    from django.conf import settings
    from django.db import connection

    from atelogo.core import clock
    from atelogo.core.secrets import key_id_of

    return archive.Manifest(
        engine=connection.vendor,
        version=version("atelogo"),
        made_at=clock.iso(clock.now()),
        key_id=key_id_of(settings.ATELOGO_MASTER_KEY()),
        parts={path.name: archive.part_of(path) for path in sorted(folder.iterdir())},
        checkpoints=checkpoints,
    )
