"""Every metric has its line on the page, and every line its file."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QUERIES = ROOT / "src" / "atelogo" / "insights" / "queries"
PAGE = ROOT / "docs" / "reference" / "metrics.md"
SHARED = {"__init__", "series"}


def test_the_page_names_every_metric_and_no_other() -> None:
    """Add a metric: one file and one line; take one away: both go."""
    files = {path.stem for path in QUERIES.glob("*.py")} - SHARED
    named = set(re.findall(r"^\| [^|]+ \| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE))
    assert named == files


def test_every_metric_defines_itself() -> None:
    """Each file begins with its definition and its unit."""
    for path in QUERIES.glob("*.py"):
        if path.stem not in SHARED:
            text = path.read_text("utf-8")
            assert "Definition:" in text, path.stem
            assert "Unit:" in text, path.stem
