"""``atelogo report ...``: figures for scripts."""

from __future__ import annotations

from typing import Annotated

import typer

from atelogo.cli.answers import answering, show
from atelogo.cli.import_file import company


def add_commands(app: typer.Typer) -> None:
    """Add ``report`` to the app."""
    reports = typer.Typer(no_args_is_help=True, help="Figures for scripts.")
    app.add_typer(reports, name="report")

    @reports.callback()
    def group() -> None:
        """Keep ``report reasons`` a command of its own while it is the only one."""

    @reports.command("reasons")
    def reasons(
        *,
        workspace: Annotated[
            str, typer.Option(help="The company's name in addresses; needed only where there are several.")
        ] = "",
        json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    ) -> None:
        """Count cancellations by reason, with their monthly value in minor units, most first.

        Voided and joined requests are outside, and so are ends by the company or for administrative reasons.
        """
        from atelogo.register.queries.reason_report import reason_report

        with answering(json=json), company(workspace) as place:
            found = reason_report(place)
        facts = [{"reason": one.reason, "count": one.count, "mrr_minor": one.mrr_minor} for one in found]
        lines = [f"{one.count:8}  {one.mrr_minor / 100:14,.2f}  {one.reason}" for one in found]
        show(facts, json=json, text="\n".join(lines) or "There are no cancellations yet.")
