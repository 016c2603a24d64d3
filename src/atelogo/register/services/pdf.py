"""HTML to PDF in a child process: bounded in time, with none of our secrets in its environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import structlog

SECONDS = 20.0
_CHILD = Path(__file__).with_name("pdf_child.py")
_NOT_INSTALLED = 3
# What the PDF maker needs of the environment: its libraries, its fonts, a place for its font cache.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "HOME", "LANG", "TMPDIR", "FONTCONFIG_FILE", "XDG_CACHE_HOME")
_log = structlog.get_logger("atelogo.register")


def pdf_of(html: str, css: str, *, seconds: float = SECONDS) -> bytes | None:
    """Return ``html`` with ``css`` as a PDF, or ``None`` when that is not possible here (logged).

    The child reads one job from its standard input and opens nothing else: no database, no file of ours, no
    network. It is killed after ``seconds``.
    """
    job = json.dumps({"html": html, "css": css}).encode()
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    command = [sys.executable, "-I", str(_CHILD)]
    try:
        ended = subprocess.run(  # noqa: S603 - our own script, nothing of it from outside
            command, input=job, capture_output=True, timeout=seconds, check=False, env=environment
        )
    except subprocess.TimeoutExpired:
        _log.warning("pdf_failed", why="too_slow")
        return None
    except OSError as error:
        _log.warning("pdf_failed", why=type(error).__name__)
        return None
    if ended.returncode == _NOT_INSTALLED:
        _log.warning("pdf_failed", why="pango_missing")
        return None
    if ended.returncode != 0 or not ended.stdout.startswith(b"%PDF"):
        _log.warning("pdf_failed", why="child_failed", code=ended.returncode)
        return None
    return ended.stdout
