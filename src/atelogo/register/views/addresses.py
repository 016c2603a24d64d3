"""Addresses inside the workspace of a request, and the language of its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import get_language

if TYPE_CHECKING:
    from atelogo.accounts.services.access import StaffRequest


def address(request: StaffRequest, name: str, **parts: object) -> str:
    """Return the path called ``register:<name>`` in the workspace of ``request``."""
    return reverse(f"register:{name}", kwargs={"workspace": request.workspace.slug} | parts)


def language() -> str:
    """Return the active language's code."""
    return get_language() or "pt-br"
