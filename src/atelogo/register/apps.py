"""Django application of the register."""

from __future__ import annotations

import importlib.util

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    """Registers the room's background tasks when the process starts."""

    name = "atelogo.register"
    label = "register"

    def ready(self) -> None:
        """Import the modules that register tasks and handlers."""
        for module in ("tasks", "handlers"):
            if importlib.util.find_spec(f"{self.name}.{module}"):
                importlib.import_module(f"{self.name}.{module}")
