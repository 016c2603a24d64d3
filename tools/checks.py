"""Every check but the tests, section by section; all of them run, and the end says which failed.

python tools/checks.py              all sections
python tools/checks.py lint         style, house rules, contracts, templates, spelling, translations, locks
python tools/checks.py types        mypy alone; any section's name works
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CODE = ("src", "tests", "tools", "bench")


@dataclass(frozen=True)
class Section:
    """A named check: the command that must end 0."""

    name: str
    command: tuple[str, ...]


def code_folders() -> tuple[str, ...]:
    """Return the folders with Python that exist."""
    return tuple(folder for folder in CODE if (ROOT / folder).is_dir())


def sections() -> tuple[Section, ...]:
    """Return every section, in the order in which they run."""
    python = sys.executable
    return (
        Section("style", (str(BIN / "ruff"), "check", *code_folders())),
        Section("format", (str(BIN / "ruff"), "format", "--check", *code_folders())),
        Section("rules", (python, "-m", "tools.lint")),
        Section("contracts", (str(BIN / "lint-imports"), "--no-cache", "--no-logo")),
        Section("templates", (str(BIN / "djlint"), "src", "--lint", "--quiet")),
        Section("spelling", (str(BIN / "codespell"), *code_folders(), *documents())),
        Section("locks", (python, "tools/check_locks.py")),
        Section("messages", (python, "tools/check_messages.py")),
        Section("migrations", (python, "-m", "django", "makemigrations", "--check", "--dry-run")),
        Section("types", (str(BIN / "mypy"),)),
    )


def documents() -> tuple[str, ...]:
    """Return the documents in English."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return tuple(str(path.relative_to(ROOT)) for path in sorted(found) if "pt-BR" not in path.name)


def section_run(section: Section, environment: dict[str, str]) -> bool:
    """Run one section with its output shown; say how long it took; return whether it passed."""
    print(f"\n>>> {section.name}", flush=True)
    began = time.monotonic()
    passed = subprocess.run(section.command, cwd=ROOT, env=environment, check=False).returncode == 0
    print(
        f"<<< {section.name}: {'ok' if passed else 'FAILED'} in {time.monotonic() - began:.1f} s", flush=True
    )
    return passed


def main(arguments: Sequence[str]) -> int:
    """Run the sections asked for; return 0 when every one passed."""
    known = {section.name: section for section in sections()}
    groups = {"lint": [name for name in known if name not in {"types", "migrations"}]}
    names = [name for argument in arguments for name in groups.get(argument, [argument])] or list(known)
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no section called {', '.join(unknown)}; there are lint, {', '.join(known)}")
        return 2
    with tempfile.TemporaryDirectory(prefix="atelogo-checks-") as home:
        environment = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "ATELOGO_HOME": home,
            "DJANGO_SETTINGS_MODULE": "atelogo.settings",
        }
        failed = [name for name in names if not section_run(known[name], environment)]
    print(f"\nchecks: {len(names) - len(failed)} ok, {len(failed)} failed", *failed)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
