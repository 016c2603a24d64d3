"""The reason tree as it reads at a version, and reasons' words in a language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db.models import Max

from atelogo.register.models import Reason, ReasonRevision, ReasonVersion

_FALLBACKS = ("pt-br", "en", "es")


@dataclass(frozen=True, slots=True)
class ReasonNode:
    """A reason at a version: its words in one language, its place and its marks."""

    id: UUID
    code: str
    parent_id: UUID | None
    label: str
    customer_label: str
    kind: str
    area: str
    interchange: str
    extra_code: str
    sensitive: bool
    ask_customer: bool
    retired: bool
    origin: str
    position: int
    merged_into_id: UUID | None
    definition: str = ""
    use_when: str = ""
    not_when: str = ""
    example: str = ""
    children: tuple[ReasonNode, ...] = field(default=())


def word_of(labels: dict[str, str], language: str) -> str:
    """Return the label in ``language``, or in the first language that has one."""
    for tried in (language.lower(), *_FALLBACKS):
        if labels.get(tried):
            return labels[tried]
    return next((label for label in labels.values() if label), "")


def version_now(workspace_id: UUID) -> int:
    """Return the number of the tree in force (0 before the first one)."""
    top = ReasonVersion.objects.filter(workspace_id=workspace_id).aggregate(top=Max("number"))["top"]
    return int(top or 0)


def reason_nodes(workspace_id: UUID, *, language: str, version: int | None = None) -> dict[UUID, ReasonNode]:
    """Return every reason by id as it read at ``version`` (now by default): one query."""
    rows = ReasonRevision.objects.filter(workspace_id=workspace_id)
    if version is not None:
        rows = rows.filter(since__lte=version)
    nodes: dict[UUID, ReasonNode] = {}
    for row in rows.select_related("reason").order_by("since"):
        nodes[row.reason_id] = _node(row, row.reason, language)
    return nodes


def _node(row: ReasonRevision, reason: Reason, language: str) -> ReasonNode:
    texts = row.texts.get(language.lower()) or row.texts.get("pt-br") or {}
    label = word_of(row.labels, language)
    return ReasonNode(
        id=row.reason_id,
        code=reason.code,
        parent_id=row.parent_id,
        label=label,
        customer_label=word_of(row.customer_labels, language) or label,
        kind=row.kind,
        area=row.area,
        interchange=row.interchange,
        extra_code=row.extra_code,
        sensitive=row.sensitive,
        ask_customer=row.ask_customer,
        retired=row.retired,
        origin=reason.origin,
        position=row.position,
        merged_into_id=reason.merged_into_id,
        definition=texts.get("definition", ""),
        use_when=texts.get("use_when", ""),
        not_when=texts.get("not_when", ""),
        example=texts.get("example", ""),
    )


def reason_tree(workspace_id: UUID, *, language: str, retired: bool = False) -> tuple[ReasonNode, ...]:
    """Return the groups in order with their leaves as ``children``; retired ones only when asked for."""
    return tree_of(reason_nodes(workspace_id, language=language).values(), retired=retired)


def tree_of(nodes: Iterable[ReasonNode], *, retired: bool = False) -> tuple[ReasonNode, ...]:
    """Return nodes already read as groups in order with their leaves as ``children``."""
    kept = [node for node in nodes if retired or not node.retired]
    leaves: dict[UUID | None, list[ReasonNode]] = {}
    for node in sorted(kept, key=lambda n: (n.position, n.label)):
        leaves.setdefault(node.parent_id, []).append(node)
    return tuple(replace(group, children=tuple(leaves.get(group.id, ()))) for group in leaves.get(None, ()))


def customer_reasons(workspace_id: UUID, *, language: str) -> list[ReasonNode]:
    """Return the leaves offered to customers, unshuffled; "other" and "prefer not to say" come last."""
    last = ("other", "prefer_not_to_say")
    asked = [
        n
        for n in reason_nodes(workspace_id, language=language).values()
        if n.ask_customer and not n.retired and n.parent_id is not None
    ]
    return sorted(asked, key=lambda n: (last.index(n.code) + 1 if n.code in last else 0, n.position))


def reason_labels(workspace_id: UUID, ids: Iterable[UUID], *, language: str) -> dict[UUID, str]:
    """Return the words of some reasons as they read now: one query."""
    wanted = set(ids)
    rows = ReasonRevision.objects.filter(workspace_id=workspace_id, reason_id__in=wanted).order_by("since")
    return {row.reason_id: word_of(row.labels, language) for row in rows}
