"""The exact bytes of a leaf: RFC 8785 JSON of one ledger row. Pure, shared by sealer and both verifiers."""

from __future__ import annotations

from dataclasses import dataclass

from atelogo.events.tree import leaf_hash


@dataclass(slots=True)
class LeafRow:
    """One ledger row as text, the way the leaf writes it: ids with dashes, times in UTC with microseconds."""

    entry: str
    workspace: str
    name: str
    version: int
    stream: str
    stream_seq: int
    occurred_at: str
    recorded_at: str
    actor_kind: str
    actor_id: str | None
    body: str
    commitment: str | None

    def text(self) -> str:
        """Return the canonical JSON: member names are in order, ``body`` is canonical already."""
        actor = f'"{self.actor_id}"' if self.actor_id else "null"
        commitment = f'"{self.commitment}"' if self.commitment else "null"
        return (
            f'{{"actor":{{"id":{actor},"kind":"{self.actor_kind}"}},"body":{self.body},"commitment":{commitment},'
            f'"id":"{self.entry}","name":"{self.name}","occurred_at":"{self.occurred_at}",'
            f'"recorded_at":"{self.recorded_at}","seq":{self.stream_seq},"stream":"{self.stream}",'
            f'"v":{self.version},"workspace":"{self.workspace}"}}'
        )

    def hash(self) -> bytes:
        """Return the RFC 6962 hash of the leaf."""
        return leaf_hash(self.text().encode())
