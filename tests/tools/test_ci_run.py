from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with the real .ci/run, a make and a Python that only note what they are asked."""
    root = tmp_path / "checkout"
    (root / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "run", root / ".ci" / "run")
    for name, path in (("make", root / "bin" / "make"), ("python", root / ".venv" / "bin" / "python")):
        path.parent.mkdir(parents=True)
        path.write_text(
            f'#!/bin/sh\necho "{name} $* CI=$CI data=$ATELOGO_TEST_DATA" >> "{root}/asked"\n'
            'case " $* " in *" $FAIL "*) exit 1;; esac\n'
        )
        path.chmod(0o755)
    return root


def run(checkout: Path, fail: str = "nothing") -> subprocess.CompletedProcess[str]:
    """Run .ci/run in the folder, where a step named ``fail`` fails."""
    environment = {key: value for key, value in os.environ.items() if key not in {"CI", "ATELOGO_TEST_DATA"}}
    environment |= {"PATH": f"{checkout}/bin:{os.environ['PATH']}", "FAIL": fail}
    return subprocess.run(
        [checkout / ".ci" / "run"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_every_section_runs_under_ci(checkout: Path) -> None:
    """Tests come first, then each check, all with CI set; the end says that all passed."""
    done = run(checkout)
    asked = (checkout / "asked").read_text().splitlines()
    assert done.returncode == 0
    assert asked[0].startswith("make --no-print-directory test CI=true")
    for check in ("style", "rules", "contracts", "migrations", "messages", "locks", "types"):
        assert any(check in line.split() and "CI=true" in line for line in asked[1:]), check
    assert done.stdout.rstrip().endswith("all sections passed")


@pytest.mark.parametrize("step", ["test", "types", "rules"])
def test_one_failure_fails_the_whole_and_hides_nothing(checkout: Path, step: str) -> None:
    """A failing section does not stop the others, is named at the end, and makes the exit code non-zero."""
    whole = run(checkout).stdout.count(" in 0 s")
    done = run(checkout, fail=step)
    assert done.returncode == 1
    assert "===== FAILED:" in done.stdout
    assert done.stdout.count(": ok in") + done.stdout.count(": FAILED in") >= whole


def test_real_files_beside_the_checkout_are_found(checkout: Path) -> None:
    """The folder ../shared/data is handed to the tests when it is there, and only then."""
    run(checkout)
    assert (checkout / "asked").read_text().splitlines()[0].endswith("data=")
    data = checkout.parent / "shared" / "data"
    data.mkdir(parents=True)
    (checkout / "asked").unlink()
    run(checkout)
    assert (checkout / "asked").read_text().splitlines()[0].endswith(f"data={data}")
