"""The product's settings with the stage added: DJANGO_SETTINGS_MODULE=tests.faults.staged.settings."""

from __future__ import annotations

from atelogo import settings as product

globals().update({name: getattr(product, name) for name in dir(product) if name.isupper()})

INSTALLED_APPS = [*product.INSTALLED_APPS, "tests.faults.staged.apps.StagedConfig"]
