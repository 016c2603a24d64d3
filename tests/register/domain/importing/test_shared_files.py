from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from atelogo.register.domain.importing.columns import suggest_mapping
from atelogo.register.domain.importing.records import (
    UNKNOWN_DATE,
    CancellationRecord,
    ContractRecord,
    CustomerRecord,
    LeftOut,
    identity_key,
)
from atelogo.register.domain.importing.tables import open_table
from tests.register.domain.importing.steps import only, read_file, whys


@pytest.fixture(scope="module")
def key(test_data: Path) -> list[dict[str, str]]:
    """Return the answer key of the messy exports."""
    path = test_data / "br_messy_exports" / "verdade_canonica.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def telco(test_data: Path) -> Path:
    """Return the telco workbook."""
    return test_data / "telco_ibm_extended" / "Telco_customer_churn.xlsx"


def _facts(record: CancellationRecord) -> tuple[str | None, object, int | None, str | None]:
    return record.customer_id, record.date.value, record.amount_minor, record.reason


def _true_facts(row: dict[str, str]) -> tuple[str, dt.date, int, str]:
    cents = round(float(row["mensalidade"]) * 100)
    return row["codigo"], dt.date.fromisoformat(row["data_cancelamento"]), cents, row["motivo"]


def test_the_utf16_export_equals_its_answer_key(test_data: Path, key: list[dict[str, str]]) -> None:
    """B: 1,869 rows with the key's code, date, value and reason, none left out, none rejected."""
    outcomes = read_file(test_data / "br_messy_exports" / "B_cancelamentos_utf16.txt")
    records = only(outcomes, CancellationRecord)
    assert len(outcomes) == len(records) == 1869
    assert [_facts(record) for record in records] == [_true_facts(row) for row in key]
    assert [record.name for record in records] == [row["nome"] for row in key]
    assert [record.document and record.document.number for record in records] == [
        row["documento"] for row in key
    ]
    assert sum(record.amount_minor or 0 for record in records) == 13913085
    assert not any(record.flags for record in records)


def test_the_doubly_encoded_export_equals_its_answer_key(test_data: Path, key: list[dict[str, str]]) -> None:
    """C: 600 rows with the key's code, date, value and reason; two names lack a letter lost for good."""
    outcomes = read_file(test_data / "br_messy_exports" / "C_cancelamentos_mojibake.csv")
    records = only(outcomes, CancellationRecord)
    assert len(outcomes) == len(records) == 600
    assert [_facts(record) for record in records] == [_true_facts(row) for row in key[:600]]
    assert sum(record.amount_minor or 0 for record in records) == 4537865
    wrong = [
        (record, row["nome"]) for record, row in zip(records, key, strict=False) if record.name != row["nome"]
    ]
    assert [(record.name, name) for record, name in wrong] == [
        ("\ufffdsis Vieira", "Ísis Vieira"),
        ("\ufffdgatha Cassiano", "Ágatha Cassiano"),
    ]
    flagged = [record for record in records if record.flags]
    assert flagged == [record for record, _ in wrong]
    assert {record.flags for record in flagged} == {("name_damaged",)}


def test_right_notes_beside_doubly_encoded_names_stay_right(test_data: Path) -> None:
    """C: notes that were encoded once keep their accents, their lines and their quotes."""
    records = only(
        read_file(test_data / "br_messy_exports" / "C_cancelamentos_mojibake.csv"), CancellationRecord
    )
    notes = Counter(record.notes for record in records)
    assert notes == {None: 533, 'cliente ligou\nnão aceitou oferta; "muito caro"': 67}


def test_lines_are_those_of_the_file(test_data: Path) -> None:
    """C: a record's line is the physical line on which its row begins, notes of two lines included."""
    path = test_data / "br_messy_exports" / "C_cancelamentos_mojibake.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    for record in only(read_file(path), CancellationRecord):
        assert lines[record.line - 1].startswith(str(record.customer_id))


def test_the_answer_key_itself_reads_as_all_three_kinds(test_data: Path, key: list[dict[str, str]]) -> None:
    """A clean UTF-8 file with points for decimals gives customers, contracts and cancellations alike."""
    path = test_data / "br_messy_exports" / "verdade_canonica.csv"
    customers = only(read_file(path, "customers"), CustomerRecord)
    assert Counter(record.kind for record in customers) == {"person": 1651, "company": 218}
    assert [record.phone for record in customers] == [row["telefone"] for row in key]
    contracts = only(read_file(path, "contracts"), ContractRecord)
    assert [record.plan for record in contracts] == [row["plano"] for row in key]
    assert {record.interval for record in contracts} == {"month"}
    cancellations = only(read_file(path), CancellationRecord)
    assert [_facts(record) for record in cancellations] == [_true_facts(row) for row in key]


