"""Compile translation catalogues: every `django.po` whose `django.mo` is absent or older."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path


def stale_catalogues(source: Path) -> list[Path]:
    """Return the `.po` files under ``source`` whose `.mo` is absent or older."""
    return sorted(
        po
        for po in source.rglob("locale/*/LC_MESSAGES/*.po")
        if not (mo := po.with_suffix(".mo")).exists() or mo.stat().st_mtime < po.stat().st_mtime
    )


def messages_compile(source: Path, *, python: Path, say: Callable[[str], None]) -> list[Path]:
    """Compile the stale catalogues, with gettext's msgfmt or, without it, Babel; return the failed ones."""
    stale = stale_catalogues(source)
    if not stale:
        return []
    msgfmt = shutil.which("msgfmt")
    say(f"compiling {len(stale)} translation catalogues with {'gettext' if msgfmt else 'Babel'}")
    failed = []
    for po in stale:
        mo = po.with_suffix(".mo")
        command = (
            [msgfmt, "--check-format", "-o", str(mo), str(po)]
            if msgfmt
            else [str(python), "-m", "babel.messages.frontend", "compile", "-i", str(po), "-o", str(mo)]
        )
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            failed.append(po)
            say(f"{po.relative_to(source)} does not compile: {result.stderr.strip()}")
    return failed
