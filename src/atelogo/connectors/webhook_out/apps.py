"""Django application of the outgoing billing webhook."""

from __future__ import annotations

from django.apps import AppConfig


class WebhookOutConfig(AppConfig):
    """Registers billing by webhook."""

    name = "atelogo.connectors.webhook_out"
    label = "webhook_out"

    def ready(self) -> None:
        """Make the adapter available under its name."""
        from atelogo.connectors.webhook_out.adapter import WebhookBilling
        from atelogo.core.registry import register_billing

        register_billing(WebhookBilling.name, WebhookBilling)
