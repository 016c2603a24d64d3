"""The excused sizes: what was already too large when the rule came. The list may only shrink."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from tools.lint.base import Finding

FILE = Path(__file__).with_name("baseline.json")


def baseline_read(file: Path = FILE) -> dict[str, int]:
    """Return the excused sizes by what is measured."""
    excused: dict[str, int] = json.loads(file.read_text())
    return excused


def baseline_apply(findings: Iterable[Finding], excused: Mapping[str, int]) -> list[Finding]:
    """Return the breaches that the baseline does not excuse, and those excuses that have become too wide.

    An excuse larger than what is there now is itself a breach: it must be lowered or struck out, so that
    the list can only shrink.
    """
    left: list[Finding] = []
    sizes: dict[str, int] = {}
    for finding in findings:
        if finding.key:
            sizes[finding.key] = finding.size
        if not finding.key or finding.size > excused.get(finding.key, 0):
            left.append(finding)
    for key, size in excused.items():
        now = sizes.get(key, 0)
        if now < size:
            message = f"{key} has shrunk from {size} to {now or 'within its budget'}: lower its excuse"
            left.append(Finding("tools/lint/baseline.json", 1, "baseline", message))
    return left
