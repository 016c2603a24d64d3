"""One run of an import: what stays the same for every row of it, and what is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from atelogo.core import clock
from atelogo.events.ledger import Actor
from atelogo.register.services.imports.loading import key_text

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

IMPORTED, UPDATED, UNCHANGED, REJECTED, LEFT_OUT = "imported", "updated", "unchanged", "rejected", "left_out"
OUTCOMES: Final = (IMPORTED, UPDATED, UNCHANGED, REJECTED, LEFT_OUT)


@dataclass(slots=True)
class Job:
    """The run: whose, of which batch, from which source. ``dry`` runs count and write nothing."""

    workspace: WorkspaceInfo
    batch_id: UUID
    source: str
    currency: str
    actor: Actor
    dry: bool = False
    moment: datetime = field(default_factory=clock.now)

    @property
    def workspace_key(self) -> str:
        """The workspace's id as the database writes it."""
        return key_text(self.workspace.id)

    @property
    def batch_key(self) -> str:
        """The batch's id as the database writes it."""
        return key_text(self.batch_id)

    @property
    def today(self) -> date:
        """The day of the import in the workspace's zone."""
        return self.moment.astimezone(self.workspace.zone).date()


@dataclass(slots=True)
class Listed:
    """A row that was not simply imported, as it is kept in the batch's list.

    ``before`` says, per changed field, what the record said and what the import wrote.
    """

    line: int
    outcome: str
    codes: tuple[tuple[str, str], ...] = ()
    target: str | None = None
    cells: tuple[Any, ...] = ()
    before: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Tally:
    """What became of the rows of one chunk, or of a whole file: the five counts add up to ``read``."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    left_out: int = 0
    listed: list[Listed] = field(default_factory=list)

    @property
    def read(self) -> int:
        """How many rows were settled."""
        return self.imported + self.updated + self.unchanged + self.rejected + self.left_out

    def count(self, outcome: str, listed: Listed | None = None) -> None:
        """Count one row, and list it when there is something to say of it."""
        setattr(self, outcome, getattr(self, outcome) + 1)
        if listed is not None:
            self.listed.append(listed)

    def add(self, other: Tally) -> None:
        """Add another chunk's counts (not its list)."""
        for outcome in OUTCOMES:
            setattr(self, outcome, getattr(self, outcome) + getattr(other, outcome))

    def counts(self) -> dict[str, int]:
        """Return read and the five counts."""
        return {"read": self.read} | {outcome: getattr(self, outcome) for outcome in OUTCOMES}


def tally_of(counts: Mapping[str, int]) -> Tally:
    """Return a tally of the five counts."""
    return Tally(
        imported=counts[IMPORTED],
        updated=counts[UPDATED],
        unchanged=counts[UNCHANGED],
        rejected=counts[REJECTED],
        left_out=counts[LEFT_OUT],
    )
