"""What the cells of one column look like: the shares that read as dates, money, documents, contacts, ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from atelogo.register.domain.importing.amounts import choose_decimals, parse_amount
from atelogo.register.domain.importing.contacts import parse_email, parse_phone
from atelogo.register.domain.importing.dates import choose_order, parse_date
from atelogo.register.domain.importing.documents import parse_document
from atelogo.register.domain.importing.problems import ValueProblemError
from atelogo.register.domain.importing.rowkinds import Cell
from atelogo.register.domain.importing.texts import is_blank, tidy
from atelogo.register.domain.importing.values import parse_boolean, parse_word, text_of

_LOOKED_AT: Final = 400
_DATE_SHAPE: Final = re.compile(
    r"(?:\d{1,2}[/.\-\s]{1,2}[^\W_]{1,9}\.?[/.\-\s]{1,2}\d{2,4}|\d{4}[/.\-]\d{1,2}[/.\-]\d{1,2}"
    r"|\d{1,2}º? de \w+ de \d{4}|\d{1,2}[/\-]\d{4}|[^\W\d_]{3,9}\.?[/\-\s]\d{2,4})(?![\w.\-/])"
)
_LONG_DIGITS: Final = re.compile(r"[\d.\-/\s+()]{8,22}")
_CENTS: Final = re.compile(r"\d[.,]\d{1,2}\D*$")
_LETTER: Final = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Shares (0..1) of the column's filled cells, and how many cells were filled and different."""

    cells: tuple[Cell, ...]  # filled ones, at most 400, from the whole sample
    filled: float  # share of the rows in which the column is filled
    distinct: float  # different values / filled cells
    dates: float
    date_shaped: float  # unmistakably dates, not numbers that could be serials
    amounts: float
    decimals: float  # amounts written with cents
    documents: float
    emails: float
    phones: float
    lettered: float  # hold a letter
    spaced: float  # hold a space inside
    id_like: float  # one word that holds a digit
    long_digits: float  # eight digits or more, with punctuation

    @property
    def empty(self) -> bool:
        """Whether no row of the sample has anything here."""
        return not self.cells

    def words(self, name: str) -> float:
        """Return the share of cells that the short list `name` knows."""
        return _share(self.cells, lambda cell: parse_word(name, cell))

    def values(self) -> list[str]:
        """Return the different values as text, in order of appearance."""
        return list(dict.fromkeys(tidy(text_of(cell)) for cell in self.cells))


def _shaped_as_date(cell: Cell) -> bool:
    return isinstance(cell, date) or (isinstance(cell, str) and bool(_DATE_SHAPE.match(tidy(cell))))


def _share(cells: Sequence[Cell], read: Callable[[Cell], object], among: int | None = None) -> float:
    if not cells:
        return 0.0
    good = 0
    for cell in cells:
        try:
            good += read(cell) is not None
        except ValueProblemError as problem:
            good += problem.value is not None
    return good / (among or len(cells))


def _matches(cells: Sequence[Cell], texts: Sequence[str], test: Callable[[str], object]) -> float:
    return sum(bool(test(text)) for text in texts) / len(cells) if cells else 0.0


def look_at(column: Sequence[Cell]) -> Evidence:
    """Gather the evidence of one column of the sample."""
    filled = [cell for cell in column if not (isinstance(cell, str) and is_blank(tidy(cell)))]
    step = max(1, len(filled) // _LOOKED_AT)
    cells = tuple(filled[::step][:_LOOKED_AT])
    texts = [tidy(text_of(cell)) for cell in cells]
    order = choose_order(cells).order
    sign = choose_decimals(cells).sign
    return Evidence(
        cells=cells,
        filled=len(filled) / len(column) if column else 0.0,
        distinct=len(set(texts)) / len(texts) if texts else 0.0,
        dates=_share(cells, lambda cell: parse_date(cell, order).value),
        date_shaped=_share(
            [cell for cell in cells if _shaped_as_date(cell)],
            lambda cell: parse_date(cell, order).value,
            len(cells),
        ),
        amounts=_share(cells, lambda cell: parse_amount(cell, sign)),
        decimals=_matches(cells, texts, _CENTS.search),
        documents=_share(cells, parse_document),
        emails=_share(cells, parse_email),
        phones=_share(cells, parse_phone),
        lettered=_matches(cells, texts, _LETTER.search),
        spaced=_matches(cells, texts, lambda text: " " in text),
        id_like=_matches(cells, texts, lambda text: " " not in text and any(map(str.isdigit, text))),
        long_digits=_matches(cells, texts, _LONG_DIGITS.fullmatch),
    )


def booleans(evidence: Evidence) -> float:
    """Return the share of cells that say yes or no."""
    return _share(evidence.cells, parse_boolean)
