"""What every benchmark prints and keeps: the machine, a table in Markdown, and JSON under bench/results/."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass(slots=True)
class Row:
    """One measured thing; what does not apply stays ``None``.

    ``seconds`` or ``per_second`` is the median over the rounds; ``p50_ms`` and ``p95_ms`` are over all single
    answers; ``peak_mb`` is memory.
    """

    what: str
    seconds: float | None = None
    per_second: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    peak_mb: float | None = None


@dataclass(slots=True)
class Result:
    """One run of one workload, as ``bench/results/<workload>.json`` keeps it."""

    workload: str
    size: str
    answers_equal: bool = False
    rows: list[Row] = field(default_factory=list)
    ratios: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    machine: dict[str, object] = field(default_factory=dict)

    def write(self, folder: Path = RESULTS) -> Path:
        """Write the JSON and return its path."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.workload}.json"
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n")
        return path

    def markdown(self) -> str:
        """Return the run as a person reads it: machine on top, the table, the ratios, the notes."""
        lines = [f"## {self.workload}, size {self.size}", "", machine_line(self.machine), ""]
        columns = [c for c in _COLUMNS if any(getattr(row, c) is not None for row in self.rows)]
        lines.append("| what | " + " | ".join(_COLUMNS[c] for c in columns) + " |")
        lines.append("|---|" + "---:|" * len(columns))
        for row in self.rows:
            cells = (_number(getattr(row, column)) for column in columns)
            lines.append(f"| {row.what} | " + " | ".join(cells) + " |")
        lines += ["", f"answers equal: {'yes' if self.answers_equal else 'NO'}"]
        lines += [f"{name} = {value:.3f}" for name, value in self.ratios.items()]
        return "\n".join([*lines, *self.notes])


_COLUMNS = {
    "seconds": "seconds",
    "per_second": "a second",
    "p50_ms": "p50 ms",
    "p95_ms": "p95 ms",
    "peak_mb": "peak MB",
}


def machine() -> dict[str, object]:
    """Describe this machine and how busy it was when the run began (the load of the last minute)."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count() or 1,
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_at_start": round(os.getloadavg()[0], 2),
    }


def machine_line(known: dict[str, object]) -> str:
    """Return the machine in one line."""
    return (
        f"{known.get('cpu')}, {known.get('cores')} cores, {known.get('memory_gb')} GB, "
        f"{known.get('system')}, Python {known.get('python')}, load {known.get('load_at_start')} at the start"
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least ``share`` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def say(text: str) -> None:
    """Tell the person at the terminal how far it is (standard error)."""
    print(text, file=sys.stderr, flush=True)


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}" if value < 10 else f"{value:.1f}"
