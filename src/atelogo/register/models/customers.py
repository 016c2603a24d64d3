"""Customers, who may speak for them, and their own short-lived access."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from atelogo.core.fields import EncryptedTextField
from atelogo.core.tenancy import TenantModel
from atelogo.register.models.columns import hashed, json_column, link, moment, word


class Customer(TenantModel):
    """A customer of the workspace: a person or a company. Document and contacts are encrypted."""

    external_id = models.CharField(max_length=120, null=True, blank=True)  # noqa: DJ001 - null keeps the unique key open
    kind = word(10, default="person")
    name = word(200)
    name_folded = word(200)
    name_damaged = models.BooleanField(default=False)
    document = EncryptedTextField(default="", blank=True)
    document_kind = word(8)
    document_hash = hashed()
    email = EncryptedTextField(default="", blank=True)
    email_hash = hashed()
    phone = EncryptedTextField(default="", blank=True)
    phone_hash = hashed()
    address = EncryptedTextField(default="", blank=True)
    city = word(120)
    state = word(40)
    language = word(10)
    since = models.DateField(null=True, blank=True)
    parent = link("register.Customer", null=True)
    attributes = json_column()
    consents = json_column()
    contact_preferences = json_column()
    batch_id = models.UUIDField(null=True, blank=True)
    erased_at = moment()
    created_at = moment(null=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "external_id"],
                condition=Q(external_id__isnull=False),
                name="customer_external_id",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace_id", "document_hash"], name="customer_document"),
            models.Index(fields=["workspace_id", "email_hash"], name="customer_email"),
            models.Index(fields=["workspace_id", "phone_hash"], name="customer_phone"),
            models.Index(fields=["workspace_id", "name_folded"], name="customer_name"),
            models.Index(fields=["workspace_id", "batch_id"], name="customer_batch"),
        ]


class AuthorisedContact(TenantModel):
    """A person who may act for a company customer, from a day until a day, or until revoked."""

    customer = link("register.Customer")
    name = word(200)
    role = word(60)
    document = EncryptedTextField(default="", blank=True)
    document_hash = hashed()
    email = EncryptedTextField(default="", blank=True)
    email_hash = hashed()
    phone = EncryptedTextField(default="", blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    revoked_at = moment()
    created_at = moment(null=False)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace_id", "customer"], name="contact_customer")]


class CustomerAccess(TenantModel):
    """A customer's way in: a one-time code being asked for, or a 30-minute session. No password, no User."""

    customer = link("register.Customer", null=True)
    contract = link("register.Contract", null=True)
    via = word(16)
    code_hash = models.BinaryField(max_length=32, null=True, blank=True)
    code_expires_at = moment()
    attempts = models.PositiveSmallIntegerField(default=0)
    session_hash = models.BinaryField(max_length=32, null=True, blank=True)
    session_expires_at = moment()
    token_id = word(80)
    intent_at = moment()
    language = word(10)
    created_at = moment(null=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "session_hash"],
                condition=Q(session_hash__isnull=False),
                name="access_session",
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "token_id"], condition=~Q(token_id=""), name="access_token_once"
            ),
        ]
