"""``atelogo import`` and ``atelogo report reasons`` on real files, as scripts call them."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from python_calamine import CalamineWorkbook

from tests.cli.installations import Installation, database_urls

pytestmark = [pytest.mark.slow, pytest.mark.db]
ZERO = {"updated": 0, "unchanged": 0, "rejected": 0, "left_out": 0, "rejects_file": None}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Installation]:
    """Return an installation with one company, on the kind of database that this run uses."""
    with database_urls(connection.vendor, tmp_path / "data") as urls:
        installation = Installation(tmp_path / "home", urls[0])
        (tmp_path / "data" / "one").mkdir(parents=True, exist_ok=True)
        installation.init()
        yield installation


def sheet(path: Path) -> list[list[Any]]:
    """Return the cells of a workbook."""
    rows: list[list[Any]] = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return rows


def imported(house: Installation, path: Path, kind: str, *more: str) -> dict[str, Any]:
    """Import a file without questions and return what it printed."""
    found: dict[str, Any] = house.json("import", path, "--kind", kind, "--yes", *more)
    return found


def requests_of(house: Installation) -> list[list[Any]]:
    """Return code, day, value and reason of every request, through the product's own export."""
    program = (
        "import json\n"
        "from atelogo.accounts.queries import all_workspaces\n"
        "from atelogo.core.tenancy import workspace_scope\n"
        "from atelogo.register.models import Request\n"
        "from atelogo.register.queries.reasons import reason_nodes\n"
        "w = all_workspaces()[0]\n"
        "with workspace_scope(w.id):\n"
        "    words = reason_nodes(w.id, language='pt-br')\n"
        "    rows = [[r.snapshot['code'], str(r.effective_on), r.mrr_minor, words[r.reason_id].label,\n"
        "             r.date_precision, r.flags, r.customer.name] for r in\n"
        "            Request.objects.select_related('customer')]\n"
        "print(json.dumps(rows))"
    )
    found: list[list[Any]] = json.loads(house.python(program))
    return found


def answer_key(test_data: Path) -> list[dict[str, str]]:
    """Return the rows of the answer key of the messy exports."""
    with (test_data / "br_messy_exports" / "verdade_canonica.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_the_telco_workbook_is_customers_contracts_and_cancellations(
    house: Installation, test_data: Path
) -> None:
    """IBM's workbook: 7,043 customers with contracts, 1,869 cancellations with its reasons and total."""
    path = test_data / "telco_ibm_extended" / "Telco_customer_churn.xlsx"
    plain = {"read": 7043, "imported": 7043, **ZERO}
    assert imported(house, path, "customers") == plain
    assert imported(house, path, "contracts") == plain
    assert imported(house, path, "cancellations") == {
        "read": 7043, "imported": 1869, **ZERO, "left_out": 5174,
    }  # fmt: skip
    rows = sheet(path)
    column = rows[0].index("Churn Reason")
    said = Counter(str(row[column]) for row in rows[1:] if row[column])
    report = house.json("report", "reasons")
    assert {one["reason"]: one["count"] for one in report} == dict(said)
    assert len(report) == 20
    assert sum(one["mrr_minor"] for one in report) == 13913085
    assert report == sorted(report, key=lambda one: (-one["count"], one["reason"]))
    found = requests_of(house)
    assert {row[4] for row in found} == {"unknown"}
    assert {row[1] for row in found} == {"None"}
    for kind, counts in (
        ("customers", {"unchanged": 7043}),
        ("contracts", {"unchanged": 7043}),
        ("cancellations", {"unchanged": 1869, "left_out": 5174}),
    ):
        assert imported(house, path, kind) == {"read": 7043, "imported": 0, **ZERO} | counts


def test_export_b_equals_its_answer_key(house: Installation, test_data: Path) -> None:
    """UTF-16 with tabs: 1,869 rows equal to the key in code, date, value and reason; again, all unchanged."""
    path = test_data / "br_messy_exports" / "B_cancelamentos_utf16.txt"
    assert imported(house, path, "cancellations") == {"read": 1869, "imported": 1869, **ZERO}
    wanted = [
        [row["codigo"], row["data_cancelamento"], round(float(row["mensalidade"]) * 100), row["motivo"]]
        for row in answer_key(test_data)
    ]
    assert sorted(row[:4] for row in requests_of(house)) == sorted(wanted)
    again = imported(house, path, "cancellations")
    assert again == {"read": 1869, "imported": 0, **ZERO, "unchanged": 1869}


