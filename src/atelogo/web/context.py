"""What every template knows: the company, the person's role and rights, the menu, the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import get_language

from atelogo.accounts.domain.permissions import MATRIX, Permission, Role
from atelogo.web import navigation

if TYPE_CHECKING:
    from django.http import HttpRequest

THEMES = frozenset({"light", "dark"})
THEME_COOKIE = "atelogo_theme"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what the base templates need; nothing here asks the database.

    ``can`` maps each permission's name to whether the person has it: ``{% if can.request_open %}``.
    """
    workspace = getattr(request, "workspace", None)
    role: Role | None = getattr(request, "role", None)
    granted = MATRIX[role] if role is not None else frozenset()
    theme = request.COOKIES.get(THEME_COOKIE, "")
    known: dict[str, Any] = {
        "workspace": workspace,
        "member": getattr(request, "member", None),
        "role": role,
        "role_label": navigation.ROLES.get(role, "") if role is not None else "",
        "can": {permission.value: permission in granted for permission in Permission},
        "theme": theme if theme in THEMES else "",
        "LANGUAGE_CODE": get_language() or settings.LANGUAGE_CODE,
        "demo": settings.ATELOGO_DEMO,
    }
    if workspace is None or role is None:
        return known
    return known | {
        "nav": navigation.items(navigation.MAIN, slug=workspace.slug, role=role, path=request.path),
        "account_nav": navigation.items(
            navigation.ACCOUNT, slug=workspace.slug, role=role, path=request.path
        ),
        "home_url": f"/{workspace.slug}/console/",
        "search_url": navigation.address_of("search", workspace.slug) if known["can"]["request_view"] else "",
    }
