"""The catalogue of events: the only public contract of what happens, one module per room.

Modules of this package are found and imported here, so that a new one needs no entry anywhere.
"""

from __future__ import annotations

import importlib
import pkgutil

from atelogo.events.catalogue.base import Event, EventBodyError, event_named, registered

__all__ = ["Event", "EventBodyError", "all_events", "event_named"]


def all_events() -> list[type[Event]]:
    """Return every event class of this package, ordered by name and version."""
    for module in sorted(found.name for found in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
    return [event for event in registered() if event.__module__.startswith(f"{__name__}.")]
