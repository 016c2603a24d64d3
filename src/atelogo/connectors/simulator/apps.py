"""Django application of the billing simulator."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class SimulatorConfig(AppConfig):
    """Registers the simulator where it may be used: in demo mode only."""

    name = "atelogo.connectors.simulator"
    label = "connector_simulator"

    def ready(self) -> None:
        """Make the adapter available under its name, in demo mode."""
        from atelogo.connectors.simulator import tasks  # noqa: F401 - registers its task

        if settings.ATELOGO_DEMO:
            from atelogo.connectors.simulator.adapter import SimulatedBilling
            from atelogo.core.registry import register_billing

            register_billing(SimulatedBilling.name, SimulatedBilling)