def test_export_c_equals_its_answer_key(house: Installation, test_data: Path) -> None:
    """Doubly encoded: 600 rows equal to the key's first 600, 45,378.65, names beyond repair flagged."""
    path = test_data / "br_messy_exports" / "C_cancelamentos_mojibake.csv"
    assert imported(house, path, "cancellations") == {"read": 600, "imported": 600, **ZERO}
    key = answer_key(test_data)[:600]
    found = {row[0]: row for row in requests_of(house)}
    for row in key:
        code, day, value, reason, _precision, flags, name = found[row["codigo"]]
        assert (code, day, value) == (
            row["codigo"], row["data_cancelamento"], round(float(row["mensalidade"]) * 100),
        )  # fmt: skip
        assert reason == row["motivo"]
        assert name == row["nome"] or "name_damaged" in flags, (name, row["nome"])
    assert sum(one["mrr_minor"] for one in house.json("report", "reasons")) == 4537865


def test_a_dry_run_prints_the_same_and_writes_nothing(house: Installation, test_data: Path) -> None:
    """``--dry-run`` gives the counts of the run; afterwards there is no import and no reason."""
    path = test_data / "br_messy_exports" / "B_cancelamentos_utf16.txt"
    dry = house.json("import", path, "--kind", "cancellations", "--dry-run")
    assert dry == {"read": 1869, "imported": 1869, **ZERO}
    assert house.json("import", "list") == []
    assert house.json("report", "reasons") == []


def messy(folder: Path) -> Path:
    """Write a file of the family: cp1252, preamble, repeats, totals, lost zeros, odd reasons and dates."""
    lines = [
        "Relatório de Cancelamentos;;;;;",
        "Emitido em 03/03/2026;;;;;",
        "",
        "Código;Razão Social;CPF/CNPJ;Cancelado em;Mensalidade;Motivo",
        "A1;Conceição Ávila;857351249;19/08/2024;1.099,90;Mudança de endereço",
        "A1;Conceição Ávila;008.573.512-49;2024-08-19;R$ 1.099,90;MUDANCA DE ENDERECO.",
        "A2;Otávio Reis;;19-ago-24;50;-",
        "A3;Lia Prado;;45523;60,5;preco  alto",
        "A4;Rui Gomes;;30/02/2024;70,00;Preço alto",
        "A5;Eva Melo;;20/08/24;80,00;Preço alto",
        "",
        "TOTAL;;;;1.360,40;",
    ]
    path = folder / "relatorio.csv"
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return path


def test_a_messy_file_is_in_or_in_the_rejects(house: Installation, tmp_path: Path) -> None:
    """Every row of a messy file is accounted for; the rejected one comes back with why in Portuguese."""
    printed = imported(house, messy(tmp_path), "cancellations")
    rejects = printed.pop("rejects_file")
    assert printed == {
        "read": 8, "imported": 4, "updated": 0, "unchanged": 1, "rejected": 1, "left_out": 2,
    }  # fmt: skip
    rows = sheet(rejects)
    assert rows[0][:6] == ["Código", "Razão Social", "CPF/CNPJ", "Cancelado em", "Mensalidade", "Motivo"]
    assert rows[1][:6] == ["A4", "Rui Gomes", "", "30/02/2024", "70,00", "Preço alto"]
    assert "Cancelado em" in rows[1][6]
    assert "data" in rows[1][6].lower()
    report = house.json("report", "reasons")
    assert [(one["reason"], one["count"]) for one in report] == [
        ("Preço alto", 2), ("Mudança de endereço", 1), ("não informado", 1),
    ]  # fmt: skip


def test_a_mapping_file_wins(house: Installation, tmp_path: Path) -> None:
    """A mapping in TOML decides what each column is; a reason accepted in it joins a known one."""
    path = tmp_path / "a.csv"
    path.write_text("x;y;z\n1;19/08/2024;caro demais\n", encoding="utf-8")
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        'version = 1\nkind = "cancellations"\n[columns]\ncustomer_id = "x"\ndate = "y"\nreason = "z"\n'
        '[reasons]\n"caro demais" = "Mudança de endereço"\n',
        encoding="utf-8",
    )
    assert imported(house, path, "cancellations", "--mapping", str(mapping))["imported"] == 1
    assert [one["reason"] for one in house.json("report", "reasons")] == ["Mudança de endereço"]


