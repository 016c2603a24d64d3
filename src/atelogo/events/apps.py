"""Start the spine when Django starts: know every event, the periodic work and the metrics."""

from __future__ import annotations

import importlib

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The spine as a Django app."""

    name = "atelogo.events"
    label = "events"
    verbose_name = "Events"

    def ready(self) -> None:
        """Load the event catalogue, register the spine's own tasks and its metrics."""
        from atelogo.events import catalogue, metrics

        catalogue.all_events()
        importlib.import_module("atelogo.events.upkeep")  # it registers tasks
        metrics.register()
