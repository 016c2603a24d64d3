"""The reasons that a file's spellings mean: known after folding, accepted by a person, or new leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from atelogo.register.domain.importing.folding import fold
from atelogo.register.models import Reason, ReasonAlias
from atelogo.register.queries.reasons import reason_nodes
from atelogo.register.services.imports.job import Job
from atelogo.register.services.imports.loading import key_text, take_turn
from atelogo.register.services.reason_tree import (
    NOT_INFORMED,
    TO_CLASSIFY,
    ReasonChange,
    reasons_for_spellings,
    tree_change,
)
from atelogo.register.services.reasons import version_now

MOST_NEW: Final = 2_000
_AT_ONCE: Final = 50  # new leaves in one transaction: each publishes a version of the tree
_LENGTH: Final = 200
_TRIES: Final = 5


class Spellings:
    """The reason of every spelling met so far. A dry run makes none and gives no keys for unknown ones."""

    def __init__(self, job: Job, counted: Iterable[tuple[str, int]] = ()) -> None:
        """``counted`` are the file's spellings, most frequent first: the commonest names a new leaf."""
        self._job = job
        self._known: dict[str, str] = {}
        self._unsorted: set[str] = set()
        self._preferred: dict[str, str] = {}
        for spelling, _times in counted:
            self._preferred.setdefault(fold(spelling[:_LENGTH]), spelling[:_LENGTH])
        codes = Reason.objects.filter(workspace_id=job.workspace.id, code__in=[NOT_INFORMED, TO_CLASSIFY])
        found = {code: key_text(key) for code, key in codes.values_list("code", "id")}
        self.not_informed = found[NOT_INFORMED]
        self._to_classify = found[TO_CLASSIFY]
        self._made = 0 if job.dry else Reason.objects.filter(batch_id=job.batch_id).count()
        self.version = version_now(job.workspace.id)

    def prepare(self, accepted: Mapping[str, str]) -> None:
        """Learn the file's commonest spellings and a person's choices (spelling -> label) before any row."""
        if self._job.dry:
            return
        for spelling, label in accepted.items():
            self._accept(spelling, label)
        preferred = list(self._preferred.values())
        for start in range(0, len(preferred), _AT_ONCE):
            self._learn_alone(preferred[start : start + _AT_ONCE])

    def _learn_alone(self, spellings: Sequence[str]) -> None:
        """Learn in a short transaction of its own; a tree published at this moment is looked at again."""
        for left in range(_TRIES - 1, -1, -1):
            try:
                with transaction.atomic():
                    take_turn(self._job.workspace.id)
                    self.learn(spellings)
            except IntegrityError:
                self._known = {}
                if not left:
                    raise
            else:
                return

    def _accept(self, spelling: str, label: str) -> None:
        alias = ReasonAlias.objects.filter(
            workspace_id=self._job.workspace.id, folded=fold(label)[:_LENGTH]
        ).first()
        if alias is not None:
            reasons_for_spellings(
                workspace=self._job.workspace,
                actor=self._job.actor,
                spellings=[spelling[:_LENGTH]],
                accepted={spelling[:_LENGTH]: alias.reason_id},
            )

    def learn(self, spellings: Iterable[str | None]) -> None:
        """Find or make the reasons of these spellings."""
        fresh = {
            folded: self._preferred.get(folded, said[:_LENGTH])
            for said in spellings
            if said and (folded := fold(said[:_LENGTH])) and folded not in self._known
        }
        if not fresh:
            return
        aliases = ReasonAlias.objects.filter(workspace_id=self._job.workspace.id, folded__in=fresh)
        held = dict(aliases.values_list("folded", "reason_id"))
        self._known |= {folded: key_text(reason) for folded, reason in held.items()}
        if not self._job.dry:
            self._bring_back(set(held.values()))
        unknown = [said for folded, said in fresh.items() if folded not in self._known]
        if self._job.dry:
            self._known |= {fold(said): "" for said in unknown}
            return
        self._make(unknown[: max(0, MOST_NEW - self._made)])
        for said in unknown:
            if fold(said) not in self._known:
                self._known[fold(said)] = self._to_classify
                self._unsorted.add(fold(said))

    def _bring_back(self, reasons: Collection[UUID]) -> None:
        """Let reasons that an undone import retired be chosen again: a file states them anew."""
        nodes = reason_nodes(self._job.workspace.id, language=self._job.workspace.locale)
        retired = [key for key in reasons if nodes[key].retired and nodes[key].origin == "import"]
        if retired:
            changes = [ReasonChange(reason_id=key, fields={"retired": False}) for key in retired]
            self.version = tree_change(
                workspace=self._job.workspace, actor=self._job.actor, changes=changes, note="stated again"
            )

    def _make(self, unknown: list[str]) -> None:
        for start in range(0, len(unknown), _AT_ONCE):
            with transaction.atomic():
                made = reasons_for_spellings(
                    workspace=self._job.workspace,
                    actor=self._job.actor,
                    spellings=unknown[start : start + _AT_ONCE],
                    batch_id=self._job.batch_id,
                )
            self._known |= {fold(said): key_text(reason) for said, reason in made.items()}
        self._made += len(unknown)
        if unknown:
            self.version = version_now(self._job.workspace.id)

    def of(self, spelling: str) -> str:
        """Return the key of a spelling's reason; empty in a dry run when it would be new."""
        folded = fold(spelling[:_LENGTH])
        return self._known[folded] if folded else self.not_informed

    def is_unsorted(self, spelling: str) -> bool:
        """Say whether a spelling came after the last new leaf that a file may make."""
        return bool(self._unsorted) and fold(spelling[:_LENGTH]) in self._unsorted
