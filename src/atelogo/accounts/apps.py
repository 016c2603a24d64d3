"""The accounts room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Workspaces, people, roles."""

    name = "atelogo.accounts"
    label = "accounts"
