"""The staff's menu: what stands in it, and what a role sees of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from atelogo.accounts.domain.permissions import Permission, Role, allows

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu: its label, the name of its address, its icon and what it needs."""

    label: _StrPromise
    name: str
    icon: str
    permission: Permission
    post: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One line as the template shows it."""

    label: str
    url: str
    icon: str
    active: bool
    post: bool


HOME: Final = Entry(_("Home"), "insights:home", "home", Permission.INSIGHT_VIEW)
MAIN: Final = (
    HOME,
    Entry(_("Cancellations"), "register:request_list", "clipboard-list", Permission.REQUEST_VIEW),
    Entry(_("New cancellation"), "register:request_new", "plus", Permission.REQUEST_OPEN),
    Entry(_("Pending"), "register:task_list", "checklist", Permission.TASK_VIEW),
    Entry(_("Reasons"), "insights:reasons", "chart-bar", Permission.INSIGHT_VIEW),
    Entry(_("Customers"), "register:customer_list", "users", Permission.CUSTOMER_VIEW),
    Entry(_("Import and export"), "register:import_list", "file-import", Permission.IMPORT_VIEW),
    Entry(_("Settings"), "accounts:settings", "settings", Permission.SETTINGS_VIEW),
)
ACCOUNT: Final = (
    Entry(_("My profile"), "accounts:profile", "user", Permission.CONSOLE_VIEW),
    Entry(_("Sign out"), "accounts:logout", "logout", Permission.CONSOLE_VIEW, post=True),
)

ROLES: Final[dict[Role, Any]] = {
    Role.OWNER: _("Owner"),
    Role.MANAGER: _("Manager"),
    Role.ANALYST: _("Analyst"),
    Role.AGENT: _("Agent"),
    Role.AUDITOR: _("Auditor"),
}


def items(entries: tuple[Entry, ...], *, slug: str, role: Role | None, path: str) -> list[Item]:
    """Return what ``role`` sees of ``entries``; pages that are not built yet are left out."""
    seen: list[tuple[Entry, str]] = []
    for entry in entries:
        address = address_of(entry.name, slug)
        if role is not None and address and allows(role, entry.permission):
            seen.append((entry, address))
    here = _deepest([address for _entry, address in seen], path)
    return [
        Item(str(entry.label), address, entry.icon, active=address == here, post=entry.post)
        for entry, address in seen
    ]


def address_of(name: str, slug: str) -> str:
    """Return the address called ``name`` in a workspace, or an empty text when no page has that name."""
    try:
        return reverse(name, kwargs={"workspace": slug})
    except NoReverseMatch:
        return ""


def _deepest(addresses: list[str], path: str) -> str:
    """Return the longest address that ``path`` is or stands under; the first page is above every other."""
    above = [a for a in addresses if path == a or path.startswith(f"{a.rstrip('/')}/")]
    return max(above, key=len, default="")
