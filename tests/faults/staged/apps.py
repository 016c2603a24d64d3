"""What the stage puts in place once Django is set up."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig


class StagedConfig(AppConfig):
    """Registers the billing system in a file and the points at which a process can be held."""

    name = "tests.faults.staged"
    label = "staged"
    path = str(Path(__file__).resolve().parent)

    def ready(self) -> None:
        """Put everything in place."""
        from tests.faults.staged import props

        props.place()
