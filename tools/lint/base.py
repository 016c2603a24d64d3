"""What a rule is given, and what it gives back."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath


@dataclass(frozen=True, order=True)
class Finding:
    """One breach: where it is, which rule, and what to do instead.

    Rules of size also give ``key`` (what is measured) and ``size``, which the baseline may excuse.
    """

    path: str
    line: int
    rule: str
    message: str
    key: str = ""
    size: int = 0

    def __str__(self) -> str:
        """Write it as editors expect: path:line: rule: message."""
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


@dataclass(frozen=True)
class Source:
    """One file of the checkout: its path from the root, and its text."""

    path: PurePosixPath
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The file as Python's syntax tree."""
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        """The number of lines."""
        return len(self.text.splitlines())

    @property
    def is_python(self) -> bool:
        """Whether this is a Python file written by hand."""
        return self.path.suffix == ".py" and "migrations" not in self.path.parts

    @property
    def is_test(self) -> bool:
        """Whether this belongs to the tests."""
        return self.path.parts[0] == "tests"

    @property
    def is_product(self) -> bool:
        """Whether this is Python that ships."""
        return self.is_python and self.path.parts[:2] == ("src", "atelogo")

    @property
    def is_template(self) -> bool:
        """Whether this is a template of the product."""
        return "templates" in self.path.parts and self.path.suffix in {".html", ".svg", ".xml"}

    def finding(self, rule: str, line: int, message: str) -> Finding:
        """Return a breach in this file."""
        return Finding(str(self.path), line, rule, message)


Check = Callable[[Source], Iterable[Finding]]


@dataclass(frozen=True)
class Rule:
    """A named check over the files that it applies to."""

    name: str
    applies: Callable[[Source], bool]
    check: Check

    def findings(self, source: Source) -> Iterator[Finding]:
        """Give the breaches of this rule in one file."""
        if self.applies(source):
            yield from self.check(source)


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for a chain of names, empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Give every function with its qualified name, nested ones included."""

    def walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{prefix}{child.name}", child
                yield from walk(child, f"{prefix}{child.name}.")
            elif isinstance(child, ast.ClassDef):
                yield from walk(child, f"{prefix}{child.name}.")
            else:
                yield from walk(child, prefix)

    return walk(tree, "")
