"""The command line: ``atelogo <command>``. Each module here adds its commands to the one Typer app.

Exit codes: 0 done, 1 found wrong or refused, 2 could not be carried out (bad use, missing part).
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys

import typer

app = typer.Typer(
    name="atelogo",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Set Django up, gather the commands of every module in this package, and run."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atelogo.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        # Checking a receipt needs no installation: a stranger's machine gets no data folder and no key.
        if sys.argv[1:3] != ["verify", "receipt"]:
            django.setup()
    except (ImproperlyConfigured, OSError) as error:
        typer.echo(f"The settings cannot be used: {error}", err=True)
        sys.exit(2)
    load_commands()
    app()


def load_commands() -> typer.Typer:
    """Import every command module and let each add its commands; return the app."""
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        loaded = importlib.import_module(f"{__name__}.{module}")
        add = getattr(loaded, "add_commands", None)
        if add is not None and not getattr(loaded, "_added", False):
            add(app)
            loaded._added = True  # type: ignore[attr-defined] # noqa: SLF001 - guards against adding twice
    return app
