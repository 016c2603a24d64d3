"""Cancellations by stated reason for scripts: exact counts in the words of the company's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from atelogo.register.queries.aggregates import reason_counts
from atelogo.register.queries.reasons import ReasonNode, reason_nodes
from atelogo.register.queries.requests import RequestFilter

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

_NOT_INFORMED: Final = "not_informed"
_SILENT_LABEL: Final = "não informado"  # the word that scripts look for, in any language


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One reason: its label (the file's spelling for imported ones), how many, their monthly value."""

    reason: str
    count: int
    mrr_minor: int


def reason_report(workspace: WorkspaceInfo) -> list[ReasonLine]:
    """Return every reason with its requests and their monthly value, most first, equal counts by label.

    Requests that stand, by the first reason stated, as the tree reads now: a reason merged into another
    counts there. Outside are voided, joined, withdrawn, lapsed and undone requests, ends by the company and
    administrative ends. Requests without a reason are ``não informado``.
    """
    nodes = reason_nodes(workspace.id, language=workspace.locale)
    totals: dict[str, tuple[int, int]] = {}
    for row in reason_counts(workspace, RequestFilter()):
        label = _label(row.reason_id, nodes)
        count, value = totals.get(label, (0, 0))
        totals[label] = (count + row.count, value + row.mrr_minor)
    lines = [ReasonLine(label, count, value) for label, (count, value) in totals.items()]
    return sorted(lines, key=lambda line: (-line.count, line.reason))


def _label(reason: UUID | None, nodes: Mapping[UUID, ReasonNode]) -> str:
    seen: set[UUID] = set()
    while reason is not None and reason not in seen and reason in nodes:
        seen.add(reason)
        into = nodes[reason].merged_into_id
        if into is None:
            node = nodes[reason]
            return _SILENT_LABEL if node.code == _NOT_INFORMED else node.label
        reason = into
    return _SILENT_LABEL
