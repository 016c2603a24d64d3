from __future__ import annotations

from pathlib import Path

import pytest

from atelogo.register.domain.reasons import default_reasons
from tools.reasons_page import PAGE, main, reasons_page


def test_the_reference_page_is_the_data() -> None:
    """docs/reference/reasons.md says what the default tree says: run `python -m tools.reasons_page`."""
    assert PAGE.read_text(encoding="utf-8") == reasons_page()


def test_the_page_names_every_reason_once_in_its_tables() -> None:
    """Each code has one row of kind, area and exchange values, and its rules in English."""
    page = reasons_page()
    for reason in default_reasons():
        rows = [line for line in page.splitlines() if line.startswith(f"| `{reason.code}` |")]
        assert sum(f"| {reason.kind} | {reason.area} |" in row for row in rows) == 1
        assert page.count(f"- **{reason.text('en').label}**. {reason.text('en').definition}") == 1


def test_the_script_writes_the_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The script makes the folder, writes the page and says how many reasons it holds."""
    target = tmp_path / "new" / "reasons.md"
    monkeypatch.setattr("tools.reasons_page.PAGE", target)
    main()
    assert target.read_text(encoding="utf-8") == reasons_page()
    assert capsys.readouterr().out == f"wrote reasons.md: {len(default_reasons())} reasons\n"
