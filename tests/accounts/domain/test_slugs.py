"""What can name a company in addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.accounts.domain.slugs import RESERVED, shaped, slug_problem


@pytest.mark.parametrize("slug", ["aurora", "padaria-aurora", "net2", "4g", "a1-b2-c3", "x" * 40])
def test_plain_names_are_taken(slug: str) -> None:
    """Small letters, digits and single hyphens make an address."""
    assert slug_problem(slug) is None


@pytest.mark.parametrize(
    "slug,why",
    [
        ("", "length"),
        ("a", "length"),
        ("x" * 41, "length"),
        ("Aurora", "shape"),
        ("padaria aurora", "shape"),
        ("são-joão", "shape"),
        ("-aurora", "shape"),
        ("aurora-", "shape"),
        ("a--b", "shape"),
        ("a/b", "shape"),
        ("aurora\n", "shape"),
        *((word, "reserved") for word in sorted(RESERVED) if len(word) > 1),
    ],
)
def test_other_names_are_refused(slug: str, why: str) -> None:
    """Anything else is refused with what is wrong with it."""
    assert slug_problem(slug) == why


def test_only_what_looks_like_a_name_is_asked_for() -> None:
    """A reserved word may name a company made otherwise; what has another shape names nobody."""
    assert [shaped(slug) for slug in ("aurora", "demo", "a\x00b", "A", "")] == [
        True,
        True,
        False,
        False,
        False,
    ]


@given(st.text(max_size=60))
def test_an_accepted_slug_is_safe_in_an_address(slug: str) -> None:
    """Whatever is accepted needs no escaping and is one path segment."""
    if slug_problem(slug) is None:
        assert slug.isascii()
        assert not set(slug) & set("/?#%.: ")
        assert slug == slug.lower()
