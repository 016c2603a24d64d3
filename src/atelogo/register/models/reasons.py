"""The versioned reason tree: immutable ids, labels and places per version, aliases."""

from __future__ import annotations

from django.db import models

from atelogo.core.tenancy import TenantModel
from atelogo.register.models.columns import json_column, link, moment, word


class ReasonVersion(TenantModel):
    """A published state of the whole tree; numbers grow by one."""

    number = models.PositiveIntegerField()
    note = word(200)
    published_at = moment(null=False)
    published_by = models.UUIDField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace_id", "number"], name="reason_version_once")]


class Reason(TenantModel):
    """A node of the tree: its identity never changes; what it says lives in its revisions.

    ``origin`` is default, company or import; ``merged_into`` is followed when reporting "as now".
    """

    code = word(80)
    origin = word(10, default="company")
    merged_into = link("register.Reason", null=True)
    batch_id = models.UUIDField(null=True, blank=True)
    created_at = moment(null=False)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace_id", "code"], name="reason_code_once")]


class ReasonRevision(TenantModel):
    """What a reason says and where it hangs from version ``since`` until the next revision of it."""

    reason = link("register.Reason")
    since = models.PositiveIntegerField()
    parent = link("register.Reason", null=True)
    position = models.PositiveIntegerField(default=0)
    kind = word(12, default="voluntary")
    area = word(12)
    interchange = word(20, default="other")
    extra_code = word(24)
    sensitive = models.BooleanField(default=False)
    ask_customer = models.BooleanField(default=False)
    retired = models.BooleanField(default=False)
    labels = json_column()
    customer_labels = json_column()
    texts = json_column()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "reason", "since"], name="reason_revision_once")
        ]


class ReasonAlias(TenantModel):
    """A folded spelling that means a reason: its own label, an accepted synonym or a file's spelling."""

    reason = link("register.Reason")
    folded = word(200)
    spelling = word(200)
    origin = word(12, default="label")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace_id", "folded"], name="reason_alias_once")]


class ReasonDraft(TenantModel):
    """What the company is changing in its tree and has not published yet: one for all who work on it."""

    changes = json_column()
    updated_at = moment(null=False)
    updated_by = models.UUIDField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace_id"], name="reason_draft_once")]
