"""Call-backs of the company's billing system: signed, fresh, taken in once, about its own requests."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from atelogo.accounts.services.limits import attempt, origin_of
from atelogo.connectors.webhook_out import mapping, signatures
from atelogo.connectors.webhook_out.errors import (
    CallbackBodyError,
    CallbackSignatureError,
    CallbackTooLargeError,
)
from atelogo.connectors.webhook_out.services import PREFIX, callback_secrets, message_take
from atelogo.core import ids
from atelogo.core.errors import AppError, problem_of
from atelogo.events.ledger import Actor
from atelogo.register.services.billing_tasks import billing_reported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from atelogo.accounts.domain.workspace import WorkspaceInfo

BODY_LIMIT = 20 * 1024
_REFUSED_LIMIT, _REFUSED_PER = 60, timedelta(minutes=10)


def report_take(
    *, workspace: WorkspaceInfo, endpoint_id: UUID | None, headers: Mapping[str, str], body: bytes
) -> bool:
    """Take in one call-back; return whether it changed anything (the same id again does not).

    Refuses what is not signed with this address's secret or is more than five minutes off
    (:class:`CallbackSignatureError`), what cannot be understood (:class:`CallbackBodyError`), and a protocol
    that is not this workspace's or nobody confirmed. A refused one is not noted: it may be sent again.
    """
    secrets = callback_secrets(workspace, endpoint_id) if endpoint_id is not None else ()
    if endpoint_id is None or not secrets:
        raise CallbackSignatureError
    try:
        message_id = signatures.check(secrets, headers, body)
    except signatures.SignatureRefusedError as refused:
        raise CallbackSignatureError from refused
    try:
        report = mapping.report_of(body)
    except mapping.ReportUnreadableError as refused:
        raise CallbackBodyError from refused
    with transaction.atomic():
        if not message_take(workspace, endpoint_id, message_id):
            return False
        return billing_reported(
            workspace=workspace,
            actor=Actor("billing", endpoint_id),
            protocol=report.protocol,
            verb=report.verb,
            answer=report.answer,
            adapter="webhook_out",
        )


@csrf_exempt
@require_POST
def billing_callback(request: HttpRequest, endpoint: str) -> JsonResponse:
    """Answer a call-back: 200 with whether it changed anything, or a problem in JSON."""
    workspace: WorkspaceInfo = request.workspace  # type: ignore[attr-defined]
    try:
        body = _body(request)
        changed = report_take(
            workspace=workspace,
            endpoint_id=ids.parse_public_id(PREFIX, endpoint),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body,
        )
    except CallbackSignatureError as refused:
        return _problem(_counted(request, workspace, refused))
    except AppError as refused:
        return _problem(refused)
    return JsonResponse({"changed": changed})


def _body(request: HttpRequest) -> bytes:
    """Return the raw body, of which not one byte may differ from what was signed."""
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > BODY_LIMIT:
        raise CallbackTooLargeError
    body = request.read(BODY_LIMIT + 1)
    if len(body) > BODY_LIMIT:
        raise CallbackTooLargeError
    return body


def _counted(request: HttpRequest, workspace: WorkspaceInfo, refused: AppError) -> AppError:
    """Count a refused signature against its origin; past the limit the answer is to wait."""
    try:
        attempt(
            "billing_callback",
            origin_of(request),
            limit=_REFUSED_LIMIT,
            per=_REFUSED_PER,
            workspace_id=workspace.id,
        )
    except AppError as too_many:
        return too_many
    return refused


def _problem(refused: AppError) -> JsonResponse:
    body = problem_of(refused).as_dict()
    return JsonResponse(body, status=refused.status, content_type="application/problem+json")
