from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.conf import settings

from tools.check_messages import PACKAGE, catalogues


def test_every_catalogue_is_one_that_django_loads() -> None:
    """A `locale` folder belongs to an installed room or stands in LOCALE_PATHS: none is written in vain."""
    loaded = {Path(app.path) / "locale" for app in apps.get_app_configs()} | {
        Path(p) for p in settings.LOCALE_PATHS
    }
    folders = {PACKAGE / owner / "locale" for owner, _language in catalogues(PACKAGE)}
    assert {str(folder) for folder in folders - loaded} == set()
