"""The name of a workspace in addresses."""

from __future__ import annotations

import re
from typing import Final

# First path segments of the site itself, and words that would mislead a customer.
RESERVED: Final = frozenset(
    {
        "about", "accounts", "admin", "ajuda", "api", "app", "assets", "atelogo", "auth", "console", "demo",
        "docs", "embed", "favicon", "health", "help", "healthz", "login", "logout", "livez", "media",
        "metrics", "new", "openapi", "public", "readyz", "robots", "setup", "sobre", "static", "status",
        "support", "suporte", "system", "v", "webhooks", "well-known", "widget", "www",
    }
)  # fmt: skip
LONGEST: Final = 40
_SHAPE: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


def slug_problem(slug: str) -> str | None:
    """Return why ``slug`` is no workspace's name: ``shape``, ``length``, ``reserved``; else ``None``."""
    if not 2 <= len(slug) <= LONGEST:  # noqa: PLR2004 - one letter is a typing slip
        return "length"
    if not _SHAPE.fullmatch(slug) or "--" in slug:
        return "shape"
    return "reserved" if slug in RESERVED else None


def shaped(slug: str) -> bool:
    """Whether ``slug`` looks like a workspace's name: only then is it worth asking whose it is."""
    return slug_problem(slug) in {None, "reserved"}
