"""Setting up the billing webhook: one address per company, its secret shown once, turned over, turned off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from atelogo.accounts.queries import workspace_by_id
from atelogo.connectors.webhook_out import signatures
from atelogo.connectors.webhook_out.errors import (
    EndpointExistsError,
    EndpointNotFoundError,
    EndpointUrlError,
)
from atelogo.connectors.webhook_out.models import InboundMessage, WebhookEndpoint
from atelogo.core import clock, ids
from atelogo.core.http import TargetRefusedError, check_target
from atelogo.core.tenancy import workspace_scope
from atelogo.events import ledger
from atelogo.events.catalogue import connectors as facts
from atelogo.events.ledger import SYSTEM, Actor

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.catalogue.base import Event

PREFIX = "hook"
ROTATION = timedelta(hours=24)
_LONGEST_URL = 500


@dataclass(frozen=True, slots=True)
class EndpointView:
    """A billing address as people see it: without its secret. ``rotating_until`` is set during a rotation."""

    id: UUID
    public_id: str
    url: str
    callback_url: str
    created_at: datetime
    rotating_until: datetime | None
    disabled_at: datetime | None
    disabled_why: str


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret at the one moment it is shown, with the address it belongs to."""

    endpoint: EndpointView
    secret: str


@dataclass(frozen=True, slots=True)
class CallTarget:
    """What is needed to call: where, signed with which secrets (the newest first), and where to call back."""

    endpoint_id: UUID
    url: str
    secrets: tuple[str, ...]
    callback_url: str


def endpoint_create(*, workspace: WorkspaceInfo, actor: Actor, url: str) -> NewSecret:
    """Set the company's billing address and return its secret, shown this once.

    Raises :class:`EndpointUrlError` for an address that may not be called and :class:`EndpointExistsError`
    while another one is in use. Emits ``billing_endpoint.created``.
    """
    address = _accepted(url)
    secret = signatures.new_secret()
    with workspace_scope(workspace.id), transaction.atomic():
        row = WebhookEndpoint(workspace_id=workspace.id, url=address, secret=secret)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            raise EndpointExistsError from None
        _write(facts.BillingEndpointCreated(endpoint=row.id, host=_host(address)), row, actor)
    return NewSecret(_view(workspace, row), secret)


def endpoint_move(*, workspace: WorkspaceInfo, actor: Actor, endpoint_id: UUID, url: str) -> EndpointView:
    """Give the billing address another URL under the same secret; emits ``billing_endpoint.moved``."""
    address = _accepted(url)
    with workspace_scope(workspace.id), transaction.atomic():
        row = _locked(workspace, endpoint_id)
        if row.url != address:
            row.url = address
            row.save(update_fields=["url"])
            _write(facts.BillingEndpointMoved(endpoint=row.id, host=_host(address)), row, actor)
    return _view(workspace, row)


def endpoint_rotate(
    *, workspace: WorkspaceInfo, actor: Actor, endpoint_id: UUID, overlap: timedelta = ROTATION
) -> NewSecret:
    """Make a new secret and return it, shown this once; the old one counts for ``overlap`` longer.

    Meanwhile messages are signed with both and call-backs may be signed with either. Emits
    ``billing_endpoint.rotated``.
    """
    with workspace_scope(workspace.id), transaction.atomic():
        row = _locked(workspace, endpoint_id)
        row.previous_secret, row.secret = row.secret, signatures.new_secret()
        row.previous_until = clock.now() + overlap
        row.save(update_fields=["previous_secret", "secret", "previous_until"])
        _write(facts.BillingEndpointRotated(endpoint=row.id, until=row.previous_until), row, actor)
    return NewSecret(_view(workspace, row), row.secret)


def endpoint_disable(
    *, workspace: WorkspaceInfo, actor: Actor, endpoint_id: UUID, why: str = "person"
) -> None:
    """Turn the address off: orders go to people from here on. Repeating it changes nothing.

    ``why`` is person or gone. Emits ``billing_endpoint.disabled``.
    """
    with workspace_scope(workspace.id), transaction.atomic():
        row = _locked(workspace, endpoint_id)
        if row.disabled_at is None:
            row.disabled_at, row.disabled_why = clock.now(), why
            row.save(update_fields=["disabled_at", "disabled_why"])
            _write(facts.BillingEndpointDisabled(endpoint=row.id, why=why), row, actor)


