"""``atelogo workspace ...``: the companies of this installation."""

from __future__ import annotations

from typing import Annotated

import typer

from atelogo.cli.answers import address, answering, show


def add_commands(app: typer.Typer) -> None:
    """Add ``workspace`` to the app."""
    workspaces = typer.Typer(no_args_is_help=True, help="The companies of this installation.")
    app.add_typer(workspaces, name="workspace")

    @workspaces.callback()
    def group() -> None:
        """Keep ``workspace list`` a command of its own while it is the only one."""

    @workspaces.command("list")
    def list_them(
        *, json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False
    ) -> None:
        """List the companies by their name in addresses."""
        from atelogo.accounts.queries import all_workspaces

        with answering(json=json):
            found = all_workspaces()
        facts = [
            {
                "workspace": one.slug,
                "workspace_id": str(one.id),
                "name": one.name,
                "timezone": one.timezone,
                "console": address(f"/{one.slug}/console/"),
            }
            for one in found
        ]
        lines = [f"{one.slug}\t{one.name}\t{one.timezone}" for one in found]
        show(facts, json=json, text="\n".join(lines) or "There is no company here yet.")
