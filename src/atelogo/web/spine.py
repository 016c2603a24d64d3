"""What the spine says of itself, for health and metrics: under the system scope, never a tenant's data."""

from __future__ import annotations

from atelogo.core.tenancy import system_scope
from atelogo.events import outbox


def facts() -> dict[str, tuple[str, float]]:
    """Return name -> (meaning, value) of what the database knows; ``django.db.Error`` when it is away."""
    with system_scope("health"):
        return {"outbox_due": ("Jobs that could run now.", float(outbox.due_count()))}


def parts() -> dict[str, str]:
    """Return the state of worker and sealer: ``ok``, ``late`` or ``unknown``."""
    return {"worker": "unknown", "sealer": "unknown"}
