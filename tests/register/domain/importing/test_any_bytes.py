"""Any bytes: an answer, never a crash."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atelogo.register.domain.importing.columns import suggest_mapping
from atelogo.register.domain.importing.mapping import Mapping
from atelogo.register.domain.importing.problems import PROBLEMS, ImportProblemError
from atelogo.register.domain.importing.reading import read_table
from atelogo.register.domain.importing.records import KINDS, LeftOut, Rejected, content_key, identity_key
from atelogo.register.domain.importing.tables import open_table
from tests.register.domain.importing.dressings import DRESSINGS
from tests.register.domain.importing.messy import people

PIECES = [
    *(
        b";",
        b",",
        b"\t",
        b"|",
        b'"',
        b"'",
        b"\r",
        b"\n",
        b"\r\n",
        b"\0",
        b"\xff\xfe",
        b"\xc3",
        b"\xef\xbb\xbf",
        b"=",
    ),
    *(
        b"Total",
        b"01/02/2024",
        b"1e999",
        b"9" * 400,
        b"\xed\xa0\x80",
        b'\\"',
        b"sep=;\n",
        b"R$ ",
        b"nan",
        b"\x1a",
    ),
    *(
        "Código;Nome;Motivo\n".encode(),
        b"(" * 90,
        b"1." * 90,
        b"da " * 90,
        b"-" * 90,
        "João".encode("cp1252"),
    ),
]


def answer(path: Path) -> str:
    """Read a file as every kind and check each answer; return the problem's code, or ''."""
    try:
        table = open_table(path)
        assert table.estimate_rows() >= 0
        for kind in KINDS:
            suggested = suggest_mapping(table, kind)
            assert Mapping.from_toml(suggested.mapping.to_toml()) == suggested.mapping
            last = 0
            if suggested.missing:
                continue
            for _, outcome in read_table(suggested.mapping, table, kind):
                assert outcome.line > last
                last = outcome.line
                if isinstance(outcome, Rejected):
                    assert set(outcome.codes) <= set(PROBLEMS)
                elif isinstance(outcome, LeftOut):
                    assert outcome.why in PROBLEMS
                else:
                    assert len(identity_key(outcome)) == len(content_key(outcome)) == 16
    except ImportProblemError as problem:
        return problem.code
    return ""


def answer_bytes(content: bytes) -> str:
    """Write bytes to a file and read it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        return answer(path)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400))
def test_any_bytes(content: bytes) -> None:
    """Whatever bytes a file holds, there is a table or a documented code."""
    assert answer_bytes(content) in {"", *PROBLEMS}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=80))
def test_any_mixture_of_what_files_are_made_of(pieces: list[bytes]) -> None:
    """Separators, quotes, marks, numbers and words in any order are answered."""
    assert answer_bytes(b"".join(pieces)) in {"", *PROBLEMS}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(st.characters(codec="utf-8"), max_size=300),
    st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-32"]),
)
def test_any_text_in_any_encoding(text: str, encoding: str) -> None:
    """Any text below a header is answered in any encoding of Unicode."""
    assert answer_bytes(("Código;Nome;Data;Valor;Motivo\n" + text).encode(encoding)) in {"", *PROBLEMS}


@pytest.mark.parametrize("name", DRESSINGS)
def test_damaged_files(name: str, tmp_path: Path) -> None:
    """Real files with pieces cut out, put in, doubled or overwritten at random are answered."""
    whole = DRESSINGS[name](tmp_path, people(20)).read_bytes()
    draw = random.Random(name)
    for _ in range(8):
        content = bytearray(whole)
        for _ in range(draw.randrange(1, 8)):
            place = draw.randrange(len(content) + 1)
            match draw.randrange(4):
                case 0:
                    content[place : place + 3] = draw.randbytes(draw.randrange(4))
                case 1:
                    content[place:place] = draw.choice(PIECES)
                case 2:
                    del content[place : place + draw.randrange(200)]
                case _:
                    content[place:place] = content[place // 2 : place // 2 + 200]
        assert answer_bytes(bytes(content)) in {"", *PROBLEMS}


@pytest.mark.parametrize(
    "piece", ["t", " ", ", ", "(", "1", "1,", "Ã", "a@", "81 ", "- ", "de ", ";", "*", "?", "\u00a0"]
)
def test_pages_of_one_sign(piece: str) -> None:
    """A cell of 100,000 signs in every column is answered without patterns running wild."""
    cell = '"' + piece * (100_000 // len(piece)) + '"'
    row = ";".join([cell] * 7)
    text = "Código;Nome;CPF;Telefone;E-mail;Data Cancelamento;Mensalidade\n"
    text += "1;Ana;45945515647;81970643907;a@b.com;13/02/2024;5,00\n" * 3 + row + "\n" + row + "\n"
    assert answer_bytes(text.encode()) in {"", *PROBLEMS}
    assert answer_bytes((row + "\n" + row).encode()) in {"", *PROBLEMS}
