"""Make the environment that this checkout needs, and nothing outside it except Debian packages, as root.

    python3 tools/setup.py            everything to develop and test
    python3 tools/setup.py --demo     only what the demo needs

Uses Python's standard library alone: it runs before anything is installed. A second run that has
nothing to do takes well under a second.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.debian_packages import DEMO, TESTS, packages_provide
from tools.messages import messages_compile

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "atelogo-setup.json"
OLDEST = (3, 11)


class SetupError(Exception):
    """The set-up cannot go on; the message says what to do."""


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"setup: {text}", flush=True)


def file_hash(*names: str) -> str:
    """Return one hash over the named files of the checkout, in order."""
    digest = hashlib.sha256()
    for name in names:
        digest.update(name.encode() + b"\0" + (ROOT / name).read_bytes() + b"\0")
    return digest.hexdigest()


def run(command: Sequence[str | Path], *, failure: str) -> None:
    """Run a command with its output shown; raise :class:`SetupError` with ``failure`` if it fails."""
    if subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode:
        raise SetupError(failure)


def stamp_read() -> dict[str, str]:
    """Return what the last set-up installed, empty when unknown."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def environment_make() -> None:
    """Make `.venv`, with the pinned pip and build backend in it."""
    say(f"making the environment .venv with Python {sys.version.split()[0]}")
    hint = "could not make .venv: on Debian, install the package python3-venv"
    run([sys.executable, "-m", "venv", "--clear", VENV], failure=hint)
    install("requirements-build.lock")


def install(lock: str) -> None:
    """Install the hashed versions of one lock file into `.venv`."""
    run(
        [
            PYTHON,
            "-m",
            "pip",
            "install",
            "-qq",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            lock,
        ],
        failure=f"could not install {lock}: is the package index within reach?",
    )


def environment_provide(*, demo: bool) -> None:
    """Bring `.venv` to the locks of this checkout, doing nothing when it stands there already."""
    wanted = {
        "python": sys.version.split()[0],
        "where": str(VENV),
        "build": file_hash("requirements-build.lock"),
        "runtime": file_hash("requirements.lock"),
        "project": file_hash("pyproject.toml"),
    }
    dev = file_hash("requirements-dev.lock")
    have = stamp_read() if PYTHON.exists() else {}
    if any(have.get(key) != wanted[key] for key in ("python", "where", "build")):
        environment_make()
        have = {}
    keeps_dev = not demo or "dev" in have  # a demo in a developer's checkout leaves its tools in place
    if keeps_dev:
        wanted["dev"] = dev
    if have == wanted:
        say("the environment is up to date")
        return
    lock = "requirements-dev.lock" if keeps_dev else "requirements.lock"
    parts = ("runtime", "dev") if keeps_dev else ("runtime",)
    if any(have.get(part) != wanted[part] for part in parts):
        say(f"installing {lock} (pinned and hashed; the first time takes a minute or two)")
        install(lock)
    options = ("-qq", "--disable-pip-version-check", "--no-deps", "--no-index", "--no-build-isolation")
    run(
        [PYTHON, "-m", "pip", "install", *options, "--editable", "."],
        failure="could not install this checkout into .venv",
    )
    STAMP.write_text(json.dumps(wanted, indent=1))
    say("the environment is ready")


def main(arguments: Sequence[str] | None = None) -> int:
    """Set up; return 0, or 1 after saying what went wrong."""
    parser = argparse.ArgumentParser(description="Make the environment that this checkout needs.")
    parser.add_argument("--demo", action="store_true", help="only what the demo needs")
    demo = bool(parser.parse_args(arguments).demo)
    if sys.version_info < OLDEST:
        say(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version.split()[0]}")
        return 1
    missing = packages_provide(DEMO if demo else TESTS, say=say)
    try:
        environment_provide(demo=demo)
    except SetupError as error:
        say(f"stopped: {error}")
        return 1
    messages_compile(ROOT / "src", python=PYTHON, say=say)
    if missing and os.environ.get("CI", "").lower() in {"1", "true"}:
        say(f"CI needs everything, and this is missing: {', '.join(missing)}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
