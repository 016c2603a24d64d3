"""Files that hold all customers: which rows are cancellations."""

from __future__ import annotations

from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from typing import Final

from atelogo.register.domain.importing.evidence import Evidence, booleans
from atelogo.register.domain.importing.folding import fold
from atelogo.register.domain.importing.headers import header_words
from atelogo.register.domain.importing.mapping import ANY, Selector
from atelogo.register.domain.importing.rowkinds import Cell
from atelogo.register.domain.importing.texts import is_blank, tidy
from atelogo.register.domain.importing.values import parse_boolean
from atelogo.register.domain.importing.wordlists import CANCELLED

_LEFT: Final = {
    *(
        "churn",
        "churned",
        "cancelamento",
        "exited",
        "attrition",
        "left",
        "lost",
        "desligado",
        "saiu",
        "evadiu",
    ),
    *("evasao", "desistente", "desistiu", "baja", "inativo"),
}
_STAYS: Final = {"ativo", "active", "activo", "vigente"}
_STATUS: Final = {
    "status",
    "situacao",
    "estado",
    "churn",
    "cancelamento",
    "state",
    "condicao",
    "fase",
    "stage",
}
_NEARLY_ALL: Final = 0.95
_MANY_BLANK: Final = 0.2
_FEWEST_BLANK: Final = 5
_FEW_VALUES: Final = 25


def suggest_selector(
    header: Sequence[str],
    evidence: Sequence[Evidence],
    sample: Sequence[Sequence[Cell]],
    columns: ReadOnly[str, tuple[str, ...]],
) -> Selector | None:
    """Return the condition that picks the cancellations out of a file of all customers; None if all rows are.

    Looked at in turn: a yes-or-no column ("Churn"), a column of states ("Situação"), "Ativo", a cancellation
    date that only some rows have (never when a row without it gives a reason).
    """
    mapped = {name for names in columns.values() for name in names}
    free = [
        (name, seen)
        for name, seen in zip(header, evidence, strict=True)
        if name not in mapped and not seen.empty
    ]
    for keep_of in (_said_left, _states, _said_active):
        for name, seen in free:
            keep = keep_of(name, seen)
            if keep:
                return Selector(name, keep)
    return _dated_only(header, sample, columns)


def _said_left(name: str, seen: Evidence) -> tuple[str, ...]:
    return _yes_or_no(seen, wanted=True) if set(header_words(name)) & _LEFT else ()


def _said_active(name: str, seen: Evidence) -> tuple[str, ...]:
    return _yes_or_no(seen, wanted=False) if set(header_words(name)) & _STAYS else ()


def _yes_or_no(seen: Evidence, *, wanted: bool) -> tuple[str, ...]:
    if booleans(seen) < _NEARLY_ALL:
        return ()
    values = [value for value in seen.values() if parse_boolean(value) is not None]
    keep = tuple(value for value in values if parse_boolean(value) is wanted)
    return keep if len(keep) < len(values) else ()


def _states(name: str, seen: Evidence) -> tuple[str, ...]:
    values = seen.values()
    if not set(header_words(name)) & _STATUS or len(values) > _FEW_VALUES:
        return ()
    keep = tuple(value for value in values if fold(value) in CANCELLED)
    return keep if 0 < len(keep) < len(values) else ()


def _dated_only(
    header: Sequence[str], sample: Sequence[Sequence[Cell]], columns: ReadOnly[str, tuple[str, ...]]
) -> Selector | None:
    if "date" not in columns:
        return None
    date, reason = header.index(columns["date"][0]), columns.get("reason")
    undated = [row for row in sample if _blank(row[date])]
    if len(undated) < _FEWEST_BLANK or not _MANY_BLANK * len(sample) <= len(undated) < len(sample):
        return None
    if reason and not all(_blank(row[header.index(reason[0])]) for row in undated):
        return None
    return Selector(columns["date"][0], (ANY,))


def _blank(cell: Cell) -> bool:
    return isinstance(cell, str) and is_blank(tidy(cell))
