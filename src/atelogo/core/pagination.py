"""Pages of a long list by key, not by number: each page costs the same and none repeats or skips a row.

A cursor is the sort key of a row, encrypted and bound to the workspace in scope and to the list's order:
opaque to readers (a name may be part of the key) and refused when altered or used on another list.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from atelogo.core.errors import AppError
from atelogo.core.secrets import SecretError, decrypt, encrypt
from atelogo.core.tenancy import current_scope

DEFAULT_SIZE: Final = 50
LARGEST: Final = 200

M = TypeVar("M", bound=Model)
T = TypeVar("T")
U = TypeVar("U")


class CursorRefusedError(AppError):
    """The place in the list is unknown: altered, or of another list, company or installation."""

    code = "cursor_refused"
    status = 400
    message = _("This place in the list is no longer known. Start again from the first page.")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list and the cursors of its neighbours, empty where there is none."""

    items: tuple[T, ...]
    next: str = ""
    previous: str = ""

    def map(self, change: Callable[[T], U]) -> Page[U]:
        """Return the same page with each row changed, such as from a table's row to a frozen form."""
        return Page(tuple(change(item) for item in self.items), self.next, self.previous)


def paginate(
    rows: QuerySet[M], *, order: Sequence[str], cursor: str = "", size: int = DEFAULT_SIZE
) -> Page[M]:
    """Return one page of ``rows`` by ``order``: columns without nulls, ``-`` descending, the last unique.

    ``size`` is held between 1 and 200. Raises :class:`CursorRefusedError` for a cursor that is not this
    list's.
    """
    size = max(1, min(size, LARGEST))
    backward, key = _open(cursor, order) if cursor else (False, None)
    walked = [_flip(name) for name in order] if backward else list(order)
    if key is not None:
        rows = rows.filter(_after(walked, key))
    found = list(rows.order_by(*walked)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backward:
        found.reverse()
    if not found:
        return Page(())
    before = more if backward else key is not None
    after = True if backward else more
    return Page(
        tuple(found),
        next=_close(order, found[-1], backward=False) if after else "",
        previous=_close(order, found[0], backward=True) if before else "",
    )


def _after(order: Sequence[str], key: Sequence[Any]) -> Q:
    """Return "comes after ``key``": the first column's own bound lets the database start in the index."""
    name, value = order[0], key[0]
    column, beyond = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
    strictly = Q(**{f"{column}__{beyond}": value})
    if len(order) == 1:
        return strictly
    level = Q(**{column: value}) & _after(order[1:], key[1:])
    return Q(**{f"{column}__{beyond}e": value}) & (strictly | level)


def _flip(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _bound_to(order: Sequence[str]) -> str:
    scope = current_scope()
    return f"{scope.workspace_id if scope else None}|{','.join(order)}"


def _close(order: Sequence[str], row: Model, *, backward: bool) -> str:
    key = [_plain(attrgetter(name.lstrip("-").replace("__", "."))(row)) for name in order]
    return encrypt(json.dumps([_bound_to(order), backward, key]))


def _open(cursor: str, order: Sequence[str]) -> tuple[bool, list[Any]]:
    try:
        bound_to, backward, key = json.loads(decrypt(cursor))
        values = [_VALUES[kind](text) for kind, text in key]
    except (SecretError, ValueError, KeyError, TypeError) as error:
        raise CursorRefusedError from error
    if bound_to != _bound_to(order) or len(values) != len(order):
        raise CursorRefusedError
    return bool(backward), values


_VALUES: Final[dict[str, Callable[[str], Any]]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "uuid": UUID,
    "decimal": Decimal,
    "int": int,
    "str": str,
}


def _plain(value: object) -> tuple[str, str]:
    if isinstance(value, datetime):
        return "datetime", value.isoformat()
    if isinstance(value, date):
        return "date", value.isoformat()
    for kind, name in ((UUID, "uuid"), (Decimal, "decimal"), (int, "int"), (str, "str")):
        if isinstance(value, kind):
            return name, str(value)
    msg = f"cannot page by a {type(value).__name__}"
    raise TypeError(msg)
