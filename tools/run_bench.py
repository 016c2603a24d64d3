"""Run one benchmark: `make bench W=import SIZE=small` runs bench/import*.py; without W, lists them."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / "bench"


def workloads(folder: Path) -> list[Path]:
    """Return the runnable workloads: the files whose name does not begin with an underscore."""
    return sorted(path for path in folder.glob("*.py") if not path.name.startswith("_"))


def workload_find(folder: Path, name: str) -> Path | None:
    """Return the file called ``name``, or the only one that begins with it, or None."""
    found = [path for path in workloads(folder) if path.stem == name]
    found = found or [path for path in workloads(folder) if path.stem.startswith(f"{name}_")]
    return found[0] if len(found) == 1 else None


def main(arguments: Sequence[str]) -> int:
    """Run the workload; return its exit code, or 2 after listing what there is."""
    name, size = (*arguments, "", "")[:2]
    path = workload_find(BENCH, name) if name else None
    if path is None:
        print(f"no workload called {name!r}" if name else "which workload? make bench W=...")
        for known in workloads(BENCH):
            described = ast.get_docstring(ast.parse(known.read_text())) or ""
            print(f"  W={known.stem:22} {described.splitlines()[0] if described else ''}")
        return 2
    command = [sys.executable, str(path), *(["--size", size] if size else [])]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
