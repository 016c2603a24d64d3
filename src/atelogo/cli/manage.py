"""``atelogo manage ...``: Django's own management commands."""

from __future__ import annotations

import typer


def add_commands(app: typer.Typer) -> None:
    """Add ``manage`` to the app."""

    @app.command(
        "manage",
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
        add_help_option=False,
    )
    def manage(context: typer.Context) -> None:
        """Run a management command of Django, such as migrate or makemigrations."""
        from django.core.management import execute_from_command_line

        execute_from_command_line(["atelogo", *context.args])
