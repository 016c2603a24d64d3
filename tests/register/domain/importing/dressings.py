"""The dressings: each writes the same people as another kind of messy file."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Final

import ftfy.bad_codecs
import xlsxwriter

from tests.register.domain.importing.messy import (
    HEADER,
    Person,
    again,
    american,
    brazilian,
    masked,
    plain,
    separated,
    short_month,
    table,
    workbook,
)

ftfy.bad_codecs.ok()
Dressing = Callable[[Path, list[Person]], Path]
DRESSINGS: Final[dict[str, Dressing]] = {}
LONG_MONTHS: Final = (
    *("janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro"),
    *("outubro", "novembro", "dezembro"),
)


def dressing(write: Dressing) -> Dressing:
    """Add a dressing to the list."""
    DRESSINGS[write.__name__] = write
    return write


def save(path: Path, name: str, content: str, encoding: str = "utf-8") -> Path:
    """Write a text file in an encoding."""
    file = path / name
    file.write_bytes(content.encode(encoding))
    return file


@dressing
def cp1252_with_preamble_totals_and_repeats(path: Path, persons: list[Person]) -> Path:
    """Cp1252 with preamble totals and repeats."""
    rows = table(persons, amount=lambda minor: f"R$ {brazilian(minor)}", document=masked)
    lines = [
        ["Relatório de Cancelamentos"],
        ["Emitido em 03/01/2025 10:22", "", "Usuário: MARIA"],
        [],
        list(HEADER),
        *rows,
    ]
    lines.insert(20, [])
    lines.insert(30, list(HEADER))
    total = sum(one.minor for one in persons)
    lines += [
        ["Total Geral", "", "", "", "", f"R$ {brazilian(total)}", ""],
        [f"Registros: {len(persons)}"],
        [],
    ]
    return save(path, "rel.csv", separated(lines), "cp1252")


@dressing
def utf16_tab_without_mark(path: Path, persons: list[Person]) -> Path:
    """Utf16 tab without mark."""
    rows = [list(HEADER), *table(persons, date=lambda day: day.strftime("%d/%m/%Y 00:00:00"))]
    return save(path, "unicode.txt", separated(rows, "\t"), "utf-16-le")


@dressing
def utf16_big_endian_with_mark(path: Path, persons: list[Person]) -> Path:
    """Utf16 big endian with mark."""
    return save(path, "be.txt", "\ufeff" + separated([list(HEADER), *table(persons)], "\t"), "utf-16-be")


@dressing
def sep_line_and_pipes(path: Path, persons: list[Person]) -> Path:
    """Sep line and pipes."""
    return save(path, "sep.csv", "\ufeffsep=|\r\n" + separated([list(HEADER), *table(persons)], "|"))


@dressing
def encoded_twice(path: Path, persons: list[Person]) -> Path:
    """Encoded twice."""
    rows = table(persons, date=short_month)
    return save(path, "twice.csv", again(separated([list(HEADER), *rows], ",", quoting=csv.QUOTE_ALL)))


@dressing
def encoded_three_times(path: Path, persons: list[Person]) -> Path:
    """Encoded three times."""
    return save(path, "thrice.csv", again(separated([list(HEADER), *table(persons)]), 2))


@dressing
def cells_encoded_twice_in_a_right_file(path: Path, persons: list[Person]) -> Path:
    """Cells encoded twice in a right file."""
    rows = [[again(cell) if n % 2 else cell for cell in row] for n, row in enumerate(table(persons))]
    return save(path, "some.csv", separated([list(HEADER), *rows]))


@dressing
def dos_code_page(path: Path, persons: list[Person]) -> Path:
    """Dos code page."""
    return save(path, "clipper.txt", separated([list(HEADER), *table(persons)]), "cp850")


@dressing
def glued_from_two_encodings(path: Path, persons: list[Person]) -> Path:
    """Glued from two encodings."""
    rows = table(persons)
    first = separated([list(HEADER), *rows[:50]]).encode("utf-8")
    file = path / "glued.csv"
    file.write_bytes(first + separated(rows[50:]).encode("cp1252"))
    return file


@dressing
def lost_zeros_and_floats(path: Path, persons: list[Person]) -> Path:
    """Lost zeros and floats."""
    rows = table(persons, document=lambda digits: f"{int(digits)}.0", amount=lambda minor: plain(minor, "."))
    return save(path, "pandas.csv", separated([list(HEADER), *rows], ",", end="\n"))


@dressing
def database_dump_in_english(path: Path, persons: list[Person]) -> Path:
    """Database dump in english."""
    header = [
        "customer_id",
        "full_name",
        "tax_id",
        "phone_number",
        "cancelled_at",
        "monthly_charges",
        "churn_reason",
    ]
    rows = table(persons, date=lambda day: day.strftime("%m/%d/%Y"), amount=american)
    return save(path, "dump.csv", separated([header, *rows], ",", end="\n"))


@dressing
def spanish_headers(path: Path, persons: list[Person]) -> Path:
    """Spanish headers."""
    header = [
        "Código cliente",
        "Nombre",
        "Documento",
        "Teléfono",
        "Fecha de baja",
        "Importe mensual",
        "Motivo de la baja",
    ]
    return save(path, "bajas.csv", separated([header, *table(persons)], "|", end="\n"))


@dressing
def joined_capital_headers(path: Path, persons: list[Person]) -> Path:
    """Joined capital headers."""
    header = [
        "CODCLIENTE",
        "NMCLIENTE",
        "CPFCNPJ",
        "TELEFONE",
        "DTCANCELAMENTO",
        "VLRMENSALIDADE",
        "MOTIVOCANCELAMENTO",
    ]
    rows = table(persons, date=lambda day: day.strftime("%Y%m%d"))
    return save(path, "erp.txt", separated([header, *rows], ";"))


@dressing
def every_line_wrapped_in_quotes(path: Path, persons: list[Person]) -> Path:
    """Every line wrapped in quotes."""
    lines = separated([list(HEADER), *table(persons)], ",", end="\n").splitlines()
    wrapped = ['"' + line.replace('"', '""') + '"' for line in lines]
    return save(path, "wrapped.csv", "\r\n".join(wrapped) + "\r\n")


@dressing
def decimal_comma_not_quoted_in_commas(path: Path, persons: list[Person]) -> Path:
    """Decimal comma not quoted in commas."""
    lines = [",".join(HEADER)] + [
        ",".join(cell.replace(",", ".") if n != 5 else cell for n, cell in enumerate(row))
        for row in table(persons)
    ]
    return save(path, "comma.csv", "\n".join(lines) + "\n", "cp1252")


@dressing
def trailing_blanks_everywhere(path: Path, persons: list[Person]) -> Path:
    """Trailing blanks everywhere."""
    rows = [[*row, "", " ", ""] for row in [list(HEADER), *table(persons)]]
    return save(path, "blank.csv", separated([*rows, [""] * 10, [" "] * 10, [], []]))


@dressing
def subtotals_by_month(path: Path, persons: list[Person]) -> Path:
    """Subtotals by month."""
    rows: list[list[str]] = [list(HEADER)]
    for start in range(0, len(persons), 15):
        part = persons[start : start + 15]
        rows += [*table(part), ["", "", "", "", "Subtotal", plain(sum(one.minor for one in part)), ""]]
    rows.append(["TOTAL", "", "", "", "", plain(sum(one.minor for one in persons)), ""])
    return save(path, "sub.csv", separated([*rows, ["Fonte: sistema comercial"], ["Página 1 de 1"]]))


@dressing
def spaces_apostrophes_and_guards(path: Path, persons: list[Person]) -> Path:
    """Spaces apostrophes and guards."""
    rows = table(
        persons, document=lambda digits: f"'{digits}", amount=lambda minor: f" R$\u00a0{brazilian(minor)} "
    )
    rows = [[f'="{row[0]}"', f"\u00a0{row[1].replace(' ', '  ')} ", *row[2:]] for row in rows]
    return save(path, "spaces.csv", separated([list(HEADER), *rows]))


@dressing
def months_in_words(path: Path, persons: list[Person]) -> Path:
    """Months in words."""
    rows = table(persons, date=lambda day: f"{day.day} de {LONG_MONTHS[day.month - 1]} de {day.year}")
    return save(path, "words.csv", separated([list(HEADER), *rows]))


@dressing
def dates_of_every_kind_in_one_column(path: Path, persons: list[Person]) -> Path:
    """Dates of every kind in one column."""
    serial = dt.date(1899, 12, 30)
    ways: list[Callable[[dt.date], str]] = [
        lambda day: day.strftime("%d/%m/%Y"),
        lambda day: day.isoformat(),
        short_month,
        lambda day: str((day - serial).days),
        lambda day: day.strftime("%d/%m/%y"),
        lambda day: day.strftime("%d.%m.%Y 00:00"),
    ]
    rows = [table([one], date=ways[n % len(ways)])[0] for n, one in enumerate(persons)]
    return save(path, "mixed.csv", separated([list(HEADER), *rows]))


@dressing
def decimals_of_both_kinds_in_one_column(path: Path, persons: list[Person]) -> Path:
    """Decimals of both kinds in one column."""
    ways = [
        plain,
        brazilian,
        american,
        lambda minor: plain(minor, "."),
        lambda minor: f"R$ {brazilian(minor)}",
    ]
    rows = [table([one], amount=ways[n % len(ways)])[0] for n, one in enumerate(persons)]
    return save(path, "decimals.csv", separated([list(HEADER), *rows]))


@dressing
def notes_with_lines_and_quotes(path: Path, persons: list[Person]) -> Path:
    """Notes with lines and quotes."""
    rows = [
        [*row, 'ligou\r\n"não quer"; fim'] if n % 3 else [*row, ""] for n, row in enumerate(table(persons))
    ]
    return save(path, "notes.csv", separated([[*HEADER, "Observação"], *rows], ","))


@dressing
def a_stray_quote_in_a_name(path: Path, persons: list[Person]) -> Path:
    """A stray quote in a name."""
    lines = separated([list(HEADER), *table(persons)]).split("\r\n")
    lines[3] = lines[3].replace(f";{persons[2].name};", f';"{persons[2].name};')
    return save(path, "stray.csv", "\r\n".join(lines))


@dressing
def workbook_with_merged_title_and_mixed_dates(path: Path, persons: list[Person]) -> Path:
    """Workbook with merged title and mixed dates."""

    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("Leia-me").write("A1", "Relatório gerado pelo sistema")
        hidden = book.add_worksheet("Base")
        hidden.hide()
        hidden.write_row("A1", HEADER)
        sheet = book.add_worksheet("Cancelamentos")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.merge_range("B2:H2", "CANCELAMENTOS 2024")
        sheet.merge_range("B3:H3", "Filial: Recife")
        sheet.write_row("B5", HEADER)
        for n, one in enumerate(persons):
            line = 5 + n
            sheet.write_row(line, 1, [one.code, one.name])
            sheet.write_number(line, 3, int(one.document))
            sheet.write_number(line, 4, int(one.phone[3:]))
            if n % 3 == 0:
                sheet.write_datetime(line, 5, dt.datetime.combine(one.date, dt.time()), day)
            elif n % 3 == 1:
                sheet.write_string(line, 5, one.date.strftime("%d/%m/%Y"))
            else:
                sheet.write_number(line, 5, (one.date - dt.date(1899, 12, 30)).days)
            sheet.write_number(line, 6, one.minor / 100)
            sheet.write(line, 7, one.reason)
        last = 5 + len(persons)
        sheet.write(last, 1, "Total")
        sheet.write_formula(last, 6, f"=SUM(G6:G{last})", None, sum(one.minor for one in persons) / 100)

    return workbook(path / "livro.xlsx", fill)
