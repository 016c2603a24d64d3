"""Tenancy that fails closed."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.apps import apps

from atelogo.core import tenancy
from tests.cast import Cast

Membership = apps.get_model("accounts", "Membership")


@pytest.mark.django_db
def test_no_scope_no_rows() -> None:
    """A tenant table read outside any scope raises, before anything is asked of the database."""
    with pytest.raises(tenancy.TenancyError, match="Membership"):
        Membership.objects.count()


def test_a_scope_sees_its_own_rows(cast: Cast) -> None:
    """Inside a workspace's scope only its rows exist, by any query; the base manager filters too."""
    with tenancy.workspace_scope(cast.workspace.id):
        assert Membership.objects.count() == 5
        assert not Membership.objects.filter(pk=cast.clara.id).exists()
        assert Membership._base_manager.count() == 5
    with tenancy.workspace_scope(uuid4()):
        assert Membership.objects.count() == 0


def test_the_system_sees_all_with_a_reason(cast: Cast) -> None:
    """The one way round gives its reason and sees every workspace."""
    with tenancy.system_scope("a test"):
        assert Membership.objects.count() == 6
    with pytest.raises(tenancy.TenancyError), tenancy.system_scope(""):
        pass


def test_scopes_nest_and_end() -> None:
    """A scope inside another hides it, and ends with its block even after an error."""
    outer, inner = uuid4(), uuid4()
    with tenancy.workspace_scope(outer):
        with tenancy.workspace_scope(inner):
            assert tenancy.current_scope() == tenancy.Scope(inner)
        with pytest.raises(RuntimeError), tenancy.workspace_scope(inner):
            raise RuntimeError
        assert tenancy.current_scope() == tenancy.Scope(outer)
    assert tenancy.current_scope() is None


def test_every_tenant_table_is_guarded() -> None:
    """Each table with a `workspace_id` that rooms query through models has the manager that fails closed."""
    tenant = [model for model in apps.get_models() if issubclass(model, tenancy.TenantModel)]
    assert tenant
    for model in tenant:
        assert isinstance(model._default_manager, tenancy.TenantManager), model
        assert isinstance(model._base_manager, tenancy.TenantManager), model
