"""What happened to a request, from its ledger events and its touchpoints, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from atelogo.events.ledger import EntryView, entries_of
from atelogo.register.models import Touchpoint

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

# A repeated wish is an event and a touchpoint: the words of the second are shown with the first.
_REPEATED = "repeated_request"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. ``shredded`` says that its personal detail existed and was erased.

    ``name`` is the event's wire name, or ``touchpoint`` with the kind, channel, summary and outside number in
    ``body`` and ``personal``. ``entry_id`` is the ledger entry, if it is one.
    """

    at: datetime
    order: int
    name: str
    body: Mapping[str, Any]
    personal: Mapping[str, Any] | None
    shredded: bool
    actor_kind: str
    actor_id: UUID | None
    entry_id: UUID | None = None


def happenings_of(workspace: WorkspaceInfo, request_id: UUID) -> list[Happening]:
    """Return everything that happened to a request of the workspace, newest first: three queries."""
    events = [_event(entry) for entry in entries_of(workspace.id, request_id)]
    touches = list(
        Touchpoint.objects.filter(workspace_id=workspace.id, request_id=request_id).order_by("at", "id")
    )
    repeated = iter([touch for touch in touches if touch.kind == _REPEATED])
    told = [
        _with_words(one, next(repeated, None)) if one.name == "request.touched" else one for one in events
    ]
    contacts = [_contact(touch) for touch in touches if touch.kind != _REPEATED]
    return sorted((*told, *contacts), key=lambda one: (one.at, one.order), reverse=True)


def _event(entry: EntryView) -> Happening:
    return Happening(
        at=entry.recorded_at,
        order=entry.stream_seq,
        name=entry.name,
        body=entry.body,
        personal=entry.personal,
        shredded=entry.commitment is not None and entry.personal is None,
        actor_kind=entry.actor.kind,
        actor_id=entry.actor.id,
        entry_id=entry.id,
    )


def _with_words(event: Happening, touch: Touchpoint | None) -> Happening:
    if touch is None or not touch.summary:
        return event
    return replace(event, personal={"summary": touch.summary})


def _contact(touch: Touchpoint) -> Happening:
    return Happening(
        at=touch.at,
        order=0,
        name="touchpoint",
        body={"kind": touch.kind, "channel": touch.channel, "outside_protocol": touch.outside_protocol},
        personal={"summary": touch.summary} if touch.summary else None,
        shredded=False,
        actor_kind=touch.actor_kind,
        actor_id=touch.actor_id,
    )
