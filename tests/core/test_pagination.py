"""Keyset pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from atelogo.core import pagination
from atelogo.core.pagination import CursorRefusedError, Page, paginate
from atelogo.core.tenancy import workspace_scope

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
NEWEST_FIRST = ("-created_at", "id")


@pytest.fixture
def people(db: None) -> QuerySet[Any]:
    """Make 23 people, several of them in the same instant."""
    model = get_user_model()
    for number in range(23):
        model.objects.create(
            email=f"p{number}@example.com",
            name=f"Nome {number:02}",
            created_at=START + timedelta(hours=number // 4),
        )
    return model.objects.all()


def walk(rows: QuerySet[Any], order: tuple[str, ...], size: int) -> list[Page[Any]]:
    """Follow `next` to the end and return the pages."""
    pages = [paginate(rows, order=order, size=size)]
    while pages[-1].next:
        pages.append(paginate(rows, order=order, size=size, cursor=pages[-1].next))
    return pages


@pytest.mark.parametrize("size", [1, 4, 5, 22, 23, 50])
@pytest.mark.parametrize("order", [NEWEST_FIRST, ("created_at", "-id"), ("name",), ("-name",), ("id",)])
def test_every_row_once_in_order(people: QuerySet[Any], order: tuple[str, ...], size: int) -> None:
    """Pages, put together, are the whole list in its order, at any size, with ties and mixed directions."""
    pages = walk(people, order, size)
    assert [row.pk for page in pages for row in page.items] == [row.pk for row in people.order_by(*order)]
    assert pages[0].previous == ""
    assert pages[-1].next == ""


def test_back_is_the_way_one_came(people: QuerySet[Any]) -> None:
    """Following `previous` from the last page shows the same pages again."""
    pages = walk(people, NEWEST_FIRST, 5)
    cursor, seen = pages[-1].previous, [pages[-1].items]
    while cursor:
        page = paginate(people, order=NEWEST_FIRST, size=5, cursor=cursor)
        seen.append(page.items)
        cursor = page.previous
    assert seen == [page.items for page in reversed(pages)]


def test_a_new_row_moves_nothing(people: QuerySet[Any]) -> None:
    """A row that arrives while someone reads neither repeats nor hides a row of the next page."""
    first = paginate(people, order=NEWEST_FIRST, size=5)
    get_user_model().objects.create(email="new@example.com", created_at=START + timedelta(days=1))
    second = paginate(people, order=NEWEST_FIRST, size=5, cursor=first.next)
    assert not {row.pk for row in first.items} & {row.pk for row in second.items}
    assert second.items[0].created_at <= first.items[-1].created_at


def test_an_empty_list_is_one_empty_page(db: None) -> None:
    """A list without rows has no neighbours."""
    assert paginate(get_user_model().objects.all(), order=("id",)) == Page(())


def test_sizes_are_held_in_bounds(people: QuerySet[Any]) -> None:
    """A size from an address can be neither nothing nor everything."""
    assert len(paginate(people, order=("id",), size=0).items) == 1
    assert len(paginate(people, order=("id",), size=10**9).items) == 23


def test_a_cursor_shows_nothing(people: QuerySet[Any]) -> None:
    """The name of the last row is not to be read out of the address."""
    cursor = paginate(people, order=("name",), size=5).next
    assert "Nome" not in cursor


def test_a_cursor_is_for_its_own_list(people: QuerySet[Any]) -> None:
    """Another order, another workspace, an altered or invented cursor: refused with a message."""
    cursor = paginate(people, order=NEWEST_FIRST, size=5).next
    with pytest.raises(CursorRefusedError):
        paginate(people, order=("id",), cursor=cursor)
    with workspace_scope(uuid4()), pytest.raises(CursorRefusedError):
        paginate(people, order=NEWEST_FIRST, cursor=cursor)
    for invented in ("x", cursor[:-3], "0000.AAAA", cursor[::-1]):
        with pytest.raises(CursorRefusedError):
            paginate(people, order=NEWEST_FIRST, cursor=invented)


def test_a_page_of_frozen_forms(people: QuerySet[Any]) -> None:
    """A page of rows becomes a page of frozen forms with the same neighbours."""
    page = paginate(people, order=("id",), size=5)
    names = page.map(lambda row: row.name)
    assert names.items == tuple(row.name for row in page.items)
    assert (names.next, names.previous) == (page.next, page.previous)


@pytest.mark.parametrize(
    "value", [START, date(2026, 11, 21), uuid4(), Decimal("1.50"), 7, "ação"], ids=lambda v: type(v).__name__
)
def test_key_values_are_read_back(value: object) -> None:
    """Each kind of sort key survives its cursor."""
    kind, text = pagination._plain(value)
    assert pagination._VALUES[kind](text) == value


def test_a_key_that_may_be_missing_is_refused() -> None:
    """A column with nulls cannot order a list by key: said at once, to who wrote the list."""
    with pytest.raises(TypeError, match="NoneType"):
        pagination._plain(None)
