from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from atelogo.register.domain.importing.mapping import Mapping, Selector, Source
from atelogo.register.domain.importing.problems import ImportProblemError
from atelogo.register.domain.importing.reading import compile_reader
from atelogo.register.domain.importing.records import (
    UNKNOWN_DATE,
    CancellationRecord,
    ContractRecord,
    CustomerRecord,
    LeftOut,
    LocalDate,
    Outcome,
    Rejected,
)
from atelogo.register.domain.importing.tables import open_table
from tests.register.domain.importing.steps import only, read_text, whys

HEADER = "Código;Nome;CPF;Data Cancelamento;Mensalidade;Motivo\n"
GOOD = "1001;Ana Lima;45945515647;13/02/2024;53,85;Caro\n1002;Bia Sá;;14/02/2024;10,00;Mudou\n"


def one(folder: Path, row: str) -> Outcome:
    """Read one row below two good ones."""
    return read_text(folder, HEADER + GOOD + row + "\n")[2]


@pytest.mark.parametrize(
    "row, codes, fields",
    [
        ("1003;Cau;;31/02/2024;5,00;Caro", ("date_invalid",), ("date",)),
        ("1003;Cau;;15/02/2024;cinco;Caro", ("amount_invalid",), ("amount",)),
        ("1003;Cau;;15/02/2024;(5,00);Caro", ("amount_negative",), ("amount",)),
        ("1003;Cau;;ontem;cinco;Caro", ("date_invalid", "amount_invalid"), ("date", "amount")),
        (";;;15/02/2024;5,00;Caro", ("identification_missing",), ("",)),
        (";;11111111111;15/02/2024;5,00;Caro", ("document_invalid",), ("document",)),
        (";;4,59455E+10;15/02/2024;5,00;Caro", ("document_scientific",), ("document",)),
        ("1,23E+12;Cau;;15/02/2024;5,00;Caro", ("id_damaged",), ("customer_id",)),
        ("1003;;;;;", ("row_incomplete",), ("",)),
        ("1003;Cau;;15/02/2024", ("columns_missing",), ("",)),
        ("1003;Cau;;15/02/2024;5,00;Muito;caro", ("columns_excess",), ("",)),
    ],
)
def test_what_makes_a_row_unusable(
    row: str, codes: tuple[str, ...], fields: tuple[str, ...], tmp_path: Path
) -> None:
    """A row that cannot be used is rejected whole, with every reason and the field of each."""
    assert one(tmp_path, row) == Rejected(4, codes, fields)


@pytest.mark.parametrize(
    "row, why",
    [
        (";;;;;", "row_blank"), (" ; ;;;;", "row_blank"), ("Total;;;;63,85;", "row_total"),
        ("Total Geral:;;;;R$ 63,85;", "row_total"), (";;;SUBTOTAL;63,85;", "row_total"),
        (";;;;63,85;", "row_total"), ("Registros: 2;;;;;", "row_total"),
        ("2 registros encontrados;;;;;", "row_total"), ("Total de clientes: 2;;;;;", "row_total"),
        ("Soma;;;;63,85;", "row_total"), ("Gerado em 03/01/2025 10:22;;;;;", "row_footer"),
        ("Usuário:;maria;;;;", "row_footer"), ("Página 1 de 3;;;;;", "row_footer"),
        ("*** fim ***;;;;;", "row_footer"), ("---;---;---;---;---;---", "row_footer"),
        ("Os valores não incluem impostos.;;;;;", "row_footer"),
        ("Código;Nome;CPF;Data Cancelamento;Mensalidade;Motivo", "row_repeated_header"),
        ("CODIGO;NOME;CPF;DATA CANCELAMENTO;MENSALIDADE;MOTIVO", "row_repeated_header"),
    ],
)  # fmt: skip
def test_rows_that_are_no_records_are_left_out(row: str, why: str, tmp_path: Path) -> None:
    """Blank rows, totals, footers and the header again are left out, each with its why."""
    outcomes = read_text(tmp_path, HEADER + GOOD + row + "\n" + GOOD)
    assert outcomes[2] == LeftOut(4, why)
    assert len(only(outcomes, CancellationRecord)) == 4


@pytest.mark.parametrize(
    "row",
    [
        "1003;Total;;15/02/2024;5,00;Total insatisfação",
        "1003;Total Telecom Ltda;;15/02/2024;5,00;Soma de problemas",
        "Total-1;Registros Cartório;;15/02/2024;5,00;Fim do contrato",
        "1003;Empresa: X;;15/02/2024;;",
    ],
)
def test_people_who_sound_like_totals_stay(row: str, tmp_path: Path) -> None:
    """A customer or reason that holds such a word is a record when the row holds more."""
    assert isinstance(one(tmp_path, row), CancellationRecord)


