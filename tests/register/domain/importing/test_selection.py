from __future__ import annotations

from pathlib import Path

import pytest

from atelogo.register.domain.importing.records import CancellationRecord
from tests.register.domain.importing.steps import only, read_text, whys


def _codes(folder: Path, text: str) -> list[str | None]:
    return [record.customer_id for record in only(read_text(folder, text), CancellationRecord)]


@pytest.mark.parametrize(
    "header, left, stays",
    [
        ("Churn", "Yes", "No"), ("Churn Label", "1", "0"), ("Cancelado?", "Sim", "Não"),
        ("Exited", "1", "0"), ("Situação", "Cancelado", "Ativo"), ("Status", "INATIVO", "ativo"),
        ("status_cliente", "Desligado", "Em dia"), ("Ativo", "N", "S"), ("Active", "false", "true"),
    ],
)  # fmt: skip
def test_a_column_says_who_left(header: str, left: str, stays: str, tmp_path: Path) -> None:
    """Of a file of all customers only those who left are cancellations; the others are left out."""
    text = f"Código;{header};Plano\n1;{left};A\n2;{stays};A\n3;{stays};B\n4;{left};B\n"
    assert _codes(tmp_path, text) == ["1", "4"]
    assert whys(read_text(tmp_path, text)) == {"not_cancelled": 2}


def test_a_file_of_cancellations_alone_needs_no_column(tmp_path: Path) -> None:
    """Where every row is cancelled, no row is left out."""
    assert _codes(tmp_path, "Código;Situação;Motivo\n1;Cancelado;Caro\n2;Cancelado;Caro\n") == ["1", "2"]


def test_a_date_only_some_have_says_who_left(tmp_path: Path) -> None:
    """Where many rows have neither date nor reason, they are customers who stay."""
    stay = "".join(f"{n};A;;\n" for n in range(10, 20))
    assert _codes(
        tmp_path, f"Código;Plano;Data Cancelamento;Motivo\n1;A;13/02/2024;Caro\n{stay}2;A;14/02/2024;\n"
    ) == ["1", "2"]


def test_a_reason_without_a_date_is_a_cancellation(tmp_path: Path) -> None:
    """Where rows without a date give reasons, a blank date is an unknown date: nothing is left out."""
    rows = "".join(f"{n};A;;Caro\n" for n in range(10, 20))
    assert len(_codes(tmp_path, f"Código;Plano;Data Cancelamento;Motivo\n1;A;13/02/2024;Caro\n{rows}")) == 11
