from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.register.domain.importing.fields import field_types
from atelogo.register.domain.importing.mapping import Mapping, Selector, Source, header_fingerprint
from atelogo.register.domain.importing.problems import ImportProblemError
from atelogo.register.domain.importing.records import KINDS, Kind

TEXTS = st.text(max_size=30).map(lambda text: text.encode("utf-8", "replace").decode())
WHOLE = """
version = 1
kind = "cancellations"
fingerprint = "abc"
extra = ["Cidade"]

[source]
encoding = "cp1252"
separator = ";"
sheet = "Plan1"
header_line = 5
decimal = ","
date_order = "dmy"
currency = "BRL"

[columns]
customer_id = "Código"
name = ["Nome", "Sobrenome"]
date = "Dt. Cancel."

[constants]
channel = "telefone"

[reasons]
"Mudança de ENDEREÇO." = "Mudança de endereço"

[select]
column = "Situação"
keep = ["Cancelado"]
"""


def test_a_mapping_file_says_all_it_can() -> None:
    """Every entry of the format is read, and spellings of reasons are folded."""
    mapping = Mapping.from_toml(WHOLE)
    assert mapping == Mapping(
        kind="cancellations",
        columns={"customer_id": ("Código",), "name": ("Nome", "Sobrenome"), "date": ("Dt. Cancel.",)},
        source=Source("cp1252", ";", "Plan1", 5, ",", "dmy", "BRL"),
        constants={"channel": "telefone"},
        reasons={"mudanca de endereco": "Mudança de endereço"},
        extra=("Cidade",),
        selector=Selector("Situação", ("Cancelado",)),
        fingerprint="abc",
    )
    assert Mapping.from_toml(mapping.to_toml()) == mapping
    assert Mapping.from_dict(mapping.to_dict()) == mapping


@pytest.mark.parametrize(
    "text, code, detail",
    [
        ("kind = ", "mapping_unreadable", None),
        ('kind = "customers"\nversion = 2', "mapping_version_unknown", ""),
        ('kind = "invoices"', "mapping_kind_unknown", "invoices"),
        ("[columns]", "mapping_kind_unknown", "None"),
        ('kind = "customers"\ncolor = 1', "mapping_key_unknown", "color"),
        ('kind = "customers"\n[source]\ncolor = 1', "mapping_key_unknown", "source.color"),
        ('kind = "customers"\n[source]\ndecimal = ";"', "mapping_value_invalid", "source.decimal"),
        ('kind = "customers"\n[source]\nseparator = "ab"', "mapping_value_invalid", "source.separator"),
        ('kind = "customers"\n[source]\nheader_line = 0', "mapping_value_invalid", "source.header_line"),
        ('kind = "customers"\n[source]\nheader_line = true', "mapping_value_invalid", "source.header_line"),
        ('kind = "customers"\n[source]\ncurrency = "real"', "mapping_value_invalid", "source.currency"),
        ('kind = "customers"\nsource = 3', "mapping_value_invalid", "source"),
        ('kind = "customers"\n[columns]\nreason = "x"', "mapping_field_unknown", "reason"),
        ('kind = "customers"\n[columns]\nname = 3', "mapping_value_invalid", "columns.name"),
        ('kind = "customers"\n[columns]\nname = []', "mapping_value_invalid", "columns.name"),
        ('kind = "customers"\n[columns]\nsince = ["a", "b"]', "mapping_field_repeated", "since"),
        ('kind = "customers"\n[constants]\nreason = "x"', "mapping_field_unknown", "reason"),
        ('kind = "customers"\n[constants]\nname = 1', "mapping_value_invalid", "constants.name"),
        ('kind = "customers"\n[select]\nkeep = ["x"]', "mapping_value_invalid", "select.column"),
        ('kind = "customers"\n[select]\ncolumn = "x"\nwhere = 1', "mapping_key_unknown", "select.where"),
        ("a = " + "[" * 5000, "mapping_unreadable", None),
    ],
)
def test_a_wrong_mapping_file_is_told_by_name(text: str, code: str, detail: str | None) -> None:
    """What is wrong has a code and the name of the entry."""
    with pytest.raises(ImportProblemError) as caught:
        Mapping.from_toml(text)
    assert caught.value.code == code
    assert detail is None or caught.value.detail == detail


@given(st.sampled_from(KINDS), st.data())
def test_every_mapping_survives_its_file(kind: Kind, data: st.DataObject) -> None:
    """Writing a mapping and reading it back gives the same mapping, whatever the columns are called."""
    names = sorted(field_types(kind))
    columns = data.draw(st.dictionaries(st.sampled_from(names), st.tuples(TEXTS)))
    constants = data.draw(st.dictionaries(st.sampled_from(names), TEXTS))
    selector = data.draw(st.none() | st.builds(Selector, TEXTS, st.lists(TEXTS).map(tuple), TEXTS))
    extra = data.draw(st.lists(TEXTS).map(tuple))
    mapping = Mapping(kind, columns, constants=constants, selector=selector, extra=extra)
    assert Mapping.from_toml(mapping.to_toml()) == mapping


@given(st.text(max_size=80))
def test_any_text_is_a_mapping_or_a_problem(text: str) -> None:
    """No text makes the reader fail otherwise than with a code."""
    try:
        Mapping.from_toml(text)
    except ImportProblemError as problem:
        assert problem.code.startswith("mapping_")  # noqa: PT017 - most texts are no mapping, and some are


def test_the_fingerprint_finds_the_same_header() -> None:
    """Case and accents do not change a header's fingerprint; another column does."""
    assert header_fingerprint(("Código", "Nome")) == header_fingerprint(("CODIGO", "nome "))
    assert header_fingerprint(("Código", "Nome")) != header_fingerprint(("Código", "Nome", "CPF"))
