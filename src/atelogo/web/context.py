"""What every template knows: the company, the person's role and rights, the menu."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what the base templates need."""
    return {"workspace": getattr(request, "workspace", None)}