def test_without_yes_it_shows_and_asks(house: Installation, tmp_path: Path) -> None:
    """Columns, unknown reasons and first rows are shown on standard error; "n" leaves with 1, "y" imports."""
    path = messy(tmp_path)
    shown = house.run("import", path, "--kind", "cancellations", stdin="n\n", code=1)
    assert "reasons are not known here" in shown
    assert "Motivo" in shown
    assert "Conceição" not in shown
    house.run("import", path, "--kind", "cancellations", stdin="y\n")
    (batch,) = house.json("import", "list")
    assert (batch["state"], batch["imported"]) == ("done", 4)


def test_an_import_is_undone_from_the_command_line(house: Installation, tmp_path: Path) -> None:
    """``import undo`` takes a batch of the list back, and the report is empty again."""
    imported(house, messy(tmp_path), "cancellations")
    (batch,) = house.json("import", "list")
    done = house.json("import", "undo", batch["batch"], "--yes")
    assert done["voided"] == 4
    assert house.json("report", "reasons") == []
    assert house.json("import", "list")[0]["state"] == "undone"
    assert "undone" in house.run("import", "undo", batch["batch"], "--yes", code=1)


BAD = (
    (("import", "absent.csv", "--kind", "customers", "--yes"), 2, "no such file"),
    (("import", "{file}", "--kind", "people", "--yes"), 2, "people"),
    (("import", "{file}"), 2, "--kind"),
    (("import", "{file}", "--kind", "customers", "--yes", "--workspace", "lua"), 2, "lua"),
    (("import", "{pdf}", "--kind", "customers", "--yes"), 1, "CSV"),
    (("import", "{file}", "--kind", "customers", "--yes", "--mapping", "{pdf}"), 2, "a.pdf"),
    (("import", "undo", "nonsense", "--yes"), 2, "no import"),
)


def test_bad_use_and_bad_files_are_told(house: Installation, tmp_path: Path) -> None:
    """Bad use leaves with 2 and an unreadable file with 1, each with a sentence that says what is wrong."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n" + b"x" * 400)
    file = messy(tmp_path)
    for words, code, said in BAD:
        given = [word.format(file=file, pdf=tmp_path / "a.pdf") for word in words]
        assert said in house.run(*given, code=code), words


def test_a_refusal_speaks_the_terminals_language(house: Installation, tmp_path: Path) -> None:
    """In a Portuguese terminal a file that is refused is told in Portuguese."""
    (tmp_path / "vazio.csv").write_bytes(b"")
    words = ("import", tmp_path / "vazio.csv", "--kind", "customers", "--yes")
    assert "vazio" in house.run(*words, code=1, LC_ALL="pt_BR.UTF-8").replace("vazio.csv", "")
    assert "empty" in house.run(*words, code=1, LC_ALL="en_US.UTF-8")


def test_a_killed_import_loses_and_doubles_nothing(house: Installation, tmp_path: Path) -> None:
    """Killed in the middle and typed again, the file is in once, as if it had never been killed."""
    path = tmp_path / "muitos.csv"
    rows = "".join(f"C{n};19/08/2024;{n % 90 + 10},00;Motivo {n % 7}\n" for n in range(30_000))
    path.write_text("codigo do cliente;data cancelamento;mensalidade;motivo\n" + rows, encoding="utf-8")
    program = "from atelogo.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "import", str(path), "--kind", "cancellations", "--yes"],
        env=house.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        listed = house.json("import", "list")
        if listed and listed[0]["read"] > 0:
            break
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    before = house.json("import", "list")[0]
    again = imported(house, path, "cancellations")
    assert again["imported"] == 30_000 - before["imported"]
    assert again["unchanged"] == before["imported"]
    assert sum(one["count"] for one in house.json("report", "reasons")) == 30_000
    assert re.search(r"ok|sound|right|intact|verified", house.run("verify").lower())
