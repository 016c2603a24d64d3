"""Budgets of size: small files, small functions, names that say something."""

from __future__ import annotations

from collections.abc import Iterator

from tools.lint.base import Finding, Rule, Source, functions

FILE_LINES = 400
TEST_FILE_LINES = 500
FUNCTION_LINES = 50
_EMPTY_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"})


def file_size(source: Source) -> Iterator[Finding]:
    """Find a file with more lines than its budget."""
    limit = TEST_FILE_LINES if source.is_test else FILE_LINES
    if source.lines > limit:
        message = f"{source.lines} lines, the budget is {limit}: split it by subject"
        yield Finding(str(source.path), 1, "file-size", message, key=str(source.path), size=source.lines)


def function_size(source: Source) -> Iterator[Finding]:
    """Find functions with more lines than the budget, from `def` to the last line."""
    for name, node in functions(source.tree):
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > FUNCTION_LINES:
            yield Finding(
                str(source.path),
                node.lineno,
                "function-size",
                f"{name} has {lines} lines, the budget is {FUNCTION_LINES}",
                key=f"{source.path}::{name}",
                size=lines,
            )


def module_name(source: Source) -> Iterator[Finding]:
    """Find modules and packages whose name says nothing about what they hold."""
    for part in (*source.path.parts[:-1], source.path.stem):
        if part in _EMPTY_NAMES:
            yield source.finding("module-name", 1, f"`{part}` says nothing: name it after what it does")


RULES = (
    Rule("file-size", lambda source: source.is_python, file_size),
    Rule("function-size", lambda source: source.is_python, function_size),
    Rule("module-name", lambda source: source.is_python, module_name),
)
