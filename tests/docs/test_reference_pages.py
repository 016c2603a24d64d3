"""docs/reference against the code: settings, error codes, metrics."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from atelogo.web import metrics
from tools.errors_page import errors_page, every_error

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "reference"
READERS = re.compile(r'_(?:text|flag|number|list)\(\s*"([A-Z_]+)"')


def rows(page: str) -> dict[str, str]:
    """Return the tables of a page: first cell without its ticks -> second cell."""
    found = {}
    for line in (PAGES / page).read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) > 1:
            found[cells[0].strip("`")] = cells[1]
    return found


def test_every_setting_is_documented() -> None:
    """Each setting that the code reads stands in the page, and no other."""
    read = set(READERS.findall((ROOT / "src/atelogo/settings.py").read_text()))
    assert read == set(rows("settings.md"))


def test_errors_are_those_of_the_code() -> None:
    """The page of error codes is what the code makes (`python -m tools.errors_page`)."""
    assert (PAGES / "errors.md").read_text() == errors_page()


def test_error_codes_are_one_fact_each() -> None:
    """No two errors share a code: a program can rely on what it means."""
    codes = [str(vars(kind)["code"]) for kind in every_error()]
    assert sorted(set(codes)) == codes


@pytest.mark.django_db
def test_every_metric_is_documented() -> None:
    """Each number of ours at /metrics stands in the page, and no other."""
    text = metrics.exposition().decode()
    named = set(re.findall(r"^# TYPE (atelogo_\w+) (?:counter|gauge|histogram)$", text, re.MULTILINE))
    assert {name for name in named if not name.endswith("_created")} == {
        name for name in rows("health.md") if name.startswith("atelogo_")
    }
