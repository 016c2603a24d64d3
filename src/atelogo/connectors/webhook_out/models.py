"""Where a company's billing system listens, and which of its messages were taken in already."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from atelogo.core import clock
from atelogo.core.fields import EncryptedTextField
from atelogo.core.tenancy import TenantModel


class WebhookEndpoint(TenantModel):
    """One address of the company's system with its secret; during a rotation the previous one counts too."""

    url = EncryptedTextField()
    secret = EncryptedTextField()
    previous_secret = EncryptedTextField(default="", blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_why = models.CharField(max_length=24, blank=True, default="")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id"], condition=Q(disabled_at__isnull=True), name="one_billing_endpoint"
            )
        ]
        indexes = [models.Index(fields=["workspace_id", "created_at"], name="endpoint_recent")]


class InboundMessage(TenantModel):
    """A call-back that was taken in, by its own id: the same one again changes nothing."""

    endpoint = models.ForeignKey(
        "webhook_out.WebhookEndpoint",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    message_id = models.CharField(max_length=200)
    received_at = models.DateTimeField(default=clock.now)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "endpoint", "message_id"], name="inbound_message_once"
            )
        ]
