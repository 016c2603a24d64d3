"""Tables of the spine. The ledger, the line and the tree only grow; personal detail can be deleted."""

from __future__ import annotations

from typing import Any

from django.db import models

from atelogo.core import clock, ids
from atelogo.core.fields import EncryptedTextField
from atelogo.core.tenancy import TenantManager, TenantModel


class _InWorkspace(models.Model):
    """Base of tables whose key begins with the workspace."""

    objects: TenantManager[Any] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"


class LedgerEntry(_InWorkspace):
    """One fact. ``seq`` is the database's number: growing, with gaps, given before the commit.

    On PostgreSQL the primary key is (workspace_id, seq); Django's notion of it stays ``seq``.
    """

    seq = models.BigAutoField(primary_key=True)
    entry_id = models.UUIDField()
    workspace_id = models.UUIDField()
    name = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField()
    stream = models.UUIDField()
    stream_seq = models.PositiveIntegerField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.UUIDField(null=True)
    body = models.TextField()  # canonical JSON, byte for byte what the leaf holds
    commitment = models.BinaryField(max_length=32, null=True)

    class Meta(_InWorkspace.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "seq"], name="events_entry_place"),
            models.UniqueConstraint(fields=["workspace_id", "entry_id"], name="events_entry_id"),
            models.UniqueConstraint(
                fields=["workspace_id", "stream", "stream_seq"], name="events_entry_stream"
            ),
        ]


class LedgerDetail(_InWorkspace):
    """The personal detail of one fact with its salt, encrypted together. Deleting the row is shredding."""

    pk = models.CompositePrimaryKey("workspace_id", "entry_id")
    workspace_id = models.UUIDField()
    entry_id = models.UUIDField()
    sealed = EncryptedTextField()  # canonical JSON {"personal": {...}, "salt": base64}


class SealedLeaf(_InWorkspace):
    """The place of one fact in its workspace's line: gapless from 0."""

    pk = models.CompositePrimaryKey("workspace_id", "leaf_index")
    workspace_id = models.UUIDField()
    leaf_index = models.BigIntegerField()
    entry_id = models.UUIDField()
    leaf_hash = models.BinaryField(max_length=32)

    class Meta(_InWorkspace.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace_id", "entry_id"], name="events_leaf_entry")]


class TreeTile(_InWorkspace):
    """256 neighbouring hashes of one level of the tree (levels are 8 high), and the hash above them."""

    pk = models.CompositePrimaryKey("workspace_id", "level", "tile_index")
    workspace_id = models.UUIDField()
    level = models.PositiveSmallIntegerField()
    tile_index = models.BigIntegerField()
    hashes = models.BinaryField(max_length=8192)
    root = models.BinaryField(max_length=32)


class Checkpoint(_InWorkspace):
    """The tree's size and root at one moment, signed."""

    pk = models.CompositePrimaryKey("workspace_id", "size")
    workspace_id = models.UUIDField()
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    recorded_at = models.DateTimeField()


class LogKey(_InWorkspace):
    """The Ed25519 key that signs a workspace's checkpoints; the private half is encrypted."""

    workspace_id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=80)
    private = EncryptedTextField()
    public = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()


class SealFloor(_InWorkspace):
    """Up to which ``seq`` nothing unsealed can appear any more: where the sealer begins to look."""

    workspace_id = models.UUIDField(primary_key=True)
    floor = models.BigIntegerField(default=0)


class OutboxJob(TenantModel):
    """One piece of work owed. ``workspace_id`` is the zero UUID for work of the whole installation."""

    class State(models.TextChoices):
        """Waiting to be due, in a worker's hands, finished, or given up and shown to a person."""

        WAITING = "waiting"
        LEASED = "leased"
        DONE = "done"
        DEAD = "dead"

    task = models.CharField(max_length=120)
    key = models.CharField(max_length=200)
    payload = EncryptedTextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()  # when waiting: not before; when leased: the end of the lease
    lease = models.UUIDField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace_id", "task", "key"], name="events_job_key")]
        indexes = [
            # The worker serves every workspace: this one index is by time and holds only unfinished work.
            models.Index(
                fields=["due_at"], condition=models.Q(state__in=["waiting", "leased"]), name="events_job_due"
            ),
            models.Index(
                fields=["workspace_id", "finished_at"],
                condition=models.Q(state="dead"),
                name="events_job_dead",
            ),
        ]


class WorkerBeat(models.Model):
    """A worker process and when it was last seen."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    name = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