def test_the_telco_workbook_holds_1869_cancellations_by_itself(telco: Path) -> None:
    """20 reasons in the file's spelling with the file's counts, 139,130.85 a month, dates unknown."""
    outcomes = read_file(telco)
    records = only(outcomes, CancellationRecord)
    rows = CalamineWorkbook.from_path(str(telco)).get_sheet_by_index(0).to_python()
    place = rows[0].index("Churn Reason")
    assert len(records) == 1869
    assert Counter(record.reason for record in records) == Counter(
        row[place] for row in rows[1:] if row[place]
    )
    assert len({record.reason for record in records}) == 20
    assert sum(record.amount_minor or 0 for record in records) == 13913085
    assert all(record.date is UNKNOWN_DATE for record in records)
    assert whys(outcomes) == {"not_cancelled": 5174}
    assert len({identity_key(record) for record in records}) == 1869


def test_the_telco_workbook_holds_7043_customers_and_contracts(telco: Path) -> None:
    """Every row is a customer and a monthly contract numbered as its customer; nobody has a name."""
    customers = only(read_file(telco, "customers"), CustomerRecord)
    contracts = only(read_file(telco, "contracts"), ContractRecord)
    assert len(customers) == len(contracts) == 7043
    assert len({record.external_id for record in customers}) == 7043
    assert [record.contract_number for record in contracts] == [record.external_id for record in customers]
    assert {record.flags for record in customers} == {()}
    assert Counter(record.product for record in contracts) == {"Fiber optic": 3096, "DSL": 2421, "No": 1526}
    assert {record.plan for record in contracts} == {"Month-to-month", "One year", "Two year"}


def test_telco_columns_that_mean_nothing_here_stay_unmapped(telco: Path) -> None:
    """Count, Lat Long and the like feed no field; places are not kept as custom fields either."""
    suggested = suggest_mapping(open_table(telco), "cancellations")
    mapped = {guess.column: guess.field for guess in suggested.guesses if guess.field}
    assert mapped == {
        "CustomerID": "customer_id",
        "State": "state",
        "City": "city",
        "Internet Service": "product",
        "Contract": "plan",
        "Monthly Charges": "amount",
        "Churn Reason": "reason",
    }
    assert not {"Count", "Country", "Lat Long", "Latitude", "Longitude", "Gender"} & set(
        suggested.mapping.extra
    )
    assert suggested.mapping.selector is not None
    assert suggested.mapping.selector.column == "Churn Label"


def test_the_gas_price_file_sniffs_right(test_data: Path) -> None:
    """ANP: byte-order mark, semicolons, decimal commas, CNPJ after a space, an empty column, 18,652 rows."""
    path = test_data / "br_anp_glp_prices" / "ultimas-4-semanas-glp.csv"
    table = open_table(path)
    assert (table.dialect.encoding, table.dialect.separator) == ("utf-8-sig", ";")
    assert table.header[0] == "Regiao - Sigla"
    assert len(table.header) == 16
    suggested = suggest_mapping(table, "customers")
    assert suggested.mapping.columns["document"] == ("CNPJ da Revenda",)
    records = only(read_file(path, "customers"), CustomerRecord)
    assert len(records) == 18652
    assert {record.kind for record in records} == {"company"}


def test_a_customer_may_cancel_many_times(test_data: Path) -> None:
    """Streaming: 10,000 cancellations, each with its own id, of 1,000 customers, 4 reasons."""
    records = only(read_file(test_data / "streaming_abp_ptbr" / "cancelamentos.csv"), CancellationRecord)
    assert len(records) == 10000
    assert len({record.external_id for record in records}) == 10000
    assert len({record.customer_id for record in records}) == 1000
    assert len({identity_key(record) for record in records}) == 10000
    assert Counter(record.reason for record in records)["Muito caro"] == 2437


def test_streaming_customers_and_prices_read_too(test_data: Path) -> None:
    """50,000 users with name and e-mail; a price list of three rows is no table of cancellations."""
    users = only(read_file(test_data / "streaming_abp_ptbr" / "usuarios.csv", "customers"), CustomerRecord)
    assert len(users) == 50000
    assert all(record.email and record.name and record.external_id for record in users)


def test_the_classic_telco_file_says_who_left_by_yes_and_no(test_data: Path) -> None:
    """The CSV without reasons still gives 1,869 cancellations; the others are left out, none rejected."""
    outcomes = read_file(test_data / "telco_ibm_classic" / "Telco-Customer-Churn.csv")
    assert len(only(outcomes, CancellationRecord)) == 1869
    assert len(only(outcomes, LeftOut)) == 5174


def test_the_bank_file_prefers_exited_to_active(test_data: Path) -> None:
    """`Exited` says who left; `IsActiveMember` does not."""
    outcomes = read_file(test_data / "churn_bank" / "Churn_Modelling.csv")
    assert len(only(outcomes, CancellationRecord)) == 2037
