"""Work that a request leaves: manual tasks, receipts, exports, and anonymous page counts."""

from __future__ import annotations

from django.db import models

from atelogo.core.fields import EncryptedTextField
from atelogo.core.tenancy import TenantModel
from atelogo.register.models.columns import json_column, link, moment, word


class ManualTask(TenantModel):
    """A step that a person does, with an owner, a due date and proof when it is done."""

    request = link("register.Request", null=True)
    kind = word(32)
    steps = json_column(list)
    facts = json_column()
    state = word(10, default="open")
    owner_id = models.UUIDField(null=True, blank=True)
    due_at = moment()
    evidence = EncryptedTextField(default="", blank=True)
    done_by = models.UUIDField(null=True, blank=True)
    done_at = moment()
    created_at = moment(null=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "request", "kind"],
                condition=models.Q(state="open"),
                name="one_open_task_of_a_kind",
            )
        ]
        indexes = [
            models.Index(fields=["workspace_id", "state", "due_at"], name="task_due"),
            models.Index(fields=["workspace_id", "request"], name="task_request"),
        ]


class Receipt(TenantModel):
    """A receipt as it was issued; ``payload`` is the very content that the ledger entry commits to."""

    request = link("register.Request")
    kind = word(12)
    entry_id = models.UUIDField()
    payload = EncryptedTextField()
    locale = word(10, default="pt-br")
    issued_at = moment(null=False)
    mail_state = word(12, default="none")
    mailed_at = moment()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "request", "kind"], name="receipt_once")
        ]


class ExportFile(TenantModel):
    """A file of register data made for a person; kept until ``expires_at``.

    ``state`` is waiting, running, done, failed or expired. ``filters`` holds no personal terms; what a person
    searched for is only in ``wanted``, encrypted, until the file is made.
    """

    kind = word(20)
    form = word(12)
    filters = json_column()
    wanted = EncryptedTextField(default="", blank=True)
    masked = models.BooleanField(default=True)
    state = word(10, default="waiting")
    rows = models.BigIntegerField(default=0)
    path = word(200)
    made_by = models.UUIDField(null=True, blank=True)
    made_at = moment(null=False)
    done_at = moment()
    expires_at = moment()
    taken_at = moment()


class PageVisit(TenantModel):
    """How many visits a public page had on a day: a count, nobody's name."""

    page = word(40)
    day = models.DateField()
    visits = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "page", "day"], name="page_visit_once")
        ]
