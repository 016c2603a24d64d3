"""Run the test suites, one after the other, and say plainly what ran and what was left out.

    python tools/run_tests.py                    everything but chaos
    python tools/run_tests.py sqlite             one or more suites by name: sqlite postgres browser chaos
    python tools/run_tests.py sqlite -- -k way   what follows `--` goes to pytest

The last lines are pytest's own summary lines, one per suite.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.debian_packages import chromium, has_pango, postgres_bin
from tools.messages import messages_compile
from tools.private_postgres import PostgresError, private_postgres

ROOT = Path(__file__).resolve().parent.parent
ON_CI = os.environ.get("CI", "").lower() in {"1", "true"}
_SUMMARY = re.compile(r"^=+ .*\b(passed|failed|errors?|skipped|deselected|no tests ran)\b.* in [\d.]+s.* =+$")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_INTERRUPTED = 130


@dataclass(frozen=True)
class Suite:
    """A set of tests: which marks it takes, on which database, on how many processes."""

    name: str
    what: str
    marks: str
    processes: int = 0
    on_postgres: bool = False
    needs_chromium: bool = False


SUITES = {
    suite.name: suite
    for suite in (
        Suite(
            "sqlite",
            "unit, contract and story tests on SQLite",
            "not browser and not postgres and not chaos",
            processes=2,
        ),
        Suite(
            "postgres",
            "the tests that use a database, on PostgreSQL",
            "(db or postgres) and not browser and not chaos",
            processes=2,
            on_postgres=True,
        ),
        Suite("browser", "browser tests in Chromium", "browser and not chaos", needs_chromium=True),
        Suite("chaos", "random kills, from a seed", "chaos", on_postgres=True),
    )
}
DEFAULT = ("sqlite", "postgres", "browser")


@dataclass
class Outcome:
    """What became of one suite."""

    suite: Suite
    left_out: str = ""
    code: int = 0
    seconds: float = 0.0
    summary: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Say whether this fails the run; on CI a suite that was left out does too."""
        return self.code != 0 or bool(self.left_out and ON_CI)


def missing_for(suite: Suite) -> str:
    """Return why a suite cannot run on this machine, empty when it can."""
    if suite.on_postgres and postgres_bin() is None:
        return "PostgreSQL is not installed (Debian package `postgresql`)"
    if suite.needs_chromium and chromium() is None:
        return "Chromium is not installed (Debian package `chromium`)"
    return ""


def pytest_run(suite: Suite, environment: dict[str, str], extra: Sequence[str]) -> Outcome:
    """Run pytest for one suite, showing its output; its summary line is kept for the end."""
    command = [sys.executable, "-m", "pytest", "-m", suite.marks, "--durations=5", *extra]
    if suite.processes:
        command += ["-n", str(suite.processes)]
    if sys.stdout.isatty():
        command.append("--color=yes")
    outcome = Outcome(suite)
    began = time.monotonic()
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, errors="replace"
    ) as process:
        for line in process.stdout or ():
            if _SUMMARY.match(_COLOUR.sub("", line).strip()):
                outcome.summary.append(line.rstrip())
            else:
                print(line, end="", flush=True)
        outcome.code = process.wait()
    outcome.seconds = time.monotonic() - began
    return outcome


def suite_run(suite: Suite, extra: Sequence[str]) -> Outcome:
    """Run one suite on its database, or say why not."""
    print(f"\n>>> {suite.name}: {suite.what}", flush=True)
    reason = missing_for(suite)
    if reason:
        print(f"    left out: {reason}", flush=True)
        return Outcome(suite, left_out=reason)
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with contextlib.ExitStack() as stack:
        if suite.on_postgres:
            try:
                server = stack.enter_context(private_postgres())
            except PostgresError as error:
                print(f"    {error}", flush=True)
                return Outcome(suite, left_out=str(error), code=1)
            environment["DATABASE_URL"] = server.url
        return pytest_run(suite, environment, extra)


def report(outcomes: Sequence[Outcome]) -> None:
    """Print what ran and what was left out, and at the very end pytest's own lines."""
    print("\nWhat ran:")
    for outcome in outcomes:
        state = (
            f"LEFT OUT, {outcome.left_out}" if outcome.left_out else "ok" if not outcome.code else "FAILED"
        )
        print(f"  {outcome.suite.name:9} {outcome.seconds:6.0f} s  {state}  ({outcome.suite.what})")
    if not has_pango():
        print("  left out inside them: receipts as PDF, because pango is not installed")
    if not os.environ.get("ATELOGO_TEST_DATA"):
        print(
            "  left out inside them: imports of the shared real files, because ATELOGO_TEST_DATA is not set"
        )
    print()
    for outcome in outcomes:
        for line in outcome.summary:
            print(line, flush=True)


def main(arguments: Sequence[str]) -> int:
    """Run the named suites; return 0 only when every one of them ran and passed (or may be left out)."""
    names, extra = list(arguments), []
    if "--" in names:
        cut = names.index("--")
        names, extra = names[:cut], names[cut + 1 :]
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        print(f"no suite called {', '.join(unknown)}; there are {', '.join(SUITES)}")
        return 2
    if messages_compile(ROOT / "src", python=Path(sys.executable), say=print):
        return 1
    outcomes = []
    try:
        outcomes = [suite_run(SUITES[name], extra) for name in names or DEFAULT]
    except KeyboardInterrupt:
        print("\nstopped by Ctrl+C")
        return _INTERRUPTED
    report(outcomes)
    return int(any(outcome.failed for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
