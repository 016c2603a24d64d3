"""Rules about the product's Python: one clock, one way round tenancy, one kind of writer."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tools.lint.base import Finding, Rule, Source, dotted, functions

SCOPE_CALLERS = Path(__file__).with_name("system_scope.toml")
_CLOCK = "src/atelogo/core/clock.py"
_TENANCY = "src/atelogo/core/tenancy.py"
_CLOCK_READS = (
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "timezone.now",
    "timezone.localdate",
    "timezone.localtime",
)
_DOORS = frozenset({"views", "api", "urls", "templatetags"})
_SIGNAL_MODULES = (
    "django.dispatch",
    "django.db.models.signals",
    "django.core.signals",
    "django.db.backends.signals",
)
_MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
_OVERRIDES = frozenset({"save", "delete", "save_base"})


def clock(source: Source) -> Iterator[Finding]:
    """Find the present moment read anywhere but in core.clock."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute):
            name = dotted(node)
            if any(name == read or name.endswith(f".{read}") for read in _CLOCK_READS):
                yield source.finding("clock", node.lineno, f"`{name}`: ask `atelogo.core.clock` instead")
        elif isinstance(node, ast.ImportFrom) and node.module == "django.utils.timezone":
            for alias in node.names:
                if alias.name in {"now", "localdate", "localtime"}:
                    yield source.finding(
                        "clock", node.lineno, f"`{alias.name}`: ask `atelogo.core.clock` instead"
                    )


def scope_callers() -> dict[str, str]:
    """Return who may call `system_scope`: `<path below src/atelogo>::<function>` to the reason."""
    return dict(tomllib.loads(SCOPE_CALLERS.read_text())["callers"])


def scope_calls(source: Source) -> Iterator[tuple[str, int]]:
    """Give the key and line of every use of `system_scope` in a product file."""
    below = "/".join(source.path.parts[2:])
    owners = sorted(functions(source.tree), key=lambda found: found[1].lineno)
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call) or dotted(node.func).split(".")[-1] != "system_scope":
            continue
        inside = [name for name, owner in owners if owner.lineno <= node.lineno <= (owner.end_lineno or 0)]
        yield f"{below}::{inside[-1] if inside else '<module>'}", node.lineno


def system_scope(source: Source) -> Iterator[Finding]:
    """Find callers of `system_scope` that the list does not name."""
    allowed = scope_callers()
    for key, line in scope_calls(source):
        if not allowed.get(key):
            yield source.finding("system-scope", line, f"`{key}` is not in tools/lint/system_scope.toml")


def door_queries(source: Source) -> Iterator[Finding]:
    """Find models asked for rows in a view, an API or an address file."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in _MANAGERS:
            message = f"`{dotted(node) or node.attr}`: ask this room's queries or services"
            yield source.finding("door-queries", node.lineno, message)


def save_override(source: Source) -> Iterator[Finding]:
    """Find models that do something when they are saved or deleted."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for child in node.body:
            if isinstance(child, ast.FunctionDef) and child.name in _OVERRIDES:
                message = f"{node.name}.{child.name}: services write, models only hold"
                yield source.finding("save-override", child.lineno, message)


def signals(source: Source) -> Iterator[Finding]:
    """Find imports of Django's signals: what happens is to be read in the service that does it."""
    for node in ast.walk(source.tree):
        named: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            named = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            named = [alias.name for alias in node.names]
        if any(name.startswith(_SIGNAL_MODULES) or name.endswith(".signals") for name in named):
            yield source.finding(
                "signals", getattr(node, "lineno", 1), "call the service instead of a signal"
            )


def _is_door(source: Source) -> bool:
    return source.is_product and bool(_DOORS & {*source.path.parts, source.path.stem})


def _is_models(source: Source) -> bool:
    return source.is_product and "models" in {*source.path.parts, source.path.stem}


RULES = (
    Rule("clock", lambda source: source.is_product and str(source.path) != _CLOCK, clock),
    Rule("system-scope", lambda source: source.is_product and str(source.path) != _TENANCY, system_scope),
    Rule("door-queries", _is_door, door_queries),
    Rule("save-override", _is_models, save_override),
    Rule("signals", lambda source: source.is_product, signals),
)
