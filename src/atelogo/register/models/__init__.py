"""The register's tables. Only this room queries them."""

from atelogo.register.models.contracts import (
    Contract,
    ContractLine,
    Equipment,
    EquipmentReturn,
    Plan,
    Product,
)
from atelogo.register.models.customers import AuthorisedContact, Customer, CustomerAccess
from atelogo.register.models.imports import ImportBatch, ImportRow, SavedMapping
from atelogo.register.models.reasons import (
    Reason,
    ReasonAlias,
    ReasonDraft,
    ReasonRevision,
    ReasonVersion,
)
from atelogo.register.models.requests import (
    Inquiry,
    Note,
    Request,
    Requester,
    RequestItem,
    RequestReason,
    Touchpoint,
)
from atelogo.register.models.work import ExportFile, ManualTask, PageVisit, Receipt

__all__ = [
    "AuthorisedContact",
    "Contract",
    "ContractLine",
    "Customer",
    "CustomerAccess",
    "Equipment",
    "EquipmentReturn",
    "ExportFile",
    "ImportBatch",
    "ImportRow",
    "Inquiry",
    "ManualTask",
    "Note",
    "PageVisit",
    "Plan",
    "Product",
    "Reason",
    "ReasonAlias",
    "ReasonDraft",
    "ReasonRevision",
    "ReasonVersion",
    "Receipt",
    "Request",
    "RequestItem",
    "RequestReason",
    "Requester",
    "SavedMapping",
    "Touchpoint",
]
