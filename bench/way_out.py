"""W1: the plain way out over HTTP, against bare Django views and against its own SQL in pgbench.

    make bench W=way_out SIZE=small          under a minute
    make bench W=way_out                     the full run, on a quiet machine

One private PostgreSQL with fsync on. Ours is `atelogo serve`; the bare views (bench/_bare) run under the same
server with the same processes and threads, write the same rows and give the same pages: both compared first.
Closed loop: 8 clients with kept connections, rounds interleaved. Open loop: 1,000 ways out a minute at random
moments, time counted from the moment meant. How to read it: docs/how-to/benchmarks.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import psycopg  # noqa: E402

from bench import _answers, _cpu, _limit, _stage  # noqa: E402
from bench._load import PAGES, Load, Passage, closed_loop, open_loop, passages  # noqa: E402
from bench._report import RESULTS, Result, Row, machine, median, percentile, say  # noqa: E402
from bench._stage import Company, Person, Server  # noqa: E402
from tools.private_postgres import private_postgres  # noqa: E402

CLIENTS = 8
A_MINUTE = 1000.0
_FASTEST = 200  # ways out a second for which customers are kept ready


@dataclass(frozen=True, slots=True)
class Size:
    """How long everything takes: rounds, seconds of a closed loop, pgbench runs a client, open loop."""

    rounds: int
    seconds: float
    each: int
    open_seconds: float
    customers: int
    with_worker: bool


SIZES = {
    "small": Size(rounds=3, seconds=2.0, each=25, open_seconds=6.0, customers=2_000, with_worker=False),
    "full": Size(rounds=5, seconds=10.0, each=250, open_seconds=60.0, customers=20_000, with_worker=True),
}


class People:
    """Customers who have not left yet; more are made between the measurements, never in them."""

    def __init__(self, url: str, company: Company) -> None:
        self._url, self._company = url, company
        self._ready: list[Person] = []
        self.made = 0

    def ready(self, count: int) -> None:
        """See that ``count`` customers are ready."""
        missing = count - len(self._ready)
        if missing > 0:
            self._ready += self._company.people(missing)
            self.made += missing
            with psycopg.connect(self._url, autocommit=True) as link:
                link.execute("ANALYZE")

    def take(self, count: int) -> list[Person]:
        """Give ``count`` of them."""
        self.ready(count)
        taken, self._ready = self._ready[:count], self._ready[count:]
        return taken

    def each(self) -> Iterator[Person]:
        """Give one after the other."""
        while self._ready:
            yield self._ready.pop()


def answers(url: str, people: People, servers: dict[str, Server], result: Result) -> None:
    """Compare the pages and the rows of one way out on each side; a difference ends the run."""
    seen: dict[str, Passage] = {}
    rows = {}
    for name, server in servers.items():
        *first, one = people.take(3)
        passages(server.port, first, see=lambda _passage: None)  # the first pages load what is loaded once
        before = _answers.Rows(url)
        passages(server.port, [one], see=partial(seen.__setitem__, name))
        rows[name] = _answers.Rows(url).since(before)
    differences = _answers.pages_differ(seen["ours"], seen["bare"])
    differences += _answers.rows_differ(rows["ours"], rows["bare"])
    if differences:
        raise SystemExit("The answers differ, ours or bare:\n" + "\n".join(differences))
    result.answers_equal = True
    for at in (0, 2):
        ours, bare = (len(seen[name].answers[at].body) for name in ("ours", "bare"))
        result.notes.append(f"{PAGES[at]}: equal in every fact; {ours} bytes ours, {bare} bare")
    result.notes.append(f"rows equal in number and value: {_answers.counts(rows['ours'])}")


def in_rounds(
    url: str, postmaster: int, people: People, servers: dict[str, Server], size: Size, result: Result
) -> None:
    """Measure ours, the bare views and pgbench in turn; keep the medians and their ratios."""
    script = RESULTS / "way_out.sql"
    statements = _limit.script_write(script, people.take(1)[0], f"127.0.0.1:{servers['ours'].port}")
    loads: dict[str, list[Load]] = {name: [] for name in servers}
    limits = []
    for number in range(1, size.rounds + 1):
        # Who comes first changes from round to round: a machine that warms or fills up favours neither.
        for name in sorted(servers, reverse=bool(number % 2)):
            people.ready(int(size.seconds * _FASTEST))
            loads[name].append(_one_loop(servers[name], postmaster, people, size.seconds))
        _limit.people_write(url, people.take(CLIENTS * size.each))
        limits.append(_limit.pgbench(url, script, clients=CLIENTS, each=size.each))
        rates = [f"{name} {found[-1].per_second:.1f}" for name, found in loads.items()]
        say(
            f"round {number} of {size.rounds}: {', '.join(rates)}, pgbench {limits[-1]:.1f} ways out a second"
        )
    for name, what in (("ours", "ours (atelogo serve)"), ("bare", "bare Django views")):
        result.rows.append(_row(f"{what}, closed loop, {CLIENTS} clients", loads[name], rate=True))
    result.rows.append(Row(f"pgbench, the same {statements} statements", per_second=median(limits)))
    pairs = list(zip(loads["ours"], loads["bare"], limits, strict=True))
    result.ratios["way_out_vs_bare"] = median([ours.per_second / bare.per_second for ours, bare, _ in pairs])
    result.ratios["way_out_vs_limit"] = median([ours.per_second / limit for ours, _, limit in pairs])
    spent = {name: median([one.cpu / one.count * 1000 for one in found]) for name, found in loads.items()}
    result.ratios["way_out_vs_bare_in_cpu"] = spent["bare"] / spent["ours"]
    words = ", ".join(f"{name} {ms:.1f} ms" for name, ms in spent.items())
    result.notes.append(f"processor time of a way out, web and database: {words}")
    result.notes.append(f"SQL of the limit: bench/results/{script.name}")


def _one_loop(server: Server, postmaster: int, people: People, seconds: float) -> Load:
    before = _cpu.seconds_of(server.pid) + _cpu.seconds_of(postmaster)
    load = closed_loop(server.port, people.each(), clients=CLIENTS, seconds=seconds)
    load.cpu = _cpu.seconds_of(server.pid) + _cpu.seconds_of(postmaster) - before
    return load


def in_the_open(port: int, people: People, size: Size, result: Result, *, what: str) -> None:
    """Measure the pages' times while ways out begin at random moments, a thousand a minute."""
    people.ready(int(size.open_seconds * A_MINUTE / 60 * 1.5) + 100)
    say(f"open loop{what}: {A_MINUTE:,.0f} ways out a minute for {size.open_seconds:.0f} s")
    load = open_loop(port, people.each(), a_minute=A_MINUTE, seconds=size.open_seconds)
    for page in PAGES:
        result.rows.append(_row(f"open loop{what}: {page}", [load], page=page))
    result.rows.append(_row(f"open loop{what}: every page", [load], rate=True))


