"""Working on the reason tree: changes gather in one draft and are published as one version.

A draft is no fact of the register: it is kept outside the ledger, where only its publication is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from statistics import mode
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from atelogo.core import clock, ids
from atelogo.core.errors import FieldProblem, UnavailableError
from atelogo.register.domain import reason_draft as drafts
from atelogo.register.domain.importing.folding import fold
from atelogo.register.domain.reason_draft import Book, Change, Draft, Trouble
from atelogo.register.errors import ReasonChangeRefusedError, ReasonDraftEmptyError, ReasonNotFoundError
from atelogo.register.models import ReasonAlias, ReasonDraft
from atelogo.register.queries.reason_settings import reason_book, spelling_owners
from atelogo.register.services.reason_tree import ReasonChange, tree_change

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor

_WHY = {
    "no_label": _("“%(reason)s” needs a name in at least one language."),
    "twin": _("“%(reason)s” reads the same as “%(other)s”: files could not tell them apart."),
    "group_in_use": _("The group “%(reason)s” still holds reasons. Move or retire them first."),
    "no_group": _("“%(reason)s” needs a group that is in use."),
    "needed": _("The system relies on “%(reason)s”: rename it, but keep it."),
    "bad_merge": _("“%(reason)s” can be joined only to another reason that is in use."),
}
Edit = Callable[[Book, dict[UUID, Change]], None]


def draft_add(
    *, workspace: WorkspaceInfo, actor: Actor, group_id: UUID | None, fields: Mapping[str, Any]
) -> UUID:
    """Add a reason at the end of a group, or a group (``group_id`` None), to the draft; return its id.

    ``fields`` are names of ``reason_draft.FIELDS``. Raises :class:`ReasonChangeRefusedError`.
    """
    key = ids.new_id()

    def edit(book: Book, draft: dict[UUID, Change]) -> None:
        place = drafts.last_place(drafts.laid(book, draft), group_id)
        draft[key] = Change({"position": place, **fields}, moved=True, parent=group_id, new=True)

    _edit(workspace, actor, edit)
    return key


def draft_set(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    reason_id: UUID,
    fields: Mapping[str, Any],
    group_id: UUID | None = None,
) -> None:
    """Change what a reason says, and its group where ``group_id`` is another one, in the draft.

    Raises :class:`ReasonNotFoundError` and :class:`ReasonChangeRefusedError`.
    """

    def edit(book: Book, draft: dict[UUID, Change]) -> None:
        tree = drafts.laid(book, draft)
        entry = _known(tree, reason_id)
        _lay(draft, reason_id, **fields)
        if group_id is not None and not entry.is_group and group_id != entry.parent:
            _move(draft, tree, reason_id, group_id)

    _edit(workspace, actor, edit)


def draft_shift(*, workspace: WorkspaceInfo, actor: Actor, reason_id: UUID, step: int) -> None:
    """Put a reason or group one place up (-1) or down (1) among its neighbours, in the draft."""

    def edit(book: Book, draft: dict[UUID, Change]) -> None:
        tree = drafts.laid(book, draft)
        if _known(tree, reason_id).retired:
            raise ReasonNotFoundError
        for key, place in drafts.swapped(tree, reason_id, step).items():
            _lay(draft, key, position=place)

    _edit(workspace, actor, edit)


def draft_retire(*, workspace: WorkspaceInfo, actor: Actor, reason_id: UUID, retired: bool) -> None:
    """Stop offering a reason (or a group without reasons), or offer it again, in the draft.

    One that was added in this draft simply goes.
    """

    def edit(book: Book, draft: dict[UUID, Change]) -> None:
        entry = _known(drafts.laid(book, draft), reason_id)
        if retired and reason_id in draft and draft[reason_id].new:
            del draft[reason_id]
        elif not retired and entry.merged_into is not None:
            raise _refused([Trouble(entry, "bad_merge")])
        else:
            _lay(draft, reason_id, retired=retired)

    _edit(workspace, actor, edit)


def draft_classify(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    joins: Mapping[UUID, UUID] | None = None,
    own: Mapping[UUID, UUID] | None = None,
) -> None:
    """Join reasons to others (id -> id), or give them a group of their own (id -> group), in the draft.

    A joined reason counts there from the publication on; its spellings mean the other one. A reason that
    gets a group takes the kind and area that are usual in it.
    """

    def edit(book: Book, draft: dict[UUID, Change]) -> None:
        tree = drafts.laid(book, draft)
        for key, into in (joins or {}).items():
            _known(tree, key)
            draft[key] = replace(draft.get(key, Change()), merge_into=into)
        for key, group in (own or {}).items():
            _known(tree, key)
            _lay(draft, key, **_usual(tree, group))
            _move(draft, drafts.laid(book, draft), key, group)

    _edit(workspace, actor, edit)


def draft_drop(*, workspace: WorkspaceInfo, actor: Actor, reason_id: UUID) -> None:
    """Take the changes of one reason out of the draft."""

    def edit(_book: Book, draft: dict[UUID, Change]) -> None:
        draft.pop(reason_id, None)

    _edit(workspace, actor, edit)


def draft_discard(*, workspace: WorkspaceInfo) -> None:
    """Throw the whole draft away; the tree in force stays as it is."""
    ReasonDraft.objects.filter(workspace_id=workspace.id).delete()


def draft_publish(*, workspace: WorkspaceInfo, actor: Actor, note: str = "") -> int:
    """Publish everything in the draft as one version and return its number; the draft is empty then.

    Raises :class:`ReasonDraftEmptyError` without changes, :class:`ReasonChangeRefusedError` when the tree has
    changed meanwhile so that they no longer fit, and ``UnavailableError`` when somebody publishes at the same
    moment; the draft stays then. Emits ``reason_tree.published``.
    """
    with transaction.atomic():
        row = _row(workspace, actor)
        book = reason_book(workspace.id)
        draft = drafts.trimmed(book, drafts.draft_of(row.changes))
        if not draft:
            raise ReasonDraftEmptyError
        _judge(workspace, book, draft)
        changes = [_published(key, draft[key]) for key in _in_order(draft)]
        try:
            with transaction.atomic():
                number = tree_change(
                    workspace=workspace, actor=actor, changes=changes, note=" ".join(note.split())[:200]
                )
        except IntegrityError as error:  # an import published the same number at this very moment
            raise UnavailableError from error
        _take_over_spellings(workspace, drafts.laid(book, draft), draft)
        row.delete()
        return number


def _edit(workspace: WorkspaceInfo, actor: Actor, edit: Edit) -> None:
    """Change the draft under its lock; refuse what could not be published."""
    with transaction.atomic():
        row = _row(workspace, actor)
        book = reason_book(workspace.id)
        draft = drafts.draft_of(row.changes)
        edit(book, draft)
        draft = drafts.trimmed(book, draft)
        _judge(workspace, book, draft)
        if not draft:
            row.delete()
            return
        row.changes = {str(key): change.stored() for key, change in draft.items()}
        row.updated_at, row.updated_by = clock.now(), actor.id
        row.save(update_fields=["changes", "updated_at", "updated_by"])


def _row(workspace: WorkspaceInfo, actor: Actor) -> ReasonDraft:
    fresh = {"changes": {}, "updated_at": clock.now(), "updated_by": actor.id}
    row, _made = ReasonDraft.objects.select_for_update().get_or_create(
        workspace_id=workspace.id, defaults=fresh
    )
    return row  # type: ignore[no-any-return]


def _known(tree: Book, key: UUID) -> drafts.Entry:
    entry = tree.get(key)
    if entry is None:
        raise ReasonNotFoundError
    return entry


def _lay(draft: dict[UUID, Change], key: UUID, **fields: Any) -> None:  # noqa: ANN401 - columns of a revision
    before = draft.get(key, Change())
    draft[key] = replace(before, fields={**before.fields, **fields})


def _move(draft: dict[UUID, Change], tree: Book, key: UUID, group: UUID) -> None:
    _lay(draft, key, position=drafts.last_place(tree, group))
    draft[key] = replace(draft[key], moved=True, parent=group)


def _usual(tree: Book, group: UUID) -> dict[str, str]:
    leaves = drafts.leaves_of(tree, group)
    if not leaves:
        return {}
    return {"kind": mode(leaf.kind for leaf in leaves), "area": mode(leaf.area for leaf in leaves)}


def _judge(workspace: WorkspaceInfo, book: Book, draft: Draft) -> None:
    tree = drafts.laid(book, draft)
    found = drafts.troubles(tree, draft) or _taken_spellings(workspace, book, tree, draft)
    if found:
        raise _refused(found)


def _taken_spellings(workspace: WorkspaceInfo, book: Book, tree: Book, draft: Draft) -> list[Trouble]:
    """Return the leaves whose new name is a spelling that files use for another reason in use."""
    said = {
        fold(label)[:200]: key
        for key, change in draft.items()
        if "labels" in change.fields and not tree[key].is_group and not tree[key].retired
        for label in tree[key].labels.values()
        if key not in book or label not in book[key].labels.values()
    }
    if not said:
        return []
    owners = spelling_owners(workspace.id, said)
    return [
        Trouble(tree[said[folded]], "twin", tree[owner])
        for folded, owner in owners.items()
        if owner != said[folded] and owner in tree and not tree[owner].retired
    ]


def _take_over_spellings(workspace: WorkspaceInfo, tree: Book, draft: Draft) -> None:
    """Let a new name mean its reason, where it was the name of one that is no longer in use."""
    for key, change in draft.items():
        if "labels" in change.fields and not tree[key].is_group and not tree[key].retired:
            folded = {fold(label)[:200] for label in tree[key].labels.values()}
            ReasonAlias.objects.filter(workspace_id=workspace.id, folded__in=folded).update(reason_id=key)


def _refused(found: Iterable[Trouble]) -> ReasonChangeRefusedError:
    language = get_language() or drafts.LANGUAGES[0]
    problems = []
    for trouble in found:
        other = trouble.other.label(language) if trouble.other else ""
        words = {"reason": trouble.entry.label(language), "other": other}
        field = "label" if trouble.code in {"no_label", "twin"} else "group"
        problems.append(FieldProblem(field, trouble.code, str(_WHY[trouble.code]) % words))
    return ReasonChangeRefusedError(
        fields=tuple(problems), why=" ".join(str(problem.message) for problem in problems)
    )


def _in_order(draft: Draft) -> list[UUID]:
    """Return new groups first, then new reasons, then what is there; joins come last."""
    return sorted(
        draft,
        key=lambda key: (
            draft[key].merge_into is not None,
            not draft[key].new,
            draft[key].parent is not None,
        ),
    )


def _published(key: UUID, change: Change) -> ReasonChange:
    return ReasonChange(
        reason_id=None if change.new else key,
        fresh_id=key if change.new else None,
        parent_id=change.parent if change.moved else "keep",
        fields=dict(change.fields),
        merge_into=change.merge_into,
    )
