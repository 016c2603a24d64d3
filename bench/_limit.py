"""The limit: `pgbench` runs the SQL of one real way out, with ids of its own, on the same PostgreSQL.

The statements are captured in order from the product itself; ids that were there come from a table, new ones
are made by md5 of a counter. Moments, sums and ciphertexts stay those of the captured way out.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg

from bench._stage import Person
from tools.debian_packages import postgres_bin

_UUID = re.compile(
    r"(?<![0-9a-fx])[0-9a-f]{8}-?[0-9a-f]{4}-?7[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}(?![0-9a-f])"
)
# Keys that are unique to a passage: of its form, of its attempt.
_HASH = re.compile(r"(?<=')[0-9a-f]{64}(?=')")
_STATE = re.compile(r'name="state" value="([^"]*)"')
_ITEMS = re.compile(r'name="item" value="([^"]*)" checked')
_PEOPLE = ["customer", "contract", "line_one", "line_two", "access", "session"]


class LimitError(Exception):
    """pgbench did not run, or did not write what a way out writes."""


def people_write(url: str, people: Sequence[Person]) -> None:
    """Add ``people`` to the table from which pgbench takes its customers, and a counter over them."""
    with psycopg.connect(url) as link:
        link.execute(
            "CREATE TABLE IF NOT EXISTS bench_people (n bigserial PRIMARY KEY, customer uuid, contract uuid,"
            " line_one uuid, line_two uuid, access uuid, session text)"
        )
        link.execute("CREATE SEQUENCE IF NOT EXISTS bench_next")
        contracts = [UUID(hex=person.path.rpartition("_")[2]) for person in people]
        link.execute(
            "INSERT INTO bench_people (customer, contract, line_one, line_two, access, session)"
            " SELECT a.customer_id, a.contract_id, l.ids[1], l.ids[2], a.id, encode(a.session_hash, 'hex')"
            " FROM register_customeraccess a, LATERAL (SELECT array_agg(id ORDER BY amount_minor DESC) AS ids"
            " FROM register_contractline WHERE contract_id = a.contract_id) l WHERE a.contract_id = ANY(%s)",
            [contracts],
        )


def script_write(path: Path, person: Person, host: str) -> int:
    """Pass one way out in this process, write its statements as a script; return how many they are."""
    statements = _captured(person, host)
    known = _known(person)
    new: dict[str, str] = {}
    lines = [_line(sql, known, new) for sql in statements]
    made = ", ".join(f"{_MADE[name[:2]].format(name)} AS {name}" for name in new.values())
    head = (
        "WITH p AS MATERIALIZED (SELECT * FROM bench_people WHERE n = (SELECT nextval('bench_next')))"  # noqa: S608
        f" SELECT {', '.join(_PEOPLE)}, lpad(p.n::text, 16, '0') AS protocol,"
        f" {made} FROM p \\gset"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([_TITLE, head, *(f"{line};" for line in lines)]) + "\n")
    return len(statements)


_MADE = {"id": "md5('{0} ' || p.n)::uuid", "ke": "md5('{0} ' || p.n) || md5('{0}' || p.n)"}
_TITLE = """-- The SQL of one plain way out: contract page, confirm, receipt page, as the product sends it.
-- Written by bench/way_out.py, run by `pgbench --protocol=simple`. The first draws a customer and new ids."""


def pgbench(url: str, script: Path, *, clients: int, each: int) -> float:
    """Run the script ``each`` times on each of ``clients`` connections; return ways out a second."""
    programs = postgres_bin()
    if programs is None:
        raise LimitError("pgbench is not installed (Debian package `postgresql`)")
    where = urlsplit(url)
    before = _requests(url)
    done = subprocess.run(
        [
            *(str(programs / "pgbench"), "-n", "-f", str(script), "--protocol=simple"),
            *("-c", str(clients), "-j", "2", "-t", str(each)),
            *("-h", str(where.hostname), "-p", str(where.port), "-U", str(where.username)),
            where.path.lstrip("/"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    written = _requests(url) - before
    if done.returncode or found is None or written != clients * each:
        raise LimitError(f"pgbench wrote {written} of {clients * each} requests: {done.stderr[-600:]}")
    return float(found[1])


def _requests(url: str) -> int:
    with psycopg.connect(url) as link:
        row = link.execute("SELECT count(*) FROM register_receipt").fetchone()
    return int(row[0]) if row else 0


def _captured(person: Person, host: str) -> list[str]:
    from django.db import connection  # noqa: PLC0415 - once Django is set up
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    browser = Client(HTTP_HOST=host)
    browser.cookies["atelogo_customer"] = person.key
    with CaptureQueriesContext(connection) as captured:
        page = browser.get(person.path).content.decode()
        state = _STATE.search(page)
        form = {"state": unescape(state[1]) if state else "", "several": "1", "when": "now", "on": ""}
        confirmed = browser.post(person.path, {**form, "item": _ITEMS.findall(page)})
        receipt = browser.get(confirmed.headers.get("Location", "/"))
    if (confirmed.status_code, receipt.status_code) != (303, 200):
        raise LimitError(f"the captured way out answered {confirmed.status_code}, {receipt.status_code}")
    connection.close()
    return [" ".join(str(query["sql"]).split()) for query in captured]


def _known(person: Person) -> dict[str, str]:
    """Return what stands for the person in the script, by what stands for them in the captured statements."""
    from atelogo.core.tenancy import system_scope  # noqa: PLC0415 - once Django is set up
    from atelogo.register.models import ContractLine, CustomerAccess, Request  # noqa: PLC0415

    contract = UUID(hex=person.path.rpartition("_")[2])
    with system_scope("the benchmark's own company"):
        access: Any = CustomerAccess.objects.get(contract_id=contract)
        lines: Any = ContractLine.objects.filter(contract_id=contract).order_by("-amount_minor")
        protocol: str = Request.objects.get(contract_id=contract).protocol
        one, two = (line.id for line in lines)
    known = {access.customer_id.hex: "customer", contract.hex: "contract", access.id.hex: "access"}
    known |= {one.hex: "line_one", two.hex: "line_two", access.workspace_id.hex: ""}
    return known | {bytes(access.session_hash).hex(): "session", protocol: "protocol"}


def _line(sql: str, known: dict[str, str], new: dict[str, str]) -> str:
    def put(found: re.Match[str]) -> str:
        text = found[0].replace("-", "")
        name = known.get(text)
        if name == "" or (name is None and sql.startswith("SELECT") and text not in new):
            return found[0]  # the company's own things are the same for everybody
        name = name or new.setdefault(text, f"id_{len(new) + 1}")
        # pgbench reads two colons as a cast: after one, the literal is put together from two.
        colon = found.start() > 0 and sql[found.start() - 1] == ":"
        return f"' || ':{name}" if colon else f":{name}"

    line = _UUID.sub(put, _HASH.sub(lambda found: f":{new.setdefault(found[0], f'key_{len(new)}')}", sql))
    for text, name in known.items():
        if name in {"session", "protocol"}:
            line = line.replace(text, f":{name}")
    return line
