from __future__ import annotations

from pathlib import Path

import pytest

from atelogo.register.domain.importing.columns import Suggested, suggest_mapping
from atelogo.register.domain.importing.fields import field_types, fields_of, known_names, vocabulary
from atelogo.register.domain.importing.headers import header_words, split_joined
from atelogo.register.domain.importing.records import KINDS, RECORD_CLASSES, Kind
from atelogo.register.domain.importing.tables import open_table
from tests.register.domain.importing.messy import people, separated, table


def suggest(folder: Path, text: str, kind: Kind = "cancellations") -> Suggested:
    """Suggest a mapping for a text."""
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    return suggest_mapping(open_table(path), kind)


@pytest.mark.parametrize(
    "name, words",
    [
        ("Dt. Cancel.", ("data", "cancelamento")),
        ("VLR_MENSAL (R$)", ("valor", "mensal")),
        ("Nº do Contrato", ("numero", "contrato")),
        ("MonthlyCharges", ("monthly", "charge")),
        ("customerID", ("customer", "id")),
        ("razÃ£o social", ("razao", "social")),
        ("E-mail", ("email",)),
        ("Telefone1", ("telefone", "1")),
        ("CPF ou CNPJ", ("cpf", "cnpj")),
        ("Data\ncancelamento", ("data", "cancelamento")),
        ("", ()),
    ],
)
def test_column_names_become_words(name: str, words: tuple[str, ...]) -> None:
    """Abbreviations are written out, small words and units go, joined cases come apart."""
    assert header_words(name) == words


@pytest.mark.parametrize(
    "name, words",
    [
        ("dtcancelamento", ("data", "cancelamento")),
        ("codcliente", ("codigo", "cliente")),
        ("qwertyuiop", ()),
        ("id", ()),
    ],
)
def test_joined_names_are_cut_at_known_words(name: str, words: tuple[str, ...]) -> None:
    """A name without spaces is cut only where every piece is a known word."""
    assert split_joined(name, vocabulary()) == words


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_a_field_of_the_record(kind: Kind) -> None:
    """What can be mapped is what a record holds, and no sure name stands for two fields of a kind."""
    record = {name.removesuffix("_minor") for name in RECORD_CLASSES[kind].__dataclass_fields__}
    assert set(field_types(kind)) <= record
    strong = {
        (words, field.name) for field in fields_of(kind) for words, weight in field.names if weight == 1
    }
    assert len(strong) == len({words for words, _ in strong})
    assert frozenset() not in known_names()


@pytest.mark.parametrize(
    "header, field",
    [
        ("Data do Cancelamento", "date"), ("Dt. Cancel.", "date"), ("cancelado em", "date"),
        ("DATA_BAIXA", "date"), ("Cancellation Date", "date"), ("cancelled_at", "date"),
        ("Fecha de baja", "date"), ("Data", "date"), ("dtcancelamento", "date"),
        ("Data de Desligamento", "date"), ("Data e hora do cancelamento", "date"),
    ],
)  # fmt: skip
def test_names_of_the_cancellation_date(header: str, field: str, tmp_path: Path) -> None:
    """The date of the cancellation goes by many names."""
    suggested = suggest(tmp_path, f"Código;{header};Motivo\n1;13/02/2024;Caro\n2;14/02/2024;Caro\n")
    assert suggested.mapping.columns[field] == (header,)


@pytest.mark.parametrize(
    "header",
    [
        "Mensalidade",
        "Vlr Mensal",
        "Valor (R$)",
        "Valor do Plano",
        "Monthly Charges",
        "MRR",
        "Importe mensual",
        "Preço",
    ],
)
def test_names_of_the_monthly_value(header: str, tmp_path: Path) -> None:
    """The monthly value goes by many names."""
    suggested = suggest(tmp_path, f"Código;{header};Motivo\n1;53,85;Caro\n2;10,00;Caro\n")
    assert suggested.mapping.columns["amount"] == (header,)


@pytest.mark.parametrize(
    "header", ["Valor Total", "Multa", "Total Charges", "Saldo devedor", "Valor da multa", "CLTV"]
)
def test_other_money_is_no_monthly_value(header: str, tmp_path: Path) -> None:
    """Totals, fines and debts are not what was charged each month."""
    assert "amount" not in suggest(tmp_path, f"Código;{header};Motivo\n1;53,85;Caro\n").mapping.columns


def test_the_content_settles_what_the_name_leaves_open(tmp_path: Path) -> None:
    """A column "Cliente" is a name where people stand in it, an id where numbers do."""
    named = suggest(tmp_path, "Código;Cliente;Motivo\n1;Ana Lima;Caro\n2;Bia Sá;Caro\n")
    numbered = suggest(tmp_path, "Cliente;Motivo\n1001;Caro\n1002;Caro\n")
    assert named.mapping.columns["name"] == ("Cliente",)
    assert numbered.mapping.columns["customer_id"] == ("Cliente",)


def test_the_own_id_of_a_cancellation_is_not_the_customers(tmp_path: Path) -> None:
    """Beside a customer's id, a plain id is the cancellation's own, and so is id_cancelamento."""
    for header in ("id_cancelamento", "id"):
        columns = suggest(tmp_path, f"{header},id_usuario,motivo\n1,7,Caro\n2,8,Caro\n").mapping.columns
        assert (columns["external_id"], columns["customer_id"]) == ((header,), ("id_usuario",))


def test_content_against_the_name_is_not_mapped(tmp_path: Path) -> None:
    """A column called "Data" that holds no dates, or "Valor" that holds no numbers, feeds no field."""
    columns = suggest(
        tmp_path, "Código;Data;Valor;Motivo\n1;alto;baixo;Caro\n2;baixo;alto;Caro\n"
    ).mapping.columns
    assert set(columns) == {"customer_id", "reason"}


