"""Check the checkout: `python -m tools.lint`. Ends 1 when a rule is broken."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from statistics import median, quantiles

from tools.lint import product, sizes, tests, texts
from tools.lint.base import Finding, Rule, Source
from tools.lint.baseline import baseline_apply, baseline_read

ROOT = Path(__file__).resolve().parent.parent.parent
RULES: tuple[Rule, ...] = (*sizes.RULES, *product.RULES, *tests.RULES, *texts.RULES)
_LEFT_ALONE = ("/vendor/", "tests/tools/samples/")
_TEXT = {".py", ".html", ".svg", ".xml", ".lock", ".json", ".toml"}


def sources(root: Path) -> list[Source]:
    """Return the files of the checkout that git knows or would add, but for outside files and samples."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    found = []
    for name in sorted(set(listed.stdout.split("\0")) - {""}):
        path = root / name
        if path.suffix in _TEXT and not any(part in name for part in _LEFT_ALONE) and path.is_file():
            found.append(Source(PurePosixPath(name), path.read_text(errors="replace")))
    return found


def check(files: Iterable[Source]) -> list[Finding]:
    """Return every breach of every rule, in order."""
    return sorted(finding for source in files for rule in RULES for finding in rule.findings(source))


def unused_scope_callers(files: Iterable[Source]) -> list[Finding]:
    """Return the lines of system_scope.toml that no caller needs any more."""
    used = {key for source in files if source.is_product for key, _line in product.scope_calls(source)}
    return [
        Finding(
            "tools/lint/system_scope.toml", 1, "system-scope", f"`{key}` no longer calls it: strike it out"
        )
        for key in product.scope_callers()
        if key not in used
    ]


def sizes_say(files: Iterable[Source]) -> str:
    """Return one line about the sizes of the product's files."""
    lines = [source.lines for source in files if source.is_product]
    if len(lines) < 2:  # noqa: PLR2004 - a quantile needs two
        return "no product files"
    return (
        f"{len(lines)} product files, median {median(lines):.0f} lines, p95 {quantiles(lines, n=20)[-1]:.0f}"
    )


def main() -> int:
    """Print the breaches; return 1 when there is one."""
    files = sources(ROOT)
    found = baseline_apply(check(files), baseline_read()) + unused_scope_callers(files)
    for finding in found:
        print(finding)
    print(f"house rules: {len(found)} breaches in {len(files)} files; {sizes_say(files)}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
