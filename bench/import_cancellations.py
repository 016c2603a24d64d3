"""W3: importing cancellations into PostgreSQL against COPY of the very rows that the import leaves.

    make bench W=import                1,000,000 rows, three rounds (about half an hour on 2 cores)
    make bench W=import SIZE=small     10,000 rows
    make bench W=import SIZE=100000    any number of rows

Ours is the command a person types, in a process of its own: reading, checking, folding reasons, finding and
making customers, encryption, one ledger row per request. The limit copies the rows it left, from a file, into
the same tables with the same indexes, constraints and foreign keys. Only a wrong answer fails the run.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import psycopg  # noqa: E402

from bench._import_data import Truth, write_file  # noqa: E402
from bench._import_memory import PeakMemory  # noqa: E402
from bench._import_tables import copy_source, fingerprints, put_in, row_keys, take_out  # noqa: E402
from bench._report import Result, Row, machine, median, say  # noqa: E402
from tools.private_postgres import private_postgres  # noqa: E402

FULL, SMALL = 1_000_000, 10_000
SLUG = "bench"
_PROGRAM = "from atelogo.cli import main; main()"


@dataclass(slots=True)
class Stage:
    """A private PostgreSQL whose template database holds an empty company."""

    home: Path
    url: str
    made: int = 0

    def run(self, url: str, *words: str, stdin: str = "") -> str:
        """Run one command of the product on a database."""
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM, *words],
            env=self.environment(url),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{words}: {done.stderr}")
        return done.stdout

    def environment(self, url: str) -> dict[str, str]:
        """Return the environment of the product's processes."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ATELOGO_")}
        own = {"ATELOGO_HOME": str(self.home), "DATABASE_URL": url, "PYTHONPATH": str(ROOT / "src")}
        return kept | own | {"DJANGO_SETTINGS_MODULE": "atelogo.settings"}

    def fresh(self) -> str:
        """Return the address of a new database that is a copy of the template."""
        self.made += 1
        name = f"round_{self.made}"
        with psycopg.connect(self.url.rpartition("/")[0] + "/postgres", autocommit=True) as link:
            link.execute(f"CREATE DATABASE {name} TEMPLATE atelogo STRATEGY file_copy")
        return f"{self.url.rpartition('/')[0]}/{name}"

    def drop(self, url: str) -> None:
        """Remove a database."""
        with psycopg.connect(self.url.rpartition("/")[0] + "/postgres", autocommit=True) as link:
            link.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")
            link.execute("CHECKPOINT")


@dataclass(slots=True)
class Measured:
    """What the rounds of one size gave."""

    rows: int
    truth: Truth
    ours: list[float] = field(default_factory=list)
    copy: list[float] = field(default_factory=list)
    source: list[float] = field(default_factory=list)
    seal: list[float] = field(default_factory=list)
    peak_mb: float = 0.0
    equal: bool = True
    taken: dict[str, int] = field(default_factory=dict)


def measure(stage: Stage, folder: Path, rows: int, rounds: int, *, seal: bool) -> Measured:
    """Run import and COPY in turns and compare what they leave."""
    source = folder / f"cancelamentos-{rows}.csv"
    say(f"making a file of {rows:,} rows")
    measured = Measured(rows, write_file(source, rows))
    there = row_keys(stage.url)
    for number in range(rounds):
        url = stage.fresh()
        _import(stage, url, source, measured)
        _check(url, measured)
        if number == 0:
            measured.taken = take_out(url, there, folder / f"rows-{rows}")
            kept = fingerprints(url, list(measured.taken))
        if seal and number == 0:
            measured.seal.append(_seal(stage, url))
        stage.drop(url)
        url = stage.fresh()
        began = time.perf_counter()
        put_in(url, list(measured.taken), folder / f"rows-{rows}")
        measured.copy.append(time.perf_counter() - began)
        if number == 0 and not _same(fingerprints(url, list(measured.taken)), kept):
            say("the rows that COPY left differ from the import's")
            measured.equal = False
        began = time.perf_counter()
        copy_source(url, source)
        measured.source.append(time.perf_counter() - began)
        stage.drop(url)
        say(
            f"{rows:,} rows, round {number + 1}: import {measured.ours[-1]:.1f} s,"
            f" COPY {measured.copy[-1]:.1f} s, peak {measured.peak_mb:.0f} MB"
        )
    return measured


def _same(one: dict[str, tuple[int, int]], other: dict[str, tuple[int, int]]) -> bool:
    return one == other


def _import(stage: Stage, url: str, source: Path, measured: Measured) -> None:
    command = [
        sys.executable,
        "-c",
        _PROGRAM,
        "import",
        str(source),
        "--kind",
        "cancellations",
        "--yes",
        "--json",
    ]
    began = time.perf_counter()
    process = subprocess.Popen(command, env=stage.environment(url), stdout=subprocess.PIPE, text=True)
    with PeakMemory(process.pid) as memory:
        printed, _none = process.communicate()
    measured.ours.append(time.perf_counter() - began)
    measured.peak_mb = max(measured.peak_mb, memory.peak_mb)
    counts = json.loads(printed) if process.returncode == 0 else {}
    truth = measured.truth
    wanted = {
        "read": truth.read,
        "imported": truth.imported,
        "updated": 0,
        "unchanged": truth.unchanged,
        "rejected": truth.rejected,
        "left_out": 0,
    }
    if any(counts.get(name) != value for name, value in wanted.items()):
        say(f"the counts differ: {counts} instead of {wanted}")
        measured.equal = False


