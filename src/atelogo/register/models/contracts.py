"""What the customer has: products, plans, contracts with their lines, and lent equipment."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from atelogo.core.fields import EncryptedTextField
from atelogo.core.tenancy import TenantModel
from atelogo.register.models.columns import json_column, link, minor, moment, word


class Product(TenantModel):
    """Something the company sells on a recurring basis (internet, TV, monthly fee)."""

    code = word(80)
    name = word(160)
    folded = word(160)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace_id", "folded"], name="product_once")]


class Plan(TenantModel):
    """A named offer of a product at a price and interval."""

    product = link("register.Product", null=True)
    code = word(80)
    name = word(160)
    folded = word(160)
    amount_minor = minor()
    currency = word(3, default="BRL")
    interval = word(10, default="month")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "product", "folded"], name="plan_once"),
            models.UniqueConstraint(
                fields=["workspace_id", "folded"], condition=Q(product__isnull=True), name="plan_alone_once"
            ),
        ]


class Contract(TenantModel):
    """An agreement with one customer, with one or more lines; ``status`` is active, ended or suspended."""

    customer = link("register.Customer")
    number = models.CharField(max_length=120, null=True, blank=True)  # noqa: DJ001 - null keeps the unique key open
    status = word(12, default="active")
    currency = word(3, default="BRL")
    amount_minor = minor(null=False)
    interval = word(10, default="month")
    started_on = models.DateField(null=True, blank=True)
    renews_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    signup_channel = word(30)
    committed_from = models.DateField(null=True, blank=True)
    committed_until = models.DateField(null=True, blank=True)
    commitment_benefit_minor = minor()
    billing_system = word(40)
    billing_ref = word(160)
    address = EncryptedTextField(default="", blank=True)
    city = word(120)
    state = word(40)
    successor = link("register.Contract", null=True)
    ended_on = models.DateField(null=True, blank=True)
    end_kind = word(16)
    notice_dates = json_column(list)
    open_charges = json_column(list)
    returned_at = moment()
    attributes = json_column()
    batch_id = models.UUIDField(null=True, blank=True)
    created_at = moment(null=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "number"], condition=Q(number__isnull=False), name="contract_number"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="contract_amount_not_negative"),
        ]
        indexes = [
            models.Index(fields=["workspace_id", "customer"], name="contract_customer"),
            models.Index(fields=["workspace_id", "status", "ended_on"], name="contract_status"),
            models.Index(fields=["workspace_id", "batch_id"], name="contract_batch"),
        ]


class ContractLine(TenantModel):
    """One product in a contract with its plan, value and billing reference."""

    contract = link("register.Contract")
    product = link("register.Product", null=True)
    plan = link("register.Plan", null=True)
    label = word(160)
    amount_minor = minor(null=False)
    interval = word(10, default="month")
    billing_ref = word(160)
    status = word(12, default="active")
    branch = link("register.Customer", null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace_id", "contract"], name="line_contract")]


class Equipment(TenantModel):
    """Equipment lent with a contract (comodato): never a condition for leaving."""

    contract = link("register.Contract")
    kind = word(80)
    serial = word(120)
    value_minor = minor()
    photo = word(200)
    status = word(12, default="lent")
    returned_at = moment()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace_id", "contract"], name="equipment_contract")]


class EquipmentReturn(TenantModel):
    """How equipment comes back: the customer's choice, the visits and whose fault, proof, deadline."""

    request = link("register.Request")
    equipment = link("register.Equipment")
    way = word(12)
    window = json_column()
    due_on = models.DateField(null=True, blank=True)
    visits = json_column(list)
    delivery_receipt = word(200)
    charge_minor = minor()
    charge_approved_by = models.UUIDField(null=True, blank=True)
    charge_approved_at = moment()
    state = word(12, default="open")
    created_at = moment(null=False)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace_id", "request"], name="return_request")]