def test_a_contract_of_few_values_is_a_plan(tmp_path: Path) -> None:
    """A column "Contract" with the same three words in every row is a kind of plan, not a number."""
    rows = "".join(f"{n};{('Mensal', 'Anual')[n % 2]};9,90\n" for n in range(40))
    columns = suggest(tmp_path, "Código;Contrato;Mensalidade\n" + rows, "contracts").mapping.columns
    assert columns["plan"] == ("Contrato",)
    assert "contract_number" not in columns


def test_a_monthly_value_makes_a_monthly_contract(tmp_path: Path) -> None:
    """The interval comes from the value's name; a column of commitments does not change it."""
    text = "Contrato;Cliente;Mensalidade;Periodicidade\n100;Ana Lima;9,90;Anual\n101;Bia Sá;9,90;Mensal\n"
    mapping = suggest(tmp_path, text, "contracts").mapping
    assert mapping.constants == {"interval": "month"}
    assert "interval" not in mapping.columns


def test_first_and_last_names_are_joined(tmp_path: Path) -> None:
    """Two columns make one name, and area code and number one phone."""
    text = "Last Name,First Name,DDD,Telefone,Reason\nDoe,John,81,97064-3907,Price\n"
    suggested = suggest(tmp_path, text)
    assert suggested.mapping.columns["name"] == ("First Name", "Last Name")
    assert suggested.mapping.columns["phone"] == ("DDD", "Telefone")
    assert {guess.column: guess.field for guess in suggested.guesses}["Last Name"] == "name"


def test_personal_columns_are_not_kept_by_the_way(tmp_path: Path) -> None:
    """Birth dates, other papers, addresses and contacts without a field are no custom fields."""
    text = (
        "Código;Nome;Nascimento;RG;Endereço;E-mail 2;Cidade de instalação;Motivo;Velocidade contratada\n"
        "1;Ana Lima;01/02/1980;123;Rua A;a@b.com;Recife;Caro;300\n"
        "2;Bia;03/04/1990;124;Rua B;c@d.com;Olinda;Caro;500\n"
    )
    suggested = suggest(tmp_path, text)
    whys = {guess.column: guess.why for guess in suggested.guesses if guess.field is None}
    assert whys["Nascimento"] == "ignored"
    assert whys["RG"] == "ignored"
    assert whys["Endereço"] == "personal"
    assert not set(suggested.mapping.extra) & {"Nascimento", "RG", "Endereço", "E-mail 2"}


def test_columns_that_say_nothing_are_not_kept(tmp_path: Path) -> None:
    """A column that is blank, or the same in every row, is no custom field."""
    rows = "".join(f"{n};Caro;BR;;{n % 5}\n" for n in range(30))
    suggested = suggest(tmp_path, "Código;Motivo;Empresa X;Vazia;Grupo\n" + rows)
    assert suggested.mapping.extra == ("Grupo",)


def test_a_file_without_names_of_columns_is_read_by_content(tmp_path: Path) -> None:
    """Without a header the columns are known by what they hold, or not at all."""
    suggested = suggest(tmp_path, separated(table(people())))
    assert {field: given[0] for field, given in suggested.mapping.columns.items()} == {
        "customer_id": "#1",
        "name": "#2",
        "document": "#3",
        "phone": "#4",
        "date": "#5",
        "amount": "#6",
        "reason": "#7",
    }


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    """Without any identification nothing can be imported; without reason or date there are warnings."""
    suggested = suggest(tmp_path, "Cor;Tamanho\nazul;grande\n")
    assert suggested.missing == ("identification_unmapped",)
    assert suggested.warnings == ("reason_unmapped", "date_unmapped", "name_unmapped")


@pytest.mark.parametrize(
    "cell, currency", [("R$ 10,00", "BRL"), ("US$ 10.00", "USD"), ("€ 10,00", "EUR"), ("10,00", "BRL")]
)
def test_the_currency_is_the_one_written(cell: str, currency: str, tmp_path: Path) -> None:
    """The sign before the amounts says the currency; without one it is the real."""
    assert suggest(tmp_path, f"Código;Valor\n1;{cell}\n2;{cell}\n").mapping.source.currency == currency


@pytest.mark.parametrize(
    "header", ["Data Desativação", "Data da solicitação", "Data do Pedido de Cancelamento"]
)
def test_an_only_date_is_the_cancellations(header: str, tmp_path: Path) -> None:
    """Where a file has one date, it dates the cancellation, whatever its name; beside another not."""
    alone = suggest(tmp_path, f"ID;{header};Motivo\n1;13/02/2024;Caro\n2;14/02/2024;Caro\n")
    assert alone.mapping.columns == {"customer_id": ("ID",), "date": (header,), "reason": ("Motivo",)}
    assert {guess.column: guess.field for guess in alone.guesses}[header] == "date"
    rows = "1;13/02/2024;15/02/2024\n2;14/02/2024;16/02/2024\n"
    both = suggest(tmp_path, f"ID;{header};Cancelado em\n{rows}")
    assert both.mapping.columns["date"] == ("Cancelado em",)


@pytest.mark.parametrize(
    "header", ["Motivo informado pelo cliente", "Motivo / Observação", "Motivo (retenção)"]
)
def test_a_reason_by_any_longer_name(header: str, tmp_path: Path) -> None:
    """A column whose name begins with the reason is the reason."""
    assert suggest(tmp_path, f"ID;{header}\n1;Caro\n2;Mudou\n").mapping.columns["reason"] == (header,)