def test_what_is_flagged_and_kept(tmp_path: Path) -> None:
    """A bad document beside a name, a damaged name, a rounded value: imported, told, nothing invented."""
    record = one(tmp_path, "1003;Jo?o da Concei\ufffd\ufffdo;11111111111;15/02/2024;5,005;Caro")
    assert isinstance(record, CancellationRecord)
    assert record.flags == ("name_damaged", "document_invalid", "amount_rounded")
    assert (record.name, record.document, record.amount_minor) == ("Jo?o da Concei\ufffd\ufffdo", None, 501)


@pytest.mark.parametrize("reason", ["", "-", "N/A", "n/d", "Sem motivo", "null", "não informado", "  "])
def test_a_row_without_a_reason_is_imported(reason: str, tmp_path: Path) -> None:
    """A blank reason, in all its spellings, is None: not informed."""
    record = one(tmp_path, f"1003;Cau Reis;;15/02/2024;5,00;{reason}")
    assert isinstance(record, CancellationRecord)
    assert record.reason is None


def test_a_row_without_a_date_is_imported_unknown(tmp_path: Path) -> None:
    """A blank date stays unknown."""
    record = one(tmp_path, "1003;Cau Reis;;;5,00;Caro")
    assert isinstance(record, CancellationRecord)
    assert record.date is UNKNOWN_DATE


def test_free_text_cut_by_separators_is_joined(tmp_path: Path) -> None:
    """Separators inside an unquoted last note do not lose the row."""
    text = "Código;Data;Motivo;Obs\n1;13/02/2024;Caro;disse; que; caro\n2;14/02/2024;Caro;\n"
    record = only(read_text(tmp_path, text), CancellationRecord)[0]
    assert (record.notes, record.flags) == ("disse; que; caro", ("columns_joined",))


def test_short_rows_are_usual_in_some_files(tmp_path: Path) -> None:
    """Where trailing empty cells are left away, short rows are read; a row cut before its facts is not."""
    rows = "".join(f"{n};Ana Lima;13/02/2024\n" for n in range(10))
    outcomes = read_text(tmp_path, f"Código;Nome;Data;Motivo;Obs\n{rows}99;Cau\n")
    assert len(only(outcomes, CancellationRecord)) == 10
    assert whys(outcomes) == {"columns_missing": 1}


def test_negative_columns_are_a_convention(tmp_path: Path) -> None:
    """Where nearly all values are negative they are what was lost; the odd positive one is rejected."""
    rows = "".join(f"{n};-{n},50;Caro\n" for n in range(10, 30))
    outcomes = read_text(tmp_path, f"Código;Mensalidade;Motivo\n{rows}99;5,00;Caro\n")
    assert only(outcomes, CancellationRecord)[0].amount_minor == 1050
    assert whys(outcomes) == {"amount_negative": 1}


def test_a_mapping_may_say_it_all(tmp_path: Path) -> None:
    """Columns, constants, decimal sign, date order, aliases and selection of a mapping win over guesses."""
    text = "a;b;c;d;e\nx1;02/03/2024;1.234;CARO!;sim\nx2;02/04/2024;2.000;outro;não\n"
    mapping = Mapping(
        kind="cancellations",
        columns={"customer_id": ("A",), "date": ("b",), "amount": ("c",), "reason": ("d",)},
        source=Source(decimal=".", date_order="mdy"),
        constants={"channel": "telefone", "start_date": "01/02/2020"},
        reasons={"caro": "Preço alto"},
        selector=Selector("e", ("Sim",)),
    )
    outcomes = read_text(tmp_path, text, mapping=mapping)
    record = outcomes[0]
    assert isinstance(record, CancellationRecord)
    assert record.date.value == dt.date(2024, 2, 3)
    assert record.start_date == LocalDate(dt.date(2020, 1, 2), "day")
    assert (record.amount_minor, record.flags) == (123, ("amount_rounded",))
    assert (record.reason, record.channel) == ("Preço alto", "telefone")
    assert outcomes[1] == LeftOut(3, "not_cancelled")


@pytest.mark.parametrize(
    "mapping, code, detail",
    [
        (Mapping("customers", {"name": ("Nome",)}), "mapping_kind_differs", "customers"),
        (Mapping("cancellations", {"name": ("Apelido",)}), "mapping_column_unknown", "Apelido"),
        (Mapping("cancellations", {"reason": ("Motivo",)}), "identification_unmapped", ""),
        (
            Mapping("cancellations", {"name": ("Nome",)}, constants={"date": "ontem"}),
            "mapping_constant_invalid",
            "date",
        ),
        (Mapping("cancellations", {"name": ("Nome",)}, extra=("Cor",)), "mapping_column_unknown", "Cor"),
    ],
)
def test_a_mapping_that_does_not_fit_is_told(
    mapping: Mapping, code: str, detail: str, tmp_path: Path
) -> None:
    """What does not fit the file is said before the first row is read."""
    path = tmp_path / "file.csv"
    path.write_text(HEADER + GOOD, encoding="utf-8")
    with pytest.raises(ImportProblemError) as caught:
        compile_reader(mapping, open_table(path), "cancellations")
    assert (caught.value.code, caught.value.detail) == (code, detail)


