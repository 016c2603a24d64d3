"""Django application of the customers' pages: it owns their templates, script and translations."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The portal has no tables and nothing to start."""

    name = "atelogo.web.portal"
    label = "portal"
