"""Rules about tests: each says the fact it proves, can fail, and does not sleep."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.lint.base import Finding, Rule, Source, dotted, functions


def test_docstring(source: Source) -> Iterator[Finding]:
    """Find tests that do not say the fact they prove."""
    for name, node in functions(source.tree):
        if node.name.startswith("test_") and not ast.get_docstring(node):
            yield source.finding(
                "test-docstring", node.lineno, f"{name}: say in one sentence the fact it proves"
            )


def assert_true(source: Source) -> Iterator[Finding]:
    """Find assertions that cannot fail: a constant, or `... or True`."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Assert) and _always_true(node.test):
            yield source.finding("assert-true", node.lineno, "this assertion cannot fail")


def _always_true(test: ast.expr) -> bool:
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.Tuple):
        return bool(test.elts)
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return any(_always_true(value) for value in test.values)
    return False


def sleeping(source: Source) -> Iterator[Finding]:
    """Find `time.sleep` outside a loop: a test polls with a deadline, it never just waits."""
    looped = {
        id(inner)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.While | ast.For)
        for inner in ast.walk(node)
    }
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Call)
            and dotted(node.func) in {"time.sleep", "sleep"}
            and id(node) not in looped
        ):
            yield source.finding("sleeping", node.lineno, "poll with a deadline instead of waiting")


RULES = (
    Rule(
        "test-docstring",
        lambda source: source.is_python and source.path.name.startswith("test_"),
        test_docstring,
    ),
    Rule("assert-true", lambda source: source.is_python, assert_true),
    Rule("sleeping", lambda source: source.is_python and source.is_test, sleeping),
)
