"""Rows that are no records: blank, totals, footers, the header again; and which row of a file is the header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Final

from atelogo.register.domain.importing.fields import is_known_name
from atelogo.register.domain.importing.folding import fold
from atelogo.register.domain.importing.texts import tidy

Cell = str | int | float | bool | datetime | date | time | timedelta
NumberedCells = tuple[int, Sequence[Cell]]

_LABEL: Final = (
    r"(?:sub\s?-?totais|sub\s?-?total(?:es)?|totais|total(?:es)?|grand total|somas?|somatoria|somatorio|sum|suma|resumo"
    r"|media|average|promedio|saldo|acumulado|qtde?|quantidade|cantidad|count|contagem|registros|linhas|rows|records)"
)
_TOTAL: Final = re.compile(
    rf"{_LABEL}(?:\s+(?:geral(?:es)?|general(?:es)?|parcial|final|mensal|do mes|do periodo|do ano|em r\$|r\$|\(r\$\)"
    rf"|d[eoa]s? (?:\w+\s?){{1,4}}|of \w+|records|rows|registros|clientes|cancelamentos|\(.{{1,40}}\)))*"
    r"\s*[:=\-]*\s*(?:r\$\s*|us\$\s*)?[\d.,\s]*(?:\s*(?:registros?|linhas?|clientes?|cancelamentos?|rows|records|itens))?",
)
_COUNTED: Final = re.compile(
    r"\(?\d[\d.]*\s+(?:registros?|linhas?|clientes?|cancelamentos?|rows|records|itens|contratos?)"
    r"(?:\s+(?:encontrados?|listados?|no total|exportados?|found))?\)?"
)
_FOOTER: Final = re.compile(
    r"(?:gerado|emitido|impresso|exportado|extraido|atualizado|generated|exported|printed|created|generado|emitida|impresion)"
    r"(?:\s+(?:em|por|as|on|by|at|el|pelo|pela|a partir|de|from)\b|\s*:).*"
    r"|(?:fonte|source|fuente|obs|observacao|nota|notas|note|legenda|usuario|user|operador|emissao|data de emissao|relatorio"
    r"|sistema|filtros?|periodo|pagina|page|pag|empresa|data da geracao|data do relatorio|data/hora)\s*[.:].*"
    r"|(?:pagina|page|pag\.?)\s+\d+.*|\*+.*|-{3,}.*|={3,}.*|_{3,}.*|#.*"
    r"|(?:fim|final|end)\s+(?:d[oe]|of)\b.*|fim|eof|\(?continua.*|©.*|(?:ate logo|confidencial|confidential).*"
)
_NUMBER: Final = re.compile(r"(?:r\$|us\$|€)?\s*[(\-]?\s*(?:r\$)?\s*\d[\d.,\s]*\)?\s*%?")
_MOST_IN_TOTAL: Final = 12
_FEW_WORDS: Final = 3
_WIDE: Final = 3
_AHEAD: Final = 25
_LINES_LOOKED_AT: Final = 60


def _said(cell: Cell) -> str:
    """What a cell says, folded; numbers and dates as themselves."""
    return fold(tidy(cell)) if isinstance(cell, str) else ""


def left_out_code(cells: Sequence[Cell], header: Sequence[str]) -> str | None:
    """Return why a row is no record (`row_blank`, `row_total`, `row_footer`, `row_repeated_header`), or None.

    A row counts as totals only when nothing but labels and numbers stand in it, so that a customer called "Total"
    with a code or a date stays a customer.
    """
    filled = [cell for cell in cells if not isinstance(cell, str) or tidy(cell)]
    if not filled:
        return "row_blank"
    if len(filled) > 1 and _repeats(cells, header):
        return "row_repeated_header"
    texts = [_said(cell) for cell in filled if isinstance(cell, str)]
    others = [text for text in texts if not _NUMBER.fullmatch(text)]
    if len(others) < len(texts) + len(filled) - len(texts) and not others:
        return None  # numbers alone say nothing
    if len(filled) <= _MOST_IN_TOTAL and all(
        _TOTAL.fullmatch(text) or _COUNTED.fullmatch(text) for text in others
    ):
        return "row_total" if others and not _has_dates(filled) else None
    if len(header) >= _WIDE and _is_footer(filled, others):
        return "row_footer"
    return None


def _has_dates(filled: Sequence[Cell]) -> bool:
    return any(isinstance(cell, date) for cell in filled)


def _is_footer(filled: Sequence[Cell], others: list[str]) -> bool:
    """A line of prose or of "label: value" under the table, in at most three cells."""
    if len(filled) > _WIDE or not others:
        return False
    if _FOOTER.fullmatch(others[0]):
        return True
    return len(filled) == 1 and len(others[0].split()) > _FEW_WORDS


def _repeats(cells: Sequence[Cell], header: Sequence[str]) -> bool:
    pairs = [
        (cell, name) for cell, name in zip(cells, header, strict=False) if cell != "" and name[:1] != "#"
    ]
    same = sum(isinstance(cell, str) and _said(cell) == fold(name) for cell, name in pairs)
    return same > 1 and same * 10 >= len(pairs) * 8


@dataclass(frozen=True, slots=True)
class HeaderFound:
    """Where the header is among the first rows: its place (-1 = the file has none) and how sure that is."""

    place: int
    score: float


def find_header(head: Sequence[NumberedCells]) -> HeaderFound | None:
    """Find the row of column names among the first rows; None when there is no row with content."""
    best: HeaderFound | None = None
    for place, (_, cells) in enumerate(head[:_LINES_LOOKED_AT]):
        score = _header_score(place, cells, head)
        if score is not None and (best is None or score > best.score):
            best = HeaderFound(place, score)
    if best is None:
        return None
    cells = [cell for cell in head[best.place][1] if cell != ""]
    if not any(map(_is_name, cells)) and sum(map(_is_data, cells)) * 10 >= len(cells) * 3:
        return HeaderFound(-1, best.score)
    return best


def _header_score(place: int, cells: Sequence[Cell], head: Sequence[NumberedCells]) -> float | None:
    filled = [cell for cell in cells if not isinstance(cell, str) or tidy(cell)]
    if not filled:
        return None
    below = [sum(cell != "" for cell in row) for _, row in head[place + 1 : place + 1 + _AHEAD]]
    usual = median([count for count in below if count] or [len(filled)])
    known = len({str(cell) for cell in filled if _is_name(cell)}) / len(filled)
    words = sum(not _is_data(cell) for cell in filled) / len(filled)
    apart = len({str(cell) for cell in filled}) / len(filled)
    coverage = min(1.0, len(filled) / usual)
    return 2 * coverage + 3 * known + words + 0.5 * apart - 0.01 * place


def _is_name(cell: Cell) -> bool:
    """Say whether a cell is a column name we know; "No" alone is an answer, not a number's abbreviation."""
    return isinstance(cell, str) and len(cell) > 1 and is_known_name(cell) and cell.lower() != "no"


def _is_data(cell: Cell) -> bool:
    if not isinstance(cell, str):
        return True
    return "@" in cell or sum(map(str.isdigit, cell)) * 2 >= len(cell)


def column_names(cells: Sequence[Cell], width: int) -> tuple[str, ...]:
    """Return one unique name per column: '#3' for an unnamed one, 'Nome (2)' for the second of a name."""
    names: list[str] = []
    for number in range(width):
        cell = cells[number] if number < len(cells) else ""
        name = tidy(cell if isinstance(cell, str) else str(cell)) or f"#{number + 1}"
        unique, again = name, 1
        while unique in names:
            again += 1
            unique = f"{name} ({again})"
        names.append(unique)
    return tuple(names)
