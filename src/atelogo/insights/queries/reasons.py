"""Why customers leave: requests by their first stated reason.

Definition: requests of the filter that stand (withdrawn, undone and lapsed ones are outside, like voided
and merged ones), by the first reason stated, as the tree reads now; a reason merged into another
counts there. "Not informed" gathers requests without a reason. Shares are of all requests of the
filter. Unit: requests and monthly value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from atelogo.insights.domain.pareto import Bar, pareto
from atelogo.register.queries.aggregates import ReasonCount, reason_counts
from atelogo.register.queries.reasons import ReasonNode, reason_nodes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.register.queries.requests import RequestFilter

NOT_INFORMED = "not_informed"


@dataclass(frozen=True, slots=True)
class ReasonBar:
    """One reason of the Pareto; ``reason_id`` None stands for the rest, or for no reason at all."""

    reason_id: UUID | None
    label: str
    group: str
    bar: Bar


def reasons_pareto(
    workspace: WorkspaceInfo, wanted: RequestFilter, *, language: str, as_version: int | None = None
) -> list[ReasonBar]:
    """Return the reasons of a filter, most first, with shares and the cumulative line.

    ``as_version`` reads labels and places "as then": a later rename, move or merge does not show.
    """
    nodes = reason_nodes(workspace.id, language=language, version=as_version)
    counts = _joined(reason_counts(workspace, wanted), nodes, follow=as_version is None)
    bars = pareto([(str(key), row[0], row[1]) for key, row in counts.items()])
    return [_named(bar, nodes) for bar in bars]


def _joined(
    rows: list[ReasonCount], nodes: Mapping[UUID, ReasonNode], *, follow: bool
) -> dict[UUID | None, tuple[int, int]]:
    """Add up what was merged, and requests without a reason with the leaf that says so."""
    silent = next((node.id for node in nodes.values() if node.code == NOT_INFORMED), None)
    totals: dict[UUID | None, tuple[int, int]] = {}
    for row in rows:
        key = row.reason_id or silent
        if follow and key is not None:
            key = _end_of_merges(key, nodes)
        count, value = totals.get(key, (0, 0))
        totals[key] = (count + row.count, value + row.mrr_minor)
    return totals


def _end_of_merges(key: UUID, nodes: Mapping[UUID, ReasonNode]) -> UUID:
    seen = {key}
    while key in nodes and (into := nodes[key].merged_into_id) is not None and into not in seen:
        key = into
        seen.add(key)
    return key


def _named(bar: Bar, nodes: Mapping[UUID, ReasonNode]) -> ReasonBar:
    if bar.key == "None":
        return ReasonBar(None, "", "", bar)
    node = nodes.get(UUID(bar.key))
    if node is None:
        return ReasonBar(UUID(bar.key), "", "", bar)
    group = nodes.get(node.parent_id) if node.parent_id else None
    return ReasonBar(node.id, node.label, group.label if group else "", bar)
