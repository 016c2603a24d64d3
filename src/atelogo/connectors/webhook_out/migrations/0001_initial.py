"""First tables of the billing webhook."""

import django.db.models.deletion
from django.db import migrations, models

import atelogo.core.clock
import atelogo.core.fields
import atelogo.core.ids
from atelogo.core.composite import SameWorkspace


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=atelogo.core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("url", atelogo.core.fields.EncryptedTextField()),
                ("secret", atelogo.core.fields.EncryptedTextField()),
                ("previous_secret", atelogo.core.fields.EncryptedTextField(blank=True, default="")),
                ("previous_until", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=atelogo.core.clock.now)),
                ("disabled_at", models.DateTimeField(blank=True, null=True)),
                ("disabled_why", models.CharField(blank=True, default="", max_length=24)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["workspace_id", "created_at"], name="endpoint_recent")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("disabled_at__isnull", True)),
                        fields=("workspace_id",),
                        name="one_billing_endpoint",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundMessage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=atelogo.core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("message_id", models.CharField(max_length=200)),
                ("received_at", models.DateTimeField(default=atelogo.core.clock.now)),
                (
                    "endpoint",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="webhook_out.webhookendpoint",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "endpoint", "message_id"), name="inbound_message_once"
                    )
                ],
            },
        ),
        SameWorkspace("webhook_out_inboundmessage", "endpoint_id", "webhook_out_webhookendpoint"),
    ]
