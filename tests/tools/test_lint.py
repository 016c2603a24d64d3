from __future__ import annotations

import json
import re
from pathlib import Path, PurePosixPath

import pytest

from tools.lint.__main__ import RULES, check, main, sources, unused_scope_callers
from tools.lint.base import Finding, Source
from tools.lint.baseline import baseline_apply
from tools.lint.product import scope_callers

SAMPLES = Path(__file__).parent / "samples"
ROOT = Path(__file__).resolve().parents[2]
_TEMPLATE_RULES = {"inline-script", "inline-style", "other-host", "template-query", "placeholder"}
NAMES = sorted(({rule.name for rule in RULES} - {"template"}) | _TEMPLATE_RULES)
# How many breaches each failing sample holds, where it is not one.
COUNTS = {
    "clock": 5,
    "door-queries": 2,
    "signals": 3,
    "assert-true": 3,
    "inline-script": 4,
    "inline-style": 2,
    "other-host": 2,
    "placeholder": 2,
}


def sample(rule: str, kind: str) -> Source:
    """Return a sample as the file that its first line says it is."""
    (file,) = SAMPLES.glob(f"{rule}.{kind}.*.txt")
    text = file.read_text()
    named = re.search(r"path: (\S+)", text.splitlines()[0])
    assert named is not None
    return Source(PurePosixPath(named[1]), text)


@pytest.mark.parametrize("rule", NAMES)
def test_the_failing_sample_of_a_rule_is_found(rule: str) -> None:
    """Every house rule finds each breach of its failing sample."""
    found = [finding for finding in check([sample(rule, "fail")]) if finding.rule == rule]
    assert len(found) == COUNTS.get(rule, 1), [str(finding) for finding in found]


@pytest.mark.parametrize("rule", NAMES)
def test_the_passing_sample_of_a_rule_is_left_in_peace(rule: str) -> None:
    """No house rule complains about its passing sample."""
    assert [str(finding) for finding in check([sample(rule, "pass")]) if finding.rule == rule] == []


def test_every_sample_belongs_to_a_rule() -> None:
    """There are two samples for each rule and none for a rule that is gone."""
    assert sorted(path.name.split(".")[0] for path in SAMPLES.glob("*.txt")) == sorted(NAMES * 2)


def test_a_finding_points_at_its_line() -> None:
    """An attribute that spans lines is reported where it stands."""
    lines = [finding.line for finding in check([sample("inline-script", "fail")])]
    assert lines == [2, 4, 5, 6]


def test_the_baseline_excuses_only_what_is_no_larger() -> None:
    """A breach as large as its excuse passes; one line more does not."""
    breach = Finding("a.py", 1, "file-size", "too long", key="a.py", size=450)
    assert baseline_apply([breach], {"a.py": 450}) == []
    assert baseline_apply([breach], {"a.py": 449}) != []


def test_the_baseline_may_only_shrink() -> None:
    """An excuse wider than what is there now must be lowered or struck out."""
    breach = Finding("a.py", 1, "file-size", "too long", key="a.py", size=420)
    assert "from 450 to 420" in str(baseline_apply([breach], {"a.py": 450})[0])
    assert "within its budget" in str(baseline_apply([], {"a.py": 450})[0])


def test_a_caller_that_no_longer_calls_is_struck_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of callers of system_scope may name nobody who does not need it."""
    monkeypatch.setattr("tools.lint.product.scope_callers", lambda: {"register/x.py::f": "a reason"})
    assert ["register/x.py::f" in str(finding) for finding in unused_scope_callers([])] == [True]


def test_every_allowed_caller_has_its_reason() -> None:
    """Nobody may see every workspace without saying why."""
    assert [key for key, reason in scope_callers().items() if len(reason) < 10] == []


def test_files_of_others_and_samples_are_not_checked() -> None:
    """Vendored files and the samples themselves stay out of the check."""
    names = [str(source.path) for source in sources(ROOT)]
    assert "tools/lint/base.py" in names
    assert [name for name in names if "/vendor/" in name or "/samples/" in name] == []


def test_the_baseline_file_is_a_table_of_sizes() -> None:
    """The committed baseline maps what is measured to whole numbers."""
    excused = json.loads((ROOT / "tools" / "lint" / "baseline.json").read_text())
    assert all(isinstance(size, int) and size > 0 for size in excused.values())


def test_the_check_says_how_many_files_it_read(capsys: pytest.CaptureFixture[str]) -> None:
    """The last line of the check counts breaches and files, so that an empty run cannot look like success."""
    main()
    last = capsys.readouterr().out.splitlines()[-1]
    assert re.fullmatch(r"house rules: \d+ breaches in [1-9]\d+ files; .*", last)