def _check(url: str, measured: Measured) -> None:
    """Compare requests and value by reason with what the file was made to hold."""
    query = (
        "SELECT lower(r.labels->>'pt-br'), count(*), sum(q.mrr_minor) FROM register_request q"
        " JOIN register_reasonrevision r ON r.reason_id = q.reason_id AND r.since <= q.reason_version"
        " GROUP BY 1"
    )
    with psycopg.connect(url) as link:
        found = {label: (count, int(total)) for label, count, total in link.execute(query)}
        row = link.execute(
            "SELECT count(*), count(DISTINCT stream), count(*) FILTER (WHERE name = 'request.imported')"
            " FROM events_ledgerentry WHERE name = 'request.imported'"
        ).fetchone()
    truth = measured.truth
    wanted = {
        reason or "não informado": (count, truth.values[reason]) for reason, count in truth.reasons.items()
    }
    if found != wanted or row is None or row[0] != truth.imported or row[1] != truth.imported:
        say("requests, values, reasons or ledger rows are not those of the file")
        measured.equal = False


def _seal(stage: Stage, url: str) -> float:
    program = "import django; django.setup()\nfrom atelogo.events import log\nlog.seal_all()"
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], env=stage.environment(url), check=True)
    return time.perf_counter() - began


def report(result: Result, measured: Measured) -> None:
    """Add one size to the result."""
    size = f"{measured.rows:,} rows"
    ours, limit = median(measured.ours), median(measured.copy)
    result.rows += [
        Row(f"import, {size}", ours, measured.rows / ours, peak_mb=measured.peak_mb),
        Row(f"COPY of the rows it leaves, {size}", limit, measured.rows / limit),
        Row(
            f"COPY of the source file, {size}",
            median(measured.source),
            measured.rows / median(measured.source),
        ),
    ]
    if measured.seal:
        seconds = measured.seal[0]
        result.rows.append(Row(f"sealing, {size}", seconds, measured.rows / seconds))
    tables = ", ".join(f"{table.partition('_')[2]} {count:,}" for table, count in measured.taken.items())
    result.notes.append(f"rows left by {size}: {tables}")
    result.answers_equal = result.answers_equal and measured.equal


def main() -> int:
    """Run the workload; 1 when an answer was wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", default="full")
    parser.add_argument("--rounds", type=int, default=0)
    given = parser.parse_args()
    rows = {"full": FULL, "small": SMALL}.get(given.size) or int(given.size.replace("_", ""))
    rounds = given.rounds or (1 if rows <= SMALL else 3)
    result = Result("import", given.size, answers_equal=True, machine=machine())
    with (
        tempfile.TemporaryDirectory(prefix="atelogo-bench-") as name,
        private_postgres(durable=True) as server,
    ):
        folder = Path(name)
        stage = Stage(folder / "home", server.url)
        stage.run(
            server.url, "init", "--workspace", SLUG, "--owner", "ana@bench.example", "--password-stdin",
            stdin="pao-de-queijo-42\n",
        )  # fmt: skip
        smaller = measure(stage, folder, max(1000, rows // 10), 1, seal=False)
        larger = measure(stage, folder, rows, rounds, seal=True)
        peers(result, stage, folder, smaller)
    report(result, smaller)
    report(result, larger)
    ratios(result, given.size, smaller, larger)
    path = result.write()
    print(result.markdown())
    print(f"\n{path.relative_to(ROOT)}")
    return 0 if result.answers_equal else 1


def peers(result: Result, stage: Stage, folder: Path, measured: Measured) -> None:
    """Time ``bulk_create`` of the smaller size's rows."""
    url, peer = stage.fresh(), stage.fresh()
    rows = folder / f"rows-{measured.rows}"
    put_in(url, list(measured.taken), rows)
    program = (
        "import django, json; django.setup()\nfrom pathlib import Path\nfrom bench._import_peers import *\n"
        f"done = {measured.truth.imported}\n"
        f"print(bulk_create_rate({peer!r}, {measured.taken!r}, Path({str(rows)!r}), done))"
    )
    environment = stage.environment(url)
    environment["PYTHONPATH"] += f"{os.pathsep}{ROOT}"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    rate = float(done.stdout)
    result.rows.append(Row(f"bulk_create, {measured.rows:,} rows", measured.rows / rate, rate))
    result.notes.append("pandas to_sql was not run: pandas is no dependency of the product")


def ratios(result: Result, size: str, smaller: Measured, larger: Measured) -> None:
    """Reckon the ratios; ``import_vs_copy`` only at full size, as others rely on it."""
    ours, limit = median(larger.ours), median(larger.copy)
    result.ratios["import_vs_copy" if size == "full" else "import_vs_copy_at_this_size"] = limit / ours
    plain = next(row for row in result.rows if row.what.startswith("bulk_create"))
    result.ratios["import_vs_bulk_create"] = (larger.rows / ours) / (plain.per_second or math.inf)
    growth = math.log(ours / median(smaller.ours)) / math.log(larger.rows / smaller.rows)
    result.ratios["slope"] = growth


if __name__ == "__main__":
    sys.exit(main())
