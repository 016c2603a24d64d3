"""What the spine says of itself, for readiness: ages and counts, never a tenant's data."""

from __future__ import annotations

from typing import Final

from atelogo.events import status

OK: Final = "ok"
LATE: Final = "late"
LATE_SECONDS: Final = (
    60.0  # the sealer is at most 1 s behind in interactive load; a bulk load may take longer
)


def parts() -> dict[str, str]:
    """Return the state of worker and sealer, ``ok`` or ``late``; ``django.db.Error`` without a database."""
    return {
        "worker": OK if status.workers_alive() else LATE,
        "sealer": OK if status.sealing_lag() <= LATE_SECONDS else LATE,
    }
