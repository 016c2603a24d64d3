"""Requests (the register's entries) and everything that hangs on one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from atelogo.core.fields import EncryptedTextField
from atelogo.core.tenancy import TenantModel
from atelogo.register.models.columns import hashed, json_column, link, minor, moment, word


class Request(TenantModel):
    """One cancellation request: who, what, why, when, and how far it has come.

    ``identity`` is signed_link, code, agent, import or unverified. ``date_precision`` tells how exactly the
    imported effective date is known. ``name_folded`` is kept only while no customer is matched; afterwards
    people are searched in their own table. ``applied`` holds the windows in force when it was made.
    ``end_kind`` is customer, company (non-payment and the like) or administrative: only the customer's own
    requests are in figures about cancellations and reasons. ``import_key`` makes two rows of files one
    request; ``import_content`` is over all that the row said, so that the same row again is unchanged.
    """

    protocol = models.CharField(max_length=16)
    receipt_key = models.CharField(max_length=32)
    state = word(10, default="open")
    identity = word(12)
    channel = word(20)
    end_kind = word(16, default="customer")
    customer = link("register.Customer", null=True)
    contract = link("register.Contract", null=True)
    typed_by = models.UUIDField(null=True, blank=True)
    owner_id = models.UUIDField(null=True, blank=True)
    next_step = word(32)
    due_at = moment()
    idempotency_key = models.CharField(max_length=80, null=True, blank=True)  # noqa: DJ001 - null keeps the unique key open
    # why
    reason = link("register.Reason", null=True)
    reason_version = models.PositiveIntegerField(null=True, blank=True)
    verified_cause = link("register.Reason", null=True)
    declaration = EncryptedTextField(default="", blank=True)
    free_text = EncryptedTextField(default="", blank=True)
    expected = EncryptedTextField(default="", blank=True)
    would_have_kept = EncryptedTextField(default="", blank=True)
    competitor = word(120)
    competitor_terms = json_column()
    custom = json_column()
    # when
    intent_at = moment()
    declared_at = moment()
    recorded_at = moment(null=False)
    requested_at = moment()
    confirmed_at = moment()
    effective_choice = word(12)
    effective_at = moment()
    effective_on = models.DateField(null=True, blank=True)
    date_precision = word(8, default="instant")
    processed_at = moment()
    billing_stopped_at = moment()
    refunded_at = moment()
    completed_at = moment()
    ended_at = moment()
    stop_due_at = moment()
    undo_until = moment()
    lapse_at = moment()
    applied = json_column()
    declared_evidence = json_column()
    # money
    currency = word(3, default="BRL")
    mrr_minor = minor()
    fee_state = word(10, default="none")
    fee_minor = minor()
    fee_parts = json_column()
    fee_dispute = word(32)
    fee_answer_due_on = models.DateField(null=True, blank=True)
    refund_minor = minor()
    # as it was
    snapshot = json_column()
    personal_snapshot = EncryptedTextField(default="", blank=True)
    product_name = word(160)
    plan_name = word(160)
    city = word(120)
    region = word(40)
    name_folded = word(200)
    completeness = models.PositiveSmallIntegerField(default=0)
    flags = json_column(list)
    # relations
    follows = link("register.Request", null=True)
    merged_into = link("register.Request", null=True)
    batch_id = models.UUIDField(null=True, blank=True)
    import_key = hashed()
    import_content = hashed()
    last_seq = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "protocol"], name="request_protocol"),
            models.UniqueConstraint(
                fields=["workspace_id", "contract"],
                condition=Q(state__in=["open", "confirmed"], contract__isnull=False),
                name="one_active_request",
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="request_idempotency",
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "import_key"],
                condition=Q(import_key__isnull=False),
                name="request_import_key",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "open",
                        "confirmed",
                        "completed",
                        "withdrawn",
                        "lapsed",
                        "merged",
                        "voided",
                        "undone",
                    ]
                ),
                name="request_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace_id", "-recorded_at", "-id"], name="request_recent"),
            models.Index(fields=["workspace_id", "state", "due_at"], name="request_due"),
            models.Index(fields=["workspace_id", "requested_at"], name="request_requested"),
            models.Index(fields=["workspace_id", "customer"], name="request_customer"),
            models.Index(fields=["workspace_id", "reason", "requested_at"], name="request_reason"),
            models.Index(
                fields=["workspace_id", "name_folded"],
                condition=Q(customer__isnull=True),
                name="request_unmatched_name",
            ),
            models.Index(fields=["workspace_id", "batch_id"], name="request_batch"),
        ]


class RequestItem(TenantModel):
    """One contract line inside a request, with its own outcome and money."""

    request = link("register.Request")
    line = link("register.ContractLine", null=True)
    label = word(160)
    amount_minor = minor(null=False)
    fee_minor = minor()
    refund_minor = minor()
    outcome = word(12, default="asked")

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace_id", "request"], name="item_request")]


class RequestReason(TenantModel):
    """A reason given for a request, in order; ``source`` is customer, agent, import or data."""

    request = link("register.Request")
    reason = link("register.Reason")
    position = models.PositiveSmallIntegerField(default=0)
    kind = word(10, default="stated")
    source = word(10)
    version = models.PositiveIntegerField(default=1)
    evidence = word(300)
    at = moment(null=False)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace_id", "request"], name="reason_of_request")]


class Requester(TenantModel):
    """Who asked, apart from the holder: relation, how identity and authority were checked, the evidence."""

    request = link("register.Request")
    relation = word(24, default="holder")
    name = EncryptedTextField(default="", blank=True)
    document = EncryptedTextField(default="", blank=True)
    contact = EncryptedTextField(default="", blank=True)
    contract_hint = EncryptedTextField(default="", blank=True)
    identity_check = word(24)
    authority_state = word(12, default="not_needed")
    authority_evidence = EncryptedTextField(default="", blank=True)
    authority_due_at = moment()
    checked_by = models.UUIDField(null=True, blank=True)
    checked_at = moment()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace_id", "request"], name="requester_once")]


class Touchpoint(TenantModel):
    """One contact on any channel; ``outside_protocol`` is the number another system gave it."""

    customer = link("register.Customer", null=True)
    contract = link("register.Contract", null=True)
    request = link("register.Request", null=True)
    kind = word(24)
    channel = word(20)
    summary = EncryptedTextField(default="", blank=True)
    outside_protocol = word(60)
    actor_kind = word(10)
    actor_id = models.UUIDField(null=True, blank=True)
    at = moment(null=False)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace_id", "request"], name="touch_request"),
            models.Index(fields=["workspace_id", "customer"], name="touch_customer"),
            models.Index(fields=["workspace_id", "outside_protocol"], name="touch_protocol"),
        ]


class Note(TenantModel):
    """What a person wrote about a request; never changed, only added to."""

    request = link("register.Request")
    text = EncryptedTextField()
    author_id = models.UUIDField(null=True, blank=True)
    at = moment(null=False)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace_id", "request"], name="note_request")]


class Inquiry(TenantModel):
    """A question ("what is the fee?"): it has a protocol and an answer, and is in no save rate."""

    protocol = models.CharField(max_length=16)
    customer = link("register.Customer", null=True)
    contract = link("register.Contract", null=True)
    topic = word(24)
    question = EncryptedTextField(default="", blank=True)
    answer = EncryptedTextField(default="", blank=True)
    channel = word(20)
    typed_by = models.UUIDField(null=True, blank=True)
    became = link("register.Request", null=True)
    at = moment(null=False)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace_id", "protocol"], name="inquiry_protocol")]
        indexes = [models.Index(fields=["workspace_id", "customer"], name="inquiry_customer")]
