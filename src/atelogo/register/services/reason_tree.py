"""The reason tree as the company keeps it: each publication is a version; ids never change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from atelogo.core import clock, ids
from atelogo.events import ledger
from atelogo.events.catalogue.register import ReasonTreePublished
from atelogo.register.domain.importing.folding import fold
from atelogo.register.domain.reasons import ReasonSeed, default_reason_tree
from atelogo.register.errors import ReasonNotFoundError
from atelogo.register.models import Reason, ReasonAlias, ReasonRevision, ReasonVersion
from atelogo.register.services.reasons import version_now

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor

# Codes of the system nodes that imports rely on.
TO_CLASSIFY, NOT_INFORMED = "to_classify", "not_informed"
_REVISED = (
    "position",
    "kind",
    "area",
    "interchange",
    "extra_code",
    "sensitive",
    "ask_customer",
    "retired",
    "labels",
    "customer_labels",
    "texts",
)


@dataclass(frozen=True, slots=True)
class ReasonChange:
    """One change of the tree. ``reason_id`` None adds a node; ``fields`` are columns of a revision.

    A node that is added has the id ``fresh_id`` where one is given. ``parent_id`` "keep" leaves the place;
    ``merge_into`` retires the node in favour of another one.
    """

    reason_id: UUID | None = None
    fresh_id: UUID | None = None
    code: str = ""
    parent_id: UUID | str | None = "keep"
    fields: Mapping[str, Any] = field(default_factory=dict)
    merge_into: UUID | None = None
    origin: str = "company"
    batch_id: UUID | None = None


def tree_prepare(*, workspace: WorkspaceInfo, actor: Actor) -> None:
    """Publish the default tree as version 1; a workspace that has a tree is left as it is."""
    with transaction.atomic():
        if version_now(workspace.id):
            return
        revisions: list[ReasonRevision] = []
        reasons: list[Reason] = []
        for place, group in enumerate(default_reason_tree()):
            top = _reason(workspace, group.code)
            reasons.append(top)
            labels = {language.lower(): label for language, label in group.labels.items()}
            revisions.append(
                ReasonRevision(
                    workspace_id=workspace.id,
                    reason_id=top.id,
                    since=1,
                    position=place,
                    kind="",
                    labels=labels,
                )
            )
            for order, seed in enumerate(group.reasons):
                leaf = _reason(workspace, seed.code)
                reasons.append(leaf)
                revisions.append(_seeded(workspace, leaf, top, order, seed))
        Reason.objects.bulk_create(reasons)
        ReasonRevision.objects.bulk_create(revisions)
        _learn_labels(workspace.id, revisions)
        _publish(workspace, actor, 1, "default tree", [])


def _reason(workspace: WorkspaceInfo, code: str) -> Reason:
    return Reason(
        id=ids.new_id(), workspace_id=workspace.id, code=code, origin="default", created_at=clock.now()
    )


def _seeded(
    workspace: WorkspaceInfo, leaf: Reason, top: Reason, order: int, seed: ReasonSeed
) -> ReasonRevision:
    texts = {
        language.lower(): {
            "definition": text.definition,
            "use_when": text.use_when,
            "not_when": text.not_when,
            "example": text.example,
        }
        for language, text in seed.texts.items()
    }
    return ReasonRevision(
        workspace_id=workspace.id,
        reason_id=leaf.id,
        since=1,
        parent_id=top.id,
        position=order,
        kind=seed.kind.value,
        area=seed.area.value,
        interchange=seed.interchange.value,
        extra_code=seed.extra_code.value if seed.extra_code else "",
        sensitive=seed.sensitive,
        ask_customer=seed.ask_customer,
        labels={language.lower(): text.label for language, text in seed.texts.items()},
        customer_labels={
            language.lower(): text.customer_label
            for language, text in seed.texts.items()
            if text.customer_label
        },
        texts=texts,
    )


def tree_change(
    *, workspace: WorkspaceInfo, actor: Actor, changes: Sequence[ReasonChange], note: str = ""
) -> int:
    """Publish a new version with all ``changes``; return its number.

    Renaming, moving, merging and retiring make a revision from this version on: earlier reports asked "as
    then" stay as they were. Emits ``reason_tree.published``. Refuses an unknown reason.
    """
    with transaction.atomic():
        number = version_now(workspace.id) + 1
        told: list[Mapping[str, Any]] = []
        for change in changes:
            revision = _apply(workspace, number, change)
            _learn_labels(workspace.id, [revision])
            told.append(_told(revision.reason_id, change))
        _publish(workspace, actor, number, note, told)
        return number


def _told(reason_id: UUID, change: ReasonChange) -> Mapping[str, Any]:
    """Return what the ledger says of a change: which reason, which columns, and where it went."""
    said: dict[str, Any] = {"reason": str(reason_id), "fields": sorted(change.fields)}
    if change.parent_id != "keep":
        said["parent"] = str(change.parent_id) if change.parent_id else None
    if change.merge_into is not None:
        said["into"] = str(change.merge_into)
    return said


def _apply(workspace: WorkspaceInfo, number: int, change: ReasonChange) -> ReasonRevision:
    if change.reason_id is None:
        reason = Reason.objects.create(
            id=change.fresh_id or ids.new_id(),
            workspace_id=workspace.id,
            code=change.code or f"r_{ids.new_id().hex[-12:]}",
            origin=change.origin,
            batch_id=change.batch_id,
            created_at=clock.now(),
        )
        base: dict[str, Any] = {}
        parent = None if change.parent_id == "keep" else change.parent_id
    else:
        reason = Reason.objects.filter(workspace_id=workspace.id, id=change.reason_id).first()
        last = ReasonRevision.objects.filter(reason_id=change.reason_id).order_by("-since").first()
        if reason is None or last is None:
            raise ReasonNotFoundError
        base = {name: getattr(last, name) for name in _REVISED}
        parent = last.parent_id if change.parent_id == "keep" else change.parent_id
    if change.merge_into is not None:
        _merge(workspace, reason, change.merge_into)
        base["retired"] = True
    revision, _made = ReasonRevision.objects.update_or_create(
        workspace_id=workspace.id,
        reason_id=reason.id,
        since=number,
        defaults=base | dict(change.fields) | {"parent_id": parent},
    )
    return revision  # type: ignore[no-any-return]


def _merge(workspace: WorkspaceInfo, reason: Reason, into_id: UUID) -> None:
    into = Reason.objects.filter(workspace_id=workspace.id, id=into_id).first()
    if into is None or reason.id in {into.id, into.merged_into_id}:
        raise ReasonNotFoundError
    reason.merged_into_id = into.id
    reason.save(update_fields=["merged_into"])
    ReasonAlias.objects.filter(reason_id=reason.id).update(reason_id=into.id)


def _learn_labels(workspace_id: UUID, revisions: Sequence[ReasonRevision]) -> None:
    """Let every label be an alias, so that a file's spelling equal after folding finds its reason."""
    ReasonAlias.objects.bulk_create(
        [
            ReasonAlias(
                workspace_id=workspace_id,
                reason_id=revision.reason_id,
                folded=fold(label)[:200],
                spelling=label,
            )
            for revision in revisions
            if revision.parent_id is not None
            for label in dict.fromkeys(revision.labels.values())
        ],
        ignore_conflicts=True,
    )


