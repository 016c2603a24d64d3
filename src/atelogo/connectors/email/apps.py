"""Django application of the e-mail connector."""

from __future__ import annotations

from django.apps import AppConfig


class EmailConfig(AppConfig):
    """Registers e-mail as a messaging channel."""

    name = "atelogo.connectors.email"
    label = "connector_email"

    def ready(self) -> None:
        """Make the adapter available under its name."""
        from atelogo.connectors.email.adapter import EmailPort
        from atelogo.core.registry import register_messaging

        register_messaging(EmailPort.name, EmailPort)
