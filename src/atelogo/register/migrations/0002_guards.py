"""Rows of two workspaces kept apart, and names searchable by parts on PostgreSQL."""

from __future__ import annotations

from django.db import migrations

from atelogo.core.composite import SameWorkspace, TrigramIndex

# (table, column, target): every foreign key between tenant tables of this room.
GUARDS = [
    ("customer", "parent_id", "customer"),
    ("authorisedcontact", "customer_id", "customer"),
    ("customeraccess", "customer_id", "customer"),
    ("customeraccess", "contract_id", "contract"),
    ("plan", "product_id", "product"),
    ("contract", "customer_id", "customer"),
    ("contract", "successor_id", "contract"),
    ("contractline", "contract_id", "contract"),
    ("contractline", "product_id", "product"),
    ("contractline", "plan_id", "plan"),
    ("contractline", "branch_id", "customer"),
    ("equipment", "contract_id", "contract"),
    ("equipmentreturn", "request_id", "request"),
    ("equipmentreturn", "equipment_id", "equipment"),
    ("reason", "merged_into_id", "reason"),
    ("reasonrevision", "reason_id", "reason"),
    ("reasonrevision", "parent_id", "reason"),
    ("reasonalias", "reason_id", "reason"),
    ("request", "customer_id", "customer"),
    ("request", "contract_id", "contract"),
    ("request", "reason_id", "reason"),
    ("request", "verified_cause_id", "reason"),
    ("request", "follows_id", "request"),
    ("request", "merged_into_id", "request"),
    ("requestitem", "request_id", "request"),
    ("requestitem", "line_id", "contractline"),
    ("requestreason", "request_id", "request"),
    ("requestreason", "reason_id", "reason"),
    ("requester", "request_id", "request"),
    ("touchpoint", "customer_id", "customer"),
    ("touchpoint", "contract_id", "contract"),
    ("touchpoint", "request_id", "request"),
    ("note", "request_id", "request"),
    ("inquiry", "customer_id", "customer"),
    ("inquiry", "contract_id", "contract"),
    ("inquiry", "became_id", "request"),
    ("manualtask", "request_id", "request"),
    ("receipt", "request_id", "request"),
    ("importrow", "batch_id", "importbatch"),
]


class Migration(migrations.Migration):
    """The guards that the ORM cannot express."""

    dependencies = [("register", "0001_initial")]

    operations = [
        *(SameWorkspace(f"register_{t}", column, f"register_{target}") for t, column, target in GUARDS),
        TrigramIndex("register_customer", "name_folded"),
    ]
