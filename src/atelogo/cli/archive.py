"""A backup as a folder: database, files, perhaps the key, and a manifest that says what each must be."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
FILES = "files.tar"
KEY = "master.key"
_CHUNK = 1024 * 1024
_CONNECTION_OPTIONS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile", "connect_timeout")


class BackupError(Exception):
    """A backup cannot be made, read or restored; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. ``checkpoints`` are the newest signed ones when it was begun, by workspace."""

    engine: str
    version: str
    made_at: str
    key_id: str
    parts: dict[str, dict[str, Any]]
    checkpoints: list[dict[str, str]] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Write the manifest into the folder."""
        members = {
            "format": FORMAT,
            "product": "atelogo",
            "version": self.version,
            "made_at": self.made_at,
            "engine": self.engine,
            "key_id": self.key_id,
            "parts": self.parts,
            "checkpoints": self.checkpoints,
        }
        text = json.dumps(members, ensure_ascii=False, indent=2)
        (folder / MANIFEST).write_text(text + "\n", "utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read the manifest and check every part against it; raise :class:`BackupError`."""
        try:
            members = json.loads((folder / MANIFEST).read_text("utf-8"))
            if members["product"] != "atelogo" or members["format"] != FORMAT:
                raise BackupError(f"{folder} was made by another version: format {members['format']}.")
            names = ("engine", "version", "made_at", "key_id", "parts", "checkpoints")
            found = cls(**{name: members[name] for name in names})
        except FileNotFoundError as error:
            raise BackupError(f"{folder} is not a backup: it has no {MANIFEST}.") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BackupError(f"The manifest of {folder} cannot be read ({type(error).__name__}).") from error
        for name, part in found.parts.items():
            _check_part(folder / name, part)
        return found


def part_of(path: Path) -> dict[str, Any]:
    """Return size and SHA-256 of one file, as the manifest holds them."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return {"bytes": path.stat().st_size, "sha256": digest.hexdigest()}


def _check_part(path: Path, expected: dict[str, Any]) -> None:
    if path.name not in {*DATABASE.values(), FILES, KEY}:
        raise BackupError(f"The manifest names a part that no backup has: {path.name}.")
    if not path.is_file():
        raise BackupError(f"The backup is not whole: {path.name} is missing.")
    if part_of(path) != expected:
        raise BackupError(f"The backup is damaged: {path.name} is not what the manifest says.")


def run_postgres_tool(name: str, settings: dict[str, Any], *arguments: str) -> None:
    """Run ``pg_dump`` or ``pg_restore`` on the database of ``settings``; raise :class:`BackupError`.

    The password goes by the environment, never by the command line, where other users could read it.
    """
    program = shutil.which(name)
    if program is None:
        raise BackupError(f"{name} is not on PATH. Install PostgreSQL's client (Debian: postgresql-client).")
    environment = {**os.environ, "PGDATABASE": str(settings["NAME"]), "PGOPTIONS": "-c lock_timeout=15s"}
    pairs = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    environment |= {variable: str(settings[key]) for variable, key in pairs.items() if settings.get(key)}
    options = settings.get("OPTIONS", {})
    environment |= {f"PG{key.upper()}": str(options[key]) for key in _CONNECTION_OPTIONS if key in options}
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, found on PATH
        [program, "--no-password", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise BackupError(f"{name} failed: {said[-1] if said else done.returncode}")
