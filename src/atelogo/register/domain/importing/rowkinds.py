"""Rows that are no records: blank, totals, footers, the header again; and which row is the header."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Final

from atelogo.register.domain.importing.fields import is_known_name
from atelogo.register.domain.importing.folding import fold
from atelogo.register.domain.importing.texts import tidy
from atelogo.register.domain.importing.wordlists import word_set

Cell = str | int | float | bool | datetime | date | time | timedelta
NumberedCells = tuple[int, Sequence[Cell]]

_TOTAL_LABELS: Final = word_set(
    "total totais totales subtotal subtotais subtotales soma somas somatoria somatorio sum suma media average"
    " promedio acumulado qtd qtde quantidade cantidad count contagem registros linhas rows records"
)
_TOTAL_TAILS: Final = word_set(
    "geral gerais general generales parcial final mensal em r$ us$ de do da dos das of registros linhas"
    " clientes cancelamentos rows records cancelados"
)
_COUNTED: Final = word_set(
    "registro registros linha linhas cliente clientes cancelamento cancelamentos rows records itens"
)
_LONGEST_LABEL: Final = 7
_WORDS: Final = re.compile(r"[^\W\d_]+\$?|\d[\d.,]*")
_FOOTER: Final = re.compile(
    r"(?:gerado|emitido|impresso|exportado|extraido|atualizado|generated|exported|printed|created|generado)"
    r"(?:\s+(?:em|por|as|on|by|at|el|pelo|pela|a partir|de|from)\b|\s*:).*"
    r"|(?:fonte|source|fuente|obs|observacao|nota|notas|note|legenda|usuario|user|operador|emissao"
    r"|data de emissao|relatorio|sistema|filtros?|periodo|pagina|page|pag|empresa|data da geracao"
    r"|data do relatorio)\s*[.:].*"
    r"|(?:pagina|page|pag\.?)\s+\d+.*|\*+.*|-{3,}.*|={3,}.*|_{3,}.*|#.*"
    r"|(?:fim|final|end)\s+(?:d[oe]|of)\b.*|fim|eof|\(?continua.*|©.*|(?:confidencial|confidential).*"
)
_NUMBER: Final = re.compile(r"(?:r\$|us\$|€)?\s*[(\-]?\s*(?:r\$)?\s*\d[\d.,\s]*\)?\s*%?")
_MOST_IN_TOTAL: Final = 12
_FEW_WORDS: Final = 3
_WIDE: Final = 3
_AHEAD: Final = 25
_LINES_LOOKED_AT: Final = 60
_LONGEST_NAME: Final = 200


def _said(cell: Cell) -> str:
    """What a cell says, folded, with the colon of a label; '' for numbers and dates."""
    if not isinstance(cell, str):
        return ""
    text = tidy(cell)
    return fold(text) + ":" * text.endswith(":")


def left_out_code(cells: Sequence[Cell], header: Sequence[str]) -> str | None:
    """Return why a row is no record (`row_blank`, `row_total`, `row_footer`, `row_repeated_header`), or None.

    A row counts as totals only when nothing but labels and numbers stand in it, so that a customer called
    "Total" with a code or a date stays a customer.
    """
    filled = [cell for cell in cells if not isinstance(cell, str) or tidy(cell)]
    if not filled:
        return "row_blank"
    if len(filled) > 1 and _repeats(cells, header):
        return "row_repeated_header"
    texts = [_said(cell) for cell in filled if isinstance(cell, str)]
    others = [text for text in texts if not _NUMBER.fullmatch(text)]
    if not others:
        return None  # numbers alone say nothing
    if len(filled) <= _MOST_IN_TOTAL and all(map(_says_total, others)):
        return None if _has_dates(filled) else "row_total"
    if len(header) >= _WIDE and _is_footer(filled, others):
        return "row_footer"
    return None


def _says_total(text: str) -> bool:
    """Say whether a folded text labels totals: "total geral:", "total de clientes: 12", "12 registros"."""
    words = _WORDS.findall(text)
    if not 0 < len(words) <= _LONGEST_LABEL:
        return False
    first, rest = (
        (words[1], words[2:]) if words[0] in {"grand", "sub"} and len(words) > 1 else (words[0], words[1:])
    )
    if first in _TOTAL_LABELS:
        return not rest or rest[0] in _TOTAL_TAILS or not rest[0][0].isalpha()
    return first[0].isdigit() and bool(rest) and rest[0] in _COUNTED


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
    same = sum(isinstance(cell, str) and fold(tidy(cell)) == fold(name) for cell, name in pairs)
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
    return coverage * (2 + 3 * known) + words + 0.5 * apart - 0.01 * place


def _is_name(cell: Cell) -> bool:
    """Say whether a cell is a column name we know; "No" alone is an answer, not a number's abbreviation."""
    return isinstance(cell, str) and len(cell) > 1 and is_known_name(cell) and cell.lower() != "no"


def _is_data(cell: Cell) -> bool:
    if not isinstance(cell, str):
        return True
    return "@" in cell or sum(map(str.isdigit, cell)) * 2 >= len(cell)


def column_names(cells: Sequence[Cell], width: int) -> tuple[str, ...]:
    """Return one unique name per column: '#3' for an unnamed one, 'Nome (2)' for the second of a name."""
    names: dict[str, None] = {}
    count: Counter[str] = Counter()
    for number in range(width):
        cell = cells[number] if number < len(cells) else ""
        name = tidy(cell if isinstance(cell, str) else str(cell))[:_LONGEST_NAME] or f"#{number + 1}"
        unique = name
        while unique in names:
            count[name] += 1
            unique = f"{name} ({count[name] + 1})"
        names[unique] = None
    return tuple(names)
