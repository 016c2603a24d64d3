from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tools import run_bench, run_tests
from tools.run_tests import SUITES, Outcome, Suite, main, pytest_run, report, suite_run

ROOT = Path(__file__).resolve().parents[2]
SELF = "tests/tools/test_check_locks.py"


def test_pytests_own_summary_lines_come_last(capfd: pytest.CaptureFixture[str]) -> None:
    """The run's last line is pytest's summary, held back while its output is shown."""
    outcome = pytest_run(Suite("probe", "a few tests", "not browser"), dict(os.environ), [SELF])
    assert outcome.code == 0
    assert "passed" not in capfd.readouterr().out
    report([outcome])
    assert re.fullmatch(r"=+ .*\d+ passed.* in [\d.]+s.* =+", capfd.readouterr().out.splitlines()[-1])


def test_a_failing_suite_fails_the_run() -> None:
    """A suite whose tests fail, or that finds no test at all, is a failure."""
    outcome = pytest_run(Suite("probe", "none", "chaos"), dict(os.environ), [SELF])
    assert outcome.failed


@pytest.mark.parametrize("on_ci", [True, False], ids=["on CI", "at home"])
def test_a_suite_left_out_fails_only_on_ci(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    on_ci: bool,  # noqa: FBT001
) -> None:
    """Without PostgreSQL its suite is left out by name; under CI=true that is a failure."""
    monkeypatch.setattr(run_tests, "postgres_bin", lambda: None)
    monkeypatch.setattr(run_tests, "ON_CI", on_ci)
    outcome = suite_run(SUITES["postgres"], [])
    assert outcome.failed is on_ci
    assert "left out: PostgreSQL is not installed" in capsys.readouterr().out


def test_an_unknown_suite_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt suite is an error that lists the real ones, not an empty success."""
    assert main(["sqlight"]) == 2
    assert "sqlite, postgres, browser, chaos" in capsys.readouterr().out


def test_the_report_names_each_suite(capsys: pytest.CaptureFixture[str]) -> None:
    """Each suite stands in the report as ok, failed, or left out with its reason."""
    report(
        [
            Outcome(SUITES["sqlite"], seconds=3.0),
            Outcome(SUITES["postgres"], code=1),
            Outcome(SUITES["browser"], left_out="Chromium is not installed"),
        ]
    )
    said = capsys.readouterr().out
    assert re.search(r"sqlite .* ok", said)
    assert re.search(r"postgres .* FAILED", said)
    assert re.search(r"browser .* LEFT OUT, Chromium is not installed", said)


def test_make_help_lists_every_target_with_its_comment() -> None:
    """`make help` names the targets that the README and the habits of others rely on."""
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = set(re.findall(r"^  make ([a-z-]+) +\S", said, re.MULTILINE))
    promised = "help setup demo serve worker test chaos browser lint types bench messages".split()  # noqa: SIM905
    assert set(promised) <= targets


def test_a_workload_is_found_by_the_beginning_of_its_name(tmp_path: Path) -> None:
    """`W=import` finds import_cancellations.py; what begins with an underscore is no workload."""
    for name in ("import_cancellations.py", "way_out.py", "_shared.py"):
        (tmp_path / name).write_text('"""A workload."""\n')
    assert run_bench.workload_find(tmp_path, "import") == tmp_path / "import_cancellations.py"
    assert run_bench.workload_find(tmp_path, "way_out") == tmp_path / "way_out.py"
    assert run_bench.workload_find(tmp_path, "_shared") is None
    assert [path.name for path in run_bench.workloads(tmp_path)] == ["import_cancellations.py", "way_out.py"]


def test_an_unknown_workload_is_refused_with_the_list(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Asking for no workload, or for one that is not there, lists those that are."""
    (tmp_path / "way_out.py").write_text('"""The plain way out."""\n')
    monkeypatch.setattr(run_bench, "BENCH", tmp_path)
    assert run_bench.main(["", ""]) == 2
    assert re.search(r"W=way_out +The plain way out\.", capsys.readouterr().out)
