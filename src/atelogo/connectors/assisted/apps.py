"""Django application of the assisted connector."""

from __future__ import annotations

from django.apps import AppConfig


class AssistedConfig(AppConfig):
    """Registers billing by hand."""

    name = "atelogo.connectors.assisted"
    label = "connector_assisted"

    def ready(self) -> None:
        """Make the adapter available under its name."""
        from atelogo.connectors.assisted.adapter import AssistedBilling
        from atelogo.core.registry import register_billing

        register_billing(AssistedBilling.name, AssistedBilling)
