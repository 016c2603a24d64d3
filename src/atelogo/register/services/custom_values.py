"""The company's own fields of a request, checked before they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from atelogo.core.errors import FieldProblem
from atelogo.register.domain.custom_fields import custom_changed, custom_values
from atelogo.register.errors import CustomFieldError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from atelogo.accounts.domain.workspace import WorkspaceInfo

_WHY = {
    "unknown": _("There is no such field."),
    "too_long": _("This is too long."),
    "invalid": _("This is not in the expected form."),
    "not_a_number": _("Write a number."),
    "not_a_date": _("Write a date, such as 21/11/2026."),
    "not_offered": _("Choose one of the options."),
}


def custom_checked(workspace: WorkspaceInfo, given: Mapping[str, object]) -> dict[str, str]:
    """Return what is kept of ``given``; raise :class:`CustomFieldError` naming every misfit."""
    kept, refused = custom_values(workspace.custom_fields, given)
    if refused:
        labels = {one.code: one.label(get_language() or "") for one in workspace.custom_fields}
        raise CustomFieldError(
            fields=tuple(FieldProblem(code, why, _WHY[why]) for code, why in refused.items()),
            field=", ".join(labels.get(code, code) for code in refused),
        )
    return kept


def custom_corrected(
    workspace: WorkspaceInfo, kept: Mapping[str, object], given: Mapping[str, object]
) -> dict[str, object]:
    """Return a request's values after a correction of the fields ``given``; the others stay."""
    return custom_changed(kept, given, custom_checked(workspace, given))
