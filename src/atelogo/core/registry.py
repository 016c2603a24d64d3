"""Where upward needs meet what fulfils them: ports per workspace, event handlers, privacy duties.

Rooms and connectors register in their ``AppConfig.ready``; nothing here imports them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from atelogo.core.ports.billing import BillingPort
    from atelogo.core.ports.messaging import MessagingPort

_billing: dict[str, Callable[[UUID], BillingPort]] = {}
_messaging: dict[str, Callable[[UUID], MessagingPort]] = {}
_handlers: dict[str, list[tuple[str, Callable[[Any], None]]]] = {}


class UnknownPortError(LookupError):
    """A workspace names an adapter that is not installed."""


def register_billing(name: str, make: Callable[[UUID], BillingPort]) -> None:
    """Make the billing adapter ``name`` available; ``make`` is given the workspace id."""
    _billing[name] = make


def billing_port(name: str, workspace_id: UUID) -> BillingPort:
    """Return the billing adapter ``name`` for a workspace; raise :class:`UnknownPortError`."""
    try:
        return _billing[name](workspace_id)
    except KeyError as error:
        raise UnknownPortError(name) from error


def billing_names() -> list[str]:
    """Return the names of the installed billing adapters."""
    return sorted(_billing)


def register_messaging(name: str, make: Callable[[UUID], MessagingPort]) -> None:
    """Make the messaging adapter ``name`` available."""
    _messaging[name] = make


def messaging_port(name: str, workspace_id: UUID) -> MessagingPort:
    """Return the messaging adapter ``name`` for a workspace; raise :class:`UnknownPortError`."""
    try:
        return _messaging[name](workspace_id)
    except KeyError as error:
        raise UnknownPortError(name) from error


def on_event(name: str, handler_name: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Register the decorated function as a handler of sealed events called ``name``."""

    def register(handler: Callable[[Any], None]) -> Callable[[Any], None]:
        _handlers.setdefault(name, []).append((handler_name, handler))
        return handler

    return register


def handlers_of(name: str) -> list[tuple[str, Callable[[Any], None]]]:
    """Return the handlers of the events called ``name`` with their names."""
    return list(_handlers.get(name, []))
