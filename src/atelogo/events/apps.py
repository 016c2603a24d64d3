"""Start the spine when Django starts: know every event, the periodic work and the metrics."""

from __future__ import annotations

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The spine as a Django app."""

    name = "atelogo.events"
    label = "events"
    verbose_name = "Events"

    def ready(self) -> None:
        """Load the event catalogue."""
        from atelogo.events import catalogue

        catalogue.all_events()