def endpoint_of(workspace: WorkspaceInfo) -> EndpointView | None:
    """Return the address in use, else the one turned off last, else ``None``."""
    with workspace_scope(workspace.id):
        rows = WebhookEndpoint.objects.order_by("-created_at")
        row = rows.filter(disabled_at=None).first() or rows.first()
    return None if row is None else _view(workspace, row)


def call_target(workspace_id: UUID) -> CallTarget | None:
    """Return where to send the workspace's orders, or ``None`` without an address in use."""
    workspace = workspace_by_id(workspace_id)
    with workspace_scope(workspace_id):
        row = WebhookEndpoint.objects.filter(disabled_at=None).first()
    if row is None or workspace is None:
        return None
    return CallTarget(row.id, row.url, _secrets(row), _callback_url(workspace, row.id))


def callback_secrets(workspace: WorkspaceInfo, endpoint_id: UUID) -> tuple[str, ...]:
    """Return the secrets that may sign a call-back to this address; none where nobody listens.

    An address that was turned off still takes call-backs to orders it was given before.
    """
    with workspace_scope(workspace.id):
        row = WebhookEndpoint.objects.filter(id=endpoint_id).first()
    return () if row is None else _secrets(row)


def message_take(workspace: WorkspaceInfo, endpoint_id: UUID, message_id: str) -> bool:
    """Note a call-back as taken in, in the transaction in force; say whether it is the first of its id."""
    with workspace_scope(workspace.id):
        row = InboundMessage(workspace_id=workspace.id, endpoint_id=endpoint_id, message_id=message_id)
        InboundMessage.objects.bulk_create([row], ignore_conflicts=True)
        return bool(InboundMessage.objects.filter(id=row.id).exists())


def endpoint_gone(workspace_id: UUID, endpoint_id: UUID) -> None:
    """Turn off an address that said it is gone for good (410)."""
    workspace = workspace_by_id(workspace_id)
    if workspace is not None:
        endpoint_disable(workspace=workspace, actor=SYSTEM, endpoint_id=endpoint_id, why="gone")


def _accepted(url: str) -> str:
    address = url.strip()
    try:
        check_target(address)
    except TargetRefusedError as refused:
        raise EndpointUrlError from refused
    if len(address) > _LONGEST_URL:
        raise EndpointUrlError
    return address


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _locked(workspace: WorkspaceInfo, endpoint_id: UUID) -> WebhookEndpoint:
    row = (
        WebhookEndpoint.objects.select_for_update().filter(workspace_id=workspace.id, id=endpoint_id).first()
    )
    if row is None:
        raise EndpointNotFoundError
    return row  # type: ignore[no-any-return]


def _secrets(row: WebhookEndpoint) -> tuple[str, ...]:
    if row.previous_secret and row.previous_until is not None and clock.now() < row.previous_until:
        return (row.secret, row.previous_secret)
    return (row.secret,)


def _callback_url(workspace: WorkspaceInfo, endpoint_id: UUID) -> str:
    public = ids.public_id(PREFIX, endpoint_id)
    return f"{settings.ATELOGO_BASE_URL}/{workspace.slug}/hooks/billing/{public}"


def _view(workspace: WorkspaceInfo, row: WebhookEndpoint) -> EndpointView:
    rotating = row.previous_until if len(_secrets(row)) > 1 else None
    return EndpointView(
        id=row.id,
        public_id=ids.public_id(PREFIX, row.id),
        url=row.url,
        callback_url=_callback_url(workspace, row.id),
        created_at=row.created_at,
        rotating_until=rotating,
        disabled_at=row.disabled_at,
        disabled_why=row.disabled_why,
    )


def _write(event: Event, row: WebhookEndpoint, actor: Actor) -> None:
    ledger.append_next(event, workspace_id=row.workspace_id, stream=row.id, actor=actor)