def test_a_contract_with_everything(tmp_path: Path) -> None:
    """Every field of a contract is found by its usual Portuguese name."""
    text = (
        "Nº Contrato;Cód. Cliente;Cliente;CPF;Produto;Plano;Valor;Periodicidade;Início;"
        "Renovação;Fidelidade até;Situação;"
        "Ref. Cobrança;Equipamento;Nº de Série;Valor Equipamento;Cidade;UF;Canal de venda\n"
        "100;7;Ana Lima;45945515647;Internet;Fibra 300;99,90;Mensal;13/02/2023;13/02/2025;"
        "13/02/2024;Ativo;sub_1;ONU;SN123;"
        "350,00;Recife;pe;Site\n"
    )
    (record,) = only(read_text(tmp_path, text, "contracts"), ContractRecord)
    assert (record.contract_number, record.customer_id, record.name) == ("100", "7", "Ana Lima")
    assert (record.product, record.plan, record.amount_minor, record.interval) == (
        "Internet",
        "Fibra 300",
        9990,
        "month",
    )
    assert [
        str(given.value) for given in (record.start_date, record.renewal_date, record.commitment_until)
    ] == [
        "2023-02-13",
        "2025-02-13",
        "2024-02-13",
    ]
    assert (record.status, record.billing_reference, record.signup_channel) == ("active", "sub_1", "Site")
    assert (record.equipment_kind, record.equipment_serial, record.equipment_value_minor) == (
        "ONU",
        "SN123",
        35000,
    )
    assert (record.city, record.state) == ("Recife", "PE")


def test_a_customer_with_everything(tmp_path: Path) -> None:
    """Every field of a customer is found by its usual Portuguese name; the birth date is not kept."""
    text = (
        "Código;Razão Social;CNPJ;Tipo;E-mail;Telefone;Endereço;Número;Complemento;Bairro;CEP;"
        "Cidade;UF;País;Cliente desde;"
        "Data de Nascimento;Contato\n"
        "1;Padaria Aurora Ltda;11.222.333/0001-81;PJ;a@b.com;(81) 3333-4444;Rua A;10;Loja 2;"
        "Centro;1310100;Recife;pe;Brasil;"
        "13/02/2020;13/02/1980;João Sá\n"
    )
    (record,) = only(read_text(tmp_path, text, "customers"), CustomerRecord)
    assert (record.external_id, record.name, record.kind) == ("1", "Padaria Aurora Ltda", "company")
    assert record.document is not None
    assert (record.email, record.phone) == ("a@b.com", "+558133334444")
    assert (record.street, record.street_number, record.complement, record.district) == (
        "Rua A",
        "10",
        "Loja 2",
        "Centro",
    )
    assert (record.postal_code, record.city, record.state, record.country) == (
        "01310100",
        "Recife",
        "PE",
        "Brasil",
    )
    assert (str(record.since.value), record.contact_name, record.extra) == ("2020-02-13", "João Sá", None)


def test_a_cancellation_with_everything(tmp_path: Path) -> None:
    """Every field of a cancellation is found by its usual Portuguese name."""
    text = (
        "Protocolo,Data Solicitação,Data Cancelamento,Data Efetivação,Cliente,Nº Contrato,"
        "Canal,Motivo,Submotivo,Concorrente,"
        "Observações,Tipo de Cancelamento,Produto,Plano,Cidade,UF,Cliente desde\n"
        "20240001,13/02/2024 14:33,14/02/2024,29/02/2024,Ana Lima,100,Telefone,Preço,Reajuste,"
        'Vivo,"ligou, reclamou",'
        "Voluntário,Internet,Fibra,Recife,PE,01/2020\n"
    )
    (record,) = only(read_text(tmp_path, text), CancellationRecord)
    assert record.declared_date == LocalDate(dt.datetime.fromisoformat("2024-02-13 14:33"), "instant")
    assert (str(record.date.value), str(record.effective_date.value)) == ("2024-02-14", "2024-02-29")
    assert record.start_date == LocalDate(dt.date(2020, 1, 1), "month")
    assert (record.protocol, record.contract_number, record.channel) == ("20240001", "100", "Telefone")
    assert (record.reason, record.secondary_reason, record.competitor) == ("Preço", "Reajuste", "Vivo")
    assert (record.notes, record.end_kind) == ("ligou, reclamou", "customer")
    assert (record.product, record.plan, record.city, record.state) == ("Internet", "Fibra", "Recife", "PE")


def test_a_contract_without_a_number_takes_its_customers(tmp_path: Path) -> None:
    """Where there is no column of contracts, the customer's code numbers the contract."""
    (record,) = only(read_text(tmp_path, "Cod Cliente;Mensalidade\n7;9,90\n", "contracts"), ContractRecord)
    assert (record.contract_number, record.customer_id, record.interval) == ("7", "7", "month")
