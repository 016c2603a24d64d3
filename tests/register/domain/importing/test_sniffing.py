from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from atelogo.register.domain.importing.decoding import check_encoding, find_encoding, open_text, without_mark
from atelogo.register.domain.importing.problems import ImportProblemError
from atelogo.register.domain.importing.sniffing import sniff
from atelogo.register.domain.importing.tables import open_table

TEXT = "Código;Nome;Motivo\r\n1;João;Preço\r\n2;Conceição;Não sabe\r\n"


def save(folder: Path, content: bytes) -> Path:
    """Write bytes to a file."""
    path = folder / "file"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "encoding, label",
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252"), ("cp850", "cp850"),
        ("mac-roman", "mac-roman"), ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"),
        ("utf-16", "utf-16-le"), ("utf-32", "utf-32"),
    ],
)  # fmt: skip
def test_encodings_are_found(encoding: str, label: str, tmp_path: Path) -> None:
    """With or without a byte-order mark, the encoding of a Portuguese text is found."""
    path = save(tmp_path, (TEXT * 20).encode(encoding))
    assert find_encoding(path) == label
    with open_text(path, label) as stream:
        assert without_mark(stream.read()) == TEXT * 20


def test_one_odd_byte_at_the_far_end_is_no_accident(tmp_path: Path) -> None:
    """A file of 3 MB in UTF-8 with one cp1252 letter in its last row is read to the end, that letter too."""
    path = save(tmp_path, (TEXT * 50_000).encode("utf-8") + "9;Andr\xe9;Caro\r\n".encode("cp1252"))
    assert find_encoding(path) == "utf-8+cp1252"
    *_, (_, last) = open_table(path).rows()
    assert last == ["9", "André", "Caro"]


def test_ascii_with_a_late_accent_is_cp1252(tmp_path: Path) -> None:
    """The whole file decides, not its beginning."""
    path = save(tmp_path, b"Codigo;Nome\r\n" + b"1;Ana\r\n" * 400_000 + "2;Jo\xe3o\r\n".encode("latin-1"))
    assert find_encoding(path) == "cp1252"


def test_a_false_mark_is_not_believed(tmp_path: Path) -> None:
    """Two bytes that look like UTF-16 before text of one byte a letter do not make it UTF-16."""
    assert find_encoding(save(tmp_path, b"\xff\xfe" + TEXT.encode("cp1252"))) == "cp1252"


def test_marks_are_taken_off_however_decoded() -> None:
    """A byte-order mark that was itself encoded again is no part of the first name."""
    assert without_mark("\ufeffï»¿Código") == "Código"


@pytest.mark.parametrize("label", ["klingon", "hex", "idna", "rot13", "unicode_escape", "", "utf-8\0"])
def test_an_unknown_encoding_is_told(label: str) -> None:
    """What is no text encoding is refused by name."""
    with pytest.raises(ImportProblemError) as caught:
        check_encoding(label)
    assert caught.value.code == "encoding_unknown"


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_separators_are_found(separator: str, tmp_path: Path) -> None:
    """Each usual separator is found by its regular columns."""
    text = TEXT.replace(";", separator) * 3
    assert sniff(save(tmp_path, text.encode())).separator == separator


def test_decimal_commas_are_no_separator(tmp_path: Path) -> None:
    """Semicolons win although every row has one comma."""
    text = "codigo;valor\n" + "".join(f"{n};{n},50\n" for n in range(50))
    assert sniff(save(tmp_path, text.encode())).separator == ";"


def test_a_preamble_does_not_hide_the_separator(tmp_path: Path) -> None:
    """Lines of prose with commas above the table do not count."""
    text = "Relatório, emitido em Recife, sexta\nFiltro: ativos, todos\n\n" + TEXT
    dialect = sniff(save(tmp_path, text.encode()))
    assert (dialect.separator, open_table(tmp_path / "file").header_line) == (";", 4)


def test_a_sep_line_is_obeyed(tmp_path: Path) -> None:
    """`sep=^` names any separator and is no row."""
    dialect = sniff(save(tmp_path, b"sep=^\r\ncodigo^nome\r\n1^Ana\r\n"))
    assert (dialect.separator, dialect.skip_lines) == ("^", 1)


def test_single_quotes_may_quote(tmp_path: Path) -> None:
    """Some systems quote by apostrophes."""
    text = "'codigo','nome','motivo'\n" + "'1','Ana, Lima','Caro'\n" * 5
    assert sniff(save(tmp_path, text.encode())).quote == "'"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_wrapped_by_a_second_export_are_told_from_quoted_cells(end: str, tmp_path: Path) -> None:
    """A line that is one quoted cell is wrapped; a line of quoted cells is not."""
    quoted = [f'"{n}","Ana ""Nana"" Lima","Caro"' for n in range(9)]
    wrapped = ['"' + line.replace('"', '""') + '"' for line in quoted]
    assert not sniff(save(tmp_path, end.join(quoted).encode())).wrapped
    assert sniff(save(tmp_path, end.join(wrapped).encode())).wrapped


def test_what_the_person_says_wins(tmp_path: Path) -> None:
    """A given encoding and separator are used as they are."""
    dialect = sniff(save(tmp_path, TEXT.encode("cp1252")), encoding="Latin-1", separator=",")
    assert (dialect.encoding, dialect.separator) == ("latin-1", ",")


@pytest.mark.parametrize(
    "content, code, detail",
    [
        (b"", "file_empty", ""), (b" \r\n\r\n", "file_empty", ""), (b"\xef\xbb\xbf", "file_empty", ""),
        (b"%PDF-1.7 ...", "file_format_unknown", "PDF"), (b"\x89PNG\r\n", "file_format_unknown", "PNG"),
        (b'[{"a": 1}]', "file_format_unknown", "JSON"),
        (b"<html><table>", "file_format_unknown", "HTML/XML"),
        (b"PK\x03\x04 not really", "file_unreadable", ""),
        (b"\x00\x01\x02\x03\x04\x05" * 50, "file_format_unknown", "binary"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file_unreadable", ""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "file_encrypted", ""),
    ],
)  # fmt: skip
def test_what_is_no_table_is_told(content: bytes, code: str, detail: str, tmp_path: Path) -> None:
    """Other formats, empty, damaged and locked files have their own codes."""
    with pytest.raises(ImportProblemError) as caught:
        open_table(save(tmp_path, content))
    assert (caught.value.code, caught.value.detail) == (code, detail)


def test_a_zip_that_is_no_workbook_is_told(tmp_path: Path) -> None:
    """A plain archive is not mistaken for a spreadsheet."""
    path = tmp_path / "file.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "a;b")
    with pytest.raises(ImportProblemError) as caught:
        open_table(path)
    assert (caught.value.code, caught.value.detail) == ("file_format_unknown", "ZIP")


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook that would unpack beyond the limit is refused by its own table of contents."""
    monkeypatch.setattr("atelogo.register.domain.importing.sniffing._LARGEST_UNPACKED", 1000)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "0" * 2000)
    with pytest.raises(ImportProblemError) as caught:
        sniff(path)
    assert caught.value.code == "file_too_large"