def _row(what: str, loads: list[Load], *, page: str = "", rate: bool = False) -> Row:
    times = [one for load in loads for one in (load.times[page] if page else load.all_times())]
    return Row(
        what,
        per_second=median([load.per_second for load in loads]) if rate else None,
        p50_ms=percentile(times, 0.50) * 1000,
        p95_ms=percentile(times, 0.95) * 1000,
    )


def growth(port: int, people: People, size: Size, result: Result) -> None:
    """Measure the rate with a tenth of the customers and with all: it must not fall as tables grow."""
    rates = []
    for count in (size.customers // 10, size.customers):
        people.ready(count - people.made + int(size.seconds * _FASTEST))
        loads = [
            closed_loop(port, people.each(), clients=CLIENTS, seconds=size.seconds / 2) for _one in range(3)
        ]
        rates.append(median([load.per_second for load in loads]))
        say(f"{people.made:,} customers: {rates[-1]:.1f} ways out a second")
    result.ratios["rate_at_ten_times_the_customers"] = rates[1] / rates[0]


def run(size_name: str) -> Result:
    """Run the workload at one size."""
    size = SIZES[size_name]
    result = Result("way_out", size_name, machine=machine())
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="atelogo-bench-")))
        database = stack.enter_context(private_postgres(durable=True))
        url = database.url
        postmaster = int((database.folder / "cluster" / "postmaster.pid").read_text().split()[0])
        say("making the company and its customers")
        _stage.django_begin(home, url)
        people = People(url, Company())
        servers = {
            "ours": stack.enter_context(_stage.ours(home, url)),
            "bare": stack.enter_context(_stage.bare(home, url)),
        }
        answers(url, people, servers, result)
        growth(servers["ours"].port, people, size, result)
        in_rounds(url, postmaster, people, servers, size, result)
        in_the_open(servers["ours"].port, people, size, result, what="")
        if size.with_worker:
            with _stage.worker(home, url):
                in_the_open(servers["ours"].port, people, size, result, what=" with the worker beside it")
    return result


def main() -> int:
    """Run, print the table, write the JSON; 1 only when the answers differ."""
    parser = argparse.ArgumentParser(description="W1: the plain way out over HTTP.")
    parser.add_argument("--size", choices=sorted(SIZES), default="full")
    result = run(parser.parse_args().size)
    path = result.write()
    print(result.markdown())
    say(f"written: {path.relative_to(ROOT)}")
    return 0 if result.answers_equal else 1


if __name__ == "__main__":
    sys.exit(main())
