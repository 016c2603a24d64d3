"""Why people leave: reasons stated and causes verified, set on requests; allowed in every state."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from atelogo.core import clock
from atelogo.events.catalogue.register import CauseVerified, RequestReasonSet
from atelogo.register.errors import ReasonNotFoundError
from atelogo.register.models import Reason, ReasonVersion, Request, RequestReason
from atelogo.register.services.recording import record, request_locked, save

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor

_TEXT_LENGTH = 4000


def version_now(workspace_id: UUID) -> int:
    """Return the number of the reason tree in force (0 before the first one)."""
    found = ReasonVersion.objects.filter(workspace_id=workspace_id).aggregate(top=Max("number"))["top"]
    return int(found or 0)


def request_reason_set(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    request_id: UUID,
    reason_id: UUID,
    source: str,
    free_text: str | None = None,
    secondary: tuple[UUID, ...] = (),
) -> None:
    """Keep the stated reason (and secondary ones, in order), replacing what was stated before.

    Allowed in every state, ended ones included. ``source`` is customer, agent or import; ``free_text`` None
    leaves the earlier words. Refuses an unknown reason. The same reason again changes nothing. Emits
    ``request.reason_set`` for each, in order; words are personal detail.
    """
    chosen = [reason_id, *(r for r in dict.fromkeys(secondary) if r != reason_id)]
    with transaction.atomic():
        known = set(
            Reason.objects.filter(workspace_id=workspace.id, id__in=chosen).values_list("id", flat=True)
        )
        if known != set(chosen):
            raise ReasonNotFoundError
        request = request_locked(workspace, request_id)
        words = None if free_text is None else free_text.strip()[:_TEXT_LENGTH]
        stated = list(
            RequestReason.objects.filter(request_id=request.id, kind="stated")
            .order_by("position")
            .values_list("reason_id", flat=True)
        )
        if stated == chosen and words in {None, request.free_text}:
            return
        _write_stated(workspace, request, chosen, source, actor, words)


def _write_stated(
    workspace: WorkspaceInfo,
    request: Request,
    chosen: list[UUID],
    source: str,
    actor: Actor,
    words: str | None,
) -> None:
    version = version_now(workspace.id)
    RequestReason.objects.filter(request_id=request.id, kind="stated").delete()
    RequestReason.objects.bulk_create(
        RequestReason(
            workspace_id=workspace.id,
            request_id=request.id,
            reason_id=reason,
            position=place,
            source=source,
            version=version,
            at=clock.now(),
        )
        for place, reason in enumerate(chosen)
    )
    request.reason_id, request.reason_version = chosen[0], version
    if words is not None:
        request.free_text = words
    for place, reason in enumerate(chosen):
        record(
            request,
            RequestReasonSet(reason=reason, version=version, position=place, source=source),
            actor=actor,
            personal={"free_text": words} if words and place == 0 else None,
        )
    save(request, "reason", "reason_version", "free_text")


def request_words_set(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    request_id: UUID,
    expected: str = "",
    would_have_kept: str = "",
    competitor: str = "",
) -> None:
    """Keep what else explains the request: what was expected, what would have kept the customer, who won.

    Emits ``request.corrected`` (the fields are filled in, with nothing before).
    """
    from atelogo.register.services.mending import request_correct  # noqa: PLC0415 - mending needs deciding

    changes = {
        "expected": expected.strip()[:_TEXT_LENGTH],
        "would_have_kept": would_have_kept.strip()[:_TEXT_LENGTH],
        "competitor": competitor.strip()[:120],
    }
    request_correct(
        workspace=workspace,
        actor=actor,
        request_id=request_id,
        changes={field: value for field, value in changes.items() if value},
        why=gettext("said by the customer"),
    )


def cause_verify(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    request_id: UUID,
    reason_id: UUID,
    evidence: str,
    source: str = "agent",
) -> None:
    """Keep the verified cause, which may disagree with the stated reason.

    ``evidence`` says what the data show ("5 calls, 2 outages in 30 days") and names nobody. Emits
    ``request.cause_verified``.
    """
    with transaction.atomic():
        if not Reason.objects.filter(workspace_id=workspace.id, id=reason_id).exists():
            raise ReasonNotFoundError
        request = request_locked(workspace, request_id)
        version = version_now(workspace.id)
        RequestReason.objects.filter(request_id=request.id, kind="verified").delete()
        RequestReason.objects.create(
            workspace_id=workspace.id,
            request_id=request.id,
            reason_id=reason_id,
            kind="verified",
            source=source,
            version=version,
            evidence=evidence[:300],
            at=clock.now(),
        )
        request.verified_cause_id = reason_id
        record(
            request,
            CauseVerified(reason=reason_id, version=version, source=source),
            actor=actor,
            personal={"evidence": evidence} if evidence else None,
        )
        save(request, "verified_cause")
