"""The staff's menu."""

from __future__ import annotations

import pytest
from django.urls import reverse

from atelogo.accounts.domain.permissions import Role
from atelogo.web import navigation

SLUG = "padaria-aurora"


def test_a_page_that_does_not_exist_is_left_out() -> None:
    """An entry whose page is not built yet is no dead link."""
    missing = navigation.Entry("x", "nowhere:at_all", "x", navigation.HOME.permission)  # type: ignore[arg-type]
    assert navigation.items((missing,), slug=SLUG, role=Role.OWNER, path="/") == []
    assert navigation.address_of("nowhere:at_all", SLUG) == ""


def test_nobody_sees_nothing() -> None:
    """Without a role there is no menu."""
    assert navigation.items(navigation.MAIN, slug=SLUG, role=None, path="/") == []


@pytest.mark.parametrize("below", ["", "people"])
def test_the_page_one_is_under_is_marked(below: str) -> None:
    """The menu marks the entry of the page and of the pages below it, and no other."""
    address = reverse("accounts:settings", kwargs={"workspace": SLUG})
    items = navigation.items(navigation.MAIN, slug=SLUG, role=Role.OWNER, path=address + below)
    assert [item.url for item in items if item.active] == [address]


def test_the_first_page_is_not_above_all_in_the_menu() -> None:
    """A page of its own entry does not also mark the first page, whose address begins every other."""
    assert (
        navigation._deepest(["/a/console/", "/a/console/requests"], "/a/console/requests/1")
        == "/a/console/requests"
    )
    assert navigation._deepest(["/a/console/", "/a/console/requests"], "/a/console/") == "/a/console/"
    assert navigation._deepest(["/a/console/requests"], "/a/console/requests-old") == ""


def test_every_role_has_its_word() -> None:
    """Each role is named on the person's menu."""
    assert set(navigation.ROLES) == set(Role)
