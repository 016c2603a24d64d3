"""Write docs/reference/commands.md from the commands themselves: python -m tools.commands_page [--check]."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "commands.md"
_HEAD = """# Commands

`.venv/bin/atelogo COMMAND --help` says the same. Every command leaves with 0 when it is done, 1 when it
found something wrong or refused, 2 when it could not be carried out (bad use, missing part). Data live in
`ATELOGO_HOME`, or in the database that `DATABASE_URL` names ([settings](settings.md)).

This page is made from the commands by `python -m tools.commands_page`.
"""


def commands() -> Iterator[tuple[str, Any]]:
    """Yield every command with its full name, sorted."""
    import typer

    from atelogo.cli import load_commands

    yield from _walk(typer.main.get_command(load_commands()), ())


def _walk(command: Any, names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield " ".join(names), command
        return
    for name in sorted(inner):
        yield from _walk(inner[name], (*names, name))


def page() -> str:
    """Return the text of the page."""
    parts = [_HEAD]
    for name, command in commands():
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        usage = " ".join(["atelogo", name, *(str(a.name).upper() for a in arguments)])
        parts.append(f"## `{usage}`\n\n{_paragraphs(command.help or '')}\n")
        options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
        if options:
            rows = [f"| {_names(p)} | {_meaning(p)} |" for p in options]
            parts.append("| option | meaning |\n|---|---|\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n")).strip()


def _names(option: Any) -> str:
    return f"`{'`, `'.join(option.opts)}`"


def _meaning(option: Any) -> str:
    said = " ".join((option.help or "").split()).replace("|", "\\|")
    needed = " Required." if option.required else ""
    default = option.default
    plain = isinstance(default, str | int) and not isinstance(default, bool) and default != ""
    return f"{said}{needed}{f' Default: `{default}`.' if plain else ''}"


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` compare it; return the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atelogo.settings")
    os.environ.setdefault("ATELOGO_HOME", tempfile.mkdtemp(prefix="atelogo-commands-"))
    import django

    django.setup()
    text = page()
    if "--check" in arguments:
        return 0 if PAGE.read_text("utf-8") == text else 1
    PAGE.write_text(text, "utf-8")
    print(f"wrote {PAGE.name}: {sum(1 for _ in commands())} commands")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
