"""The same rows written as plain Django writes them: model objects and ``bulk_create``."""

from __future__ import annotations

import time
from typing import Any

from bench._import_tables import put_in

_AT_ONCE = 500  # a statement of PostgreSQL takes 65,535 values at most
PEER = "peer"
# The tables that grow with the file; the others hold the batch and the reasons.
_LARGE = frozenset(
    {
        "register_customer",
        "register_request",
        "register_requestreason",
        "register_importrow",
        "events_ledgerentry",
        "events_ledgerdetail",
    }
)


def bulk_create_rate(url: str, taken: dict[str, int], folder: Any, requests: int) -> float:  # noqa: ANN401 - a path
    """Return how many requests a second ``bulk_create`` writes into ``url``, with all that hangs on them.

    The objects are read from the import's own database beforehand (Django stands on it in this process): only
    writing them is timed, encryption of personal columns included.
    """
    from django.apps import apps  # noqa: PLC0415 - once Django is set up
    from django.db import connections, transaction  # noqa: PLC0415

    from atelogo.core.tenancy import system_scope  # noqa: PLC0415

    connections.databases[PEER] = connections.databases["default"] | {"NAME": url.rpartition("/")[2]}
    put_in(url, [table for table in taken if table not in _LARGE], folder)
    models = {model._meta.db_table: model for model in apps.get_models()}  # noqa: SLF001 - Django's API
    seconds = 0.0
    with system_scope("a benchmark's plain alternative"):
        for table in (table for table in taken if table in _LARGE):
            model = models[table]
            there = set(model._base_manager.using(PEER).values_list("pk", flat=True))  # noqa: SLF001
            rows = [row for row in model._base_manager.using("default") if row.pk not in there]  # noqa: SLF001
            began = time.perf_counter()
            with transaction.atomic(using=PEER):
                for start in range(0, len(rows), _AT_ONCE):
                    model._base_manager.using(PEER).bulk_create(rows[start : start + _AT_ONCE])  # noqa: SLF001
            seconds += time.perf_counter() - began
    connections[PEER].close()
    return requests / seconds
