"""The reason tree as those see it who keep it: every language, how often used, versions, what waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count

from atelogo.register.domain.reason_draft import FIELDS, Entry
from atelogo.register.domain.reasons import NOT_INFORMED
from atelogo.register.models import ReasonAlias, ReasonDraft, ReasonRevision, ReasonVersion, Request


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A published version of the tree; ``published_by`` is empty where the system did it."""

    number: int
    note: str
    published_at: datetime
    published_by: UUID | None


@dataclass(frozen=True, slots=True)
class DraftRow:
    """What waits to be published, in its stored form, and who touched it last."""

    changes: dict[str, Any]
    updated_at: datetime
    updated_by: UUID | None


def reason_book(workspace_id: UUID, *, version: int | None = None) -> dict[UUID, Entry]:
    """Return every reason with its words in all languages, as at ``version`` (now by default): one query."""
    rows = ReasonRevision.objects.filter(workspace_id=workspace_id)
    if version is not None:
        rows = rows.filter(since__lte=version)
    book: dict[UUID, Entry] = {}
    for row in rows.select_related("reason").order_by("since"):
        book[row.reason_id] = Entry(
            id=row.reason_id,
            code=row.reason.code,
            origin=row.reason.origin,
            parent=row.parent_id,
            # A merging has no version of its own: it shows from the revision that retired the reason.
            merged_into=row.reason.merged_into_id if row.retired else None,
            **{name: getattr(row, name) for name in FIELDS},
        )
    return book


def reason_use(workspace_id: UUID) -> dict[UUID, int]:
    """Return how many requests state each reason first, as they were recorded: one query.

    Requests without a reason count as "not informed" under the id ``UUID(int=0)``.
    """
    rows = (
        Request.objects.filter(workspace_id=workspace_id)
        .exclude(state__in=["voided", "merged"])
        .values_list("reason_id")
        .annotate(n=Count("id"))
        .order_by()
    )
    return {reason_id or UUID(int=0): count for reason_id, count in rows}


def use_by_entry(book: Iterable[Entry], use: dict[UUID, int]) -> dict[UUID, int]:
    """Return the counts by reason, what was merged added to where it counts now."""
    known = {entry.id: entry for entry in book}
    silent = next((entry.id for entry in known.values() if entry.code == NOT_INFORMED), UUID(int=0))
    totals: dict[UUID, int] = {}
    for key, count in use.items():
        end, seen = key if key.int else silent, {key}
        while end in known and (into := known[end].merged_into) is not None and into not in seen:
            end = into
            seen.add(end)
        totals[end] = totals.get(end, 0) + count
    return totals


def reason_versions(workspace_id: UUID, *, below: int | None = None, limit: int = 50) -> list[VersionRow]:
    """Return published versions, newest first; ``below`` leaves out that number and those after it."""
    rows = ReasonVersion.objects.filter(workspace_id=workspace_id)
    if below is not None:
        rows = rows.filter(number__lt=below)
    return [
        VersionRow(row.number, row.note, row.published_at, row.published_by)
        for row in rows.order_by("-number")[:limit]
    ]


def reason_version(workspace_id: UUID, number: int) -> VersionRow | None:
    """Return one published version, or ``None``."""
    row = ReasonVersion.objects.filter(workspace_id=workspace_id, number=number).first()
    return None if row is None else VersionRow(row.number, row.note, row.published_at, row.published_by)


def draft_in_hand(workspace_id: UUID) -> DraftRow | None:
    """Return what waits to be published, or ``None``: one query."""
    row = ReasonDraft.objects.filter(workspace_id=workspace_id).first()
    return None if row is None else DraftRow(row.changes, row.updated_at, row.updated_by)


def spellings_of(workspace_id: UUID, reason_id: UUID, *, limit: int = 100) -> list[str]:
    """Return the spellings that mean a reason, as files wrote them."""
    rows = ReasonAlias.objects.filter(workspace_id=workspace_id, reason_id=reason_id).order_by("folded")
    return list(rows.values_list("spelling", flat=True)[:limit])


def spelling_owners(workspace_id: UUID, folded: Iterable[str]) -> dict[str, UUID]:
    """Return whose spelling each folded text is, where it is somebody's: one query."""
    rows = ReasonAlias.objects.filter(workspace_id=workspace_id, folded__in=set(folded))
    return dict(rows.values_list("folded", "reason_id"))
