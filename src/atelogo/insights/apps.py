"""Django application of insights."""

from __future__ import annotations

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """Pages and queries over the register."""

    name = "atelogo.insights"
    label = "insights"
