"""What the tables of accounts refuse by themselves."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from atelogo.accounts.models import Membership, User, Workspace
from atelogo.core.tenancy import TenancyError, workspace_scope
from tests.cast import Cast


@pytest.mark.django_db
def test_email_is_unique_in_any_case() -> None:
    """Two people cannot have one e-mail in different cases: the database refuses the unfolded form."""
    User.objects.create(email="ana@aurora.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Ana@aurora.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="ana@aurora.example")


@pytest.mark.django_db
def test_login_is_found_in_any_case() -> None:
    """A person who types the e-mail in capitals is found."""
    made = User.objects.create(email="ana@aurora.example")
    assert User.objects.get_by_natural_key(" ANA@Aurora.example ") == made


@pytest.mark.django_db
def test_slug_is_unique() -> None:
    """Two companies cannot have one address."""
    Workspace.objects.create(slug="aurora", name="A")
    with pytest.raises(IntegrityError), transaction.atomic():
        Workspace.objects.create(slug="aurora", name="B")


def test_one_membership_for_each_person(cast: Cast) -> None:
    """A person has one role in a company, not two."""
    with workspace_scope(cast.workspace.id), pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(
            workspace_id=cast.workspace.id, user_id=cast.bruno.person.id, role="auditor"
        )


def test_memberships_fail_closed(cast: Cast) -> None:
    """Who belongs where is not readable outside a company's scope, nor from another company's."""
    with pytest.raises(TenancyError):
        Membership.objects.count()
    with workspace_scope(cast.elsewhere.id):
        assert not Membership.objects.filter(user_id=cast.bruno.person.id).exists()