def _publish(
    workspace: WorkspaceInfo, actor: Actor, number: int, note: str, told: Sequence[Mapping[str, Any]]
) -> None:
    version = ReasonVersion.objects.create(
        workspace_id=workspace.id,
        number=number,
        note=note[:200],
        published_at=clock.now(),
        published_by=actor.id,
    )
    ledger.append(
        ReasonTreePublished(number=number, changes=tuple(told)),
        workspace_id=workspace.id,
        stream=version.id,
        seq=1,
        actor=actor,
    )


def reasons_for_spellings(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    spellings: Sequence[str],
    accepted: Mapping[str, UUID] | None = None,
    batch_id: UUID | None = None,
) -> dict[str, UUID]:
    """Return the reason of each spelling of a file; unknown ones become leaves under "a classificar".

    Only equality after folding joins a spelling to a reason; ``accepted`` are a person's own choices, kept
    as aliases. New leaves carry the file's own spelling.
    """
    with transaction.atomic():
        found = _known_aliases(workspace, spellings)
        for spelling, reason_id in (accepted or {}).items():
            if fold(spelling) not in found:
                _alias(workspace, reason_id, spelling)
                found[fold(spelling)] = reason_id
        unknown = {fold(s): s for s in reversed(spellings) if fold(s) not in found}
        if unknown:
            parent = Reason.objects.get(workspace_id=workspace.id, code=TO_CLASSIFY)
            fresh = [
                ReasonChange(
                    parent_id=parent.id,
                    origin="import",
                    batch_id=batch_id,
                    fields={"labels": dict.fromkeys(("pt-br", "en", "es"), spelling[:200]), "kind": "other"},
                )
                for spelling in reversed(unknown.values())
            ]
            tree_change(workspace=workspace, actor=actor, changes=fresh, note="new spellings of a file")
            found = _known_aliases(workspace, spellings)
        return {spelling: found[fold(spelling)[:200]] for spelling in spellings}


def _known_aliases(workspace: WorkspaceInfo, spellings: Sequence[str]) -> dict[str, UUID]:
    folded = {fold(s)[:200] for s in spellings}
    rows = ReasonAlias.objects.filter(workspace_id=workspace.id, folded__in=folded)
    return dict(rows.values_list("folded", "reason_id"))


def _alias(workspace: WorkspaceInfo, reason_id: UUID, spelling: str) -> None:
    if not Reason.objects.filter(workspace_id=workspace.id, id=reason_id).exists():
        raise ReasonNotFoundError
    ReasonAlias.objects.bulk_create(
        [
            ReasonAlias(
                workspace_id=workspace.id,
                reason_id=reason_id,
                folded=fold(spelling)[:200],
                spelling=spelling[:200],
                origin="accepted",
            )
        ],
        ignore_conflicts=True,
    )
