"""docs/reference/permissions.md against the matrix."""

from __future__ import annotations

from pathlib import Path

from atelogo.accounts.domain.permissions import MATRIX, Permission, Role

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "permissions.md"


def test_the_page_says_what_the_matrix_says() -> None:
    """Every permission stands in the page, in order, with exactly the roles that have it."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.read_text().splitlines()
        if line.startswith("| `")
    ]
    assert [row[0].strip("`") for row in rows] == [permission.value for permission in Permission]
    for row in rows:
        permission = Permission(row[0].strip("`"))
        shown = {role for role, cell in zip(Role, row[2:], strict=True) if cell == "yes"}
        assert shown == {role for role in Role if permission in MATRIX[role]}, permission
        assert row[1]
