"""The web room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Shell, components and health."""

    name = "atelogo.web"
    label = "web"
