"""What a check of one workspace found, as stable codes and as words for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from atelogo.events.rows import uuid_of

_MOST_FINDINGS = 20

WORDS: dict[str, Any] = {
    "row_missing": _("the row was deleted"),
    "row_altered": _("the row is not what was sealed"),
    "leaf_altered": _("the leaf is not the hash of its row"),
    "leaf_missing": _("the line breaks off: a leaf is missing here"),
    "truncated": _("%(signed)s entries were signed, only %(found)s are here"),
    "tile_missing": _("a tile of the tree is missing (level %(level)s, number %(number)s)"),
    "tile_altered": _("a tile of the tree differs from the leaves (level %(level)s, number %(number)s)"),
    "tile_surplus": _("%(stored)s tiles of the tree are stored, the leaves make %(made)s"),
    "tree_altered": _("the tree signed at %(signed)s entries is another; up to %(sound)s it fits"),
    "checkpoint_missing": _("%(found)s entries are in the line, only %(signed)s are signed"),
    "checkpoint_not_signed": _("the checkpoint at %(signed)s entries was not signed with the register's key"),
    "checkpoint_altered": _("the checkpoint at %(signed)s entries says something else than its row"),
    "key_missing": _("the register's signing key was deleted"),
    "key_replaced": _("the register's public key is not the one given or expected"),
    "saved_differs": _("the checkpoint kept outside is of another tree of %(signed)s entries"),
    "saved_not_signed": _("the checkpoint kept outside was not signed with the register's key"),
    "saved_of_another": _("the checkpoint kept outside belongs to another register"),
    "detail_orphan": _("there is no row with a commitment to this personal detail"),
    "detail_unreadable": _("the personal detail cannot be opened: altered, or the master key is another"),
    "detail_altered": _("the personal detail is not what its row committed to"),
    "unsealed_long": _("%(count)s entries wait too long for their place in the line: is the worker running?"),
}
UNCHECKED = frozenset({"unsealed_long", "saved_of_another"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: a stable code, the table, the place in the line, the entry, and numbers."""

    code: str
    table: str
    place: int | None
    entry_id: UUID | None
    params: dict[str, int]

    @property
    def differs(self) -> str:
        """Say what differs, in the active language."""
        return str(WORDS[self.code]) % self.params


@dataclass(slots=True)
class Report:
    """What the check of one workspace found. ``unsealed`` counts the entries without a place in the line."""

    workspace_id: UUID
    leaves: int = 0
    checkpoints: int = 0
    details: int = 0
    unsealed: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 sound, 1 altered, 2 something could not be checked."""
        if any(finding.code not in UNCHECKED for finding in self.findings):
            return 1
        return 2 if self.findings else 0

    def add(
        self,
        code: str,
        table: str,
        *,
        place: int | None = None,
        entry: str | UUID | None = None,
        **params: int,
    ) -> None:
        """Note a finding; the first twenty are kept."""
        if len(self.findings) < _MOST_FINDINGS:
            entry_id = uuid_of(entry) if entry is not None else None
            self.findings.append(Finding(code, table, place, entry_id, params))
