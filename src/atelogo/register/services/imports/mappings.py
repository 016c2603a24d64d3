"""Mappings kept for the next file of the same shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from atelogo.core import clock
from atelogo.core.errors import FieldProblem, ValidationFailedError
from atelogo.register.domain.importing.mapping import Mapping as ColumnMapping
from atelogo.register.domain.importing.problems import ImportProblemError
from atelogo.register.models import SavedMapping
from atelogo.register.services.imports.batches import mapping_of
from atelogo.register.services.imports.refusals import refusal

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor

_NAME_LENGTH = 120


def mapping_read(*, text: str, kind: str) -> dict[str, Any]:
    """Return the stored form of a mapping file for imports of ``kind``.

    Raises :class:`ImportRefusedError` when the text is no mapping, or one for another kind.
    """
    try:
        mapping = ColumnMapping.from_toml(text)
    except ImportProblemError as problem:
        raise refusal(problem.code, problem.detail) from problem
    if mapping.kind != kind:
        raise refusal("mapping_kind_differs", mapping.kind)
    return mapping.to_dict()


def mapping_save(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    name: str,
    kind: str,
    fingerprint: str,
    mapping: Mapping[str, Any],
) -> UUID:
    """Keep a mapping under a name, replacing the one of that name; return its id.

    It is offered for files whose column names have the same ``fingerprint``. Refuses an empty name and a
    mapping that is not valid.
    """
    mapping_of(mapping)
    called = " ".join(name.split())[:_NAME_LENGTH]
    if not called:
        raise ValidationFailedError(fields=(FieldProblem("name", "required", _("Give it a name.")),))
    saved, _made = SavedMapping.objects.update_or_create(
        workspace_id=workspace.id,
        kind=kind,
        name=called,
        defaults={
            "fingerprint": fingerprint,
            "mapping": dict(mapping),
            "saved_by": actor.id,
            "saved_at": clock.now(),
        },
    )
    return saved.id  # type: ignore[no-any-return]


def mapping_delete(*, workspace: WorkspaceInfo, mapping_id: UUID) -> None:
    """Drop a saved mapping; one that is not there is no error."""
    SavedMapping.objects.filter(workspace_id=workspace.id, id=mapping_id).delete()
