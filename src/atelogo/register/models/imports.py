"""Imports: the batch, the rows that were not simply imported, and saved mappings."""

from __future__ import annotations

from django.db import models

from atelogo.core.fields import EncryptedTextField
from atelogo.core.tenancy import TenantModel
from atelogo.register.models.columns import json_column, link, moment, word


class ImportBatch(TenantModel):
    """One import of one file.

    ``state`` is staged, checking, checked, running, done, cancelled, failed, undoing or undone. ``trial``
    holds what a dry run counted; ``preview`` (encrypted) the first rows as they would be and the reasons to
    decide.
    ``read`` rows are settled: a run that was interrupted goes on behind them. ``beat_at`` is its last sign of
    life.
    """

    kind = word(16)
    source = word(60)
    file_name = word(200)
    file_path = word(300)
    file_sha256 = word(64)
    file_size = models.BigIntegerField(default=0)
    mapping = json_column()
    trial = json_column()
    preview = EncryptedTextField(default="", blank=True)
    state = word(10, default="staged")
    dry_run = models.BooleanField(default=False)
    read = models.IntegerField(default=0)
    imported = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    left_out = models.IntegerField(default=0)
    total = models.IntegerField(null=True, blank=True)
    done_bytes = models.BigIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    rejects_path = word(300)
    problem = word(60)
    started_by = models.UUIDField(null=True, blank=True)
    created_at = moment(null=False)
    started_at = moment()
    beat_at = moment()
    finished_at = moment()
    undone_at = moment()
    undone_by = models.UUIDField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace_id", "-created_at"], name="batch_recent")]


class ImportRow(TenantModel):
    """A row that was not simply imported: its line in the file, what became of it and why.

    ``before`` holds what an updated record said, so that undoing the batch can give it back.
    """

    batch = link("register.ImportBatch")
    line = models.IntegerField()
    outcome = word(10)
    codes = json_column(list)
    target_id = models.UUIDField(null=True, blank=True)
    raw = EncryptedTextField(default="", blank=True)
    before = EncryptedTextField(default="", blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace_id", "batch", "outcome", "line"], name="import_row_batch")]


class SavedMapping(TenantModel):
    """A mapping kept for the next file of the same shape."""

    name = word(120)
    kind = word(16)
    fingerprint = word(64)
    mapping = json_column()
    saved_by = models.UUIDField(null=True, blank=True)
    saved_at = moment(null=False)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace_id", "kind", "name"], name="mapping_name")]
