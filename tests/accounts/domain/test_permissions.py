"""The matrix of roles and permissions."""

from __future__ import annotations

import pytest

from atelogo.accounts.domain.permissions import MATRIX, WRITES, Permission, Role, allows, may_grant


def test_every_role_has_its_line() -> None:
    """No role is forgotten in the matrix, and each may see the console."""
    assert set(MATRIX) == set(Role)
    assert all(allows(role, Permission.CONSOLE_VIEW) for role in Role)


def test_owner_may_everything() -> None:
    """Nothing is out of an owner's reach."""
    assert MATRIX[Role.OWNER] == frozenset(Permission)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ANALYST])
def test_readers_write_nothing(role: Role) -> None:
    """An auditor and an analyst change nothing."""
    assert not MATRIX[role] & WRITES


def test_auditor_reads_everything() -> None:
    """An auditor has every permission of reading, the ledger and unmasked data included."""
    reads = {one for one in Permission if one.value.endswith("_view")}
    assert reads <= MATRIX[Role.AUDITOR]


def test_analyst_sees_no_contact_data() -> None:
    """An analyst works with masked personal data."""
    assert not allows(Role.ANALYST, Permission.PERSONAL_VIEW)


def test_void_is_a_supervisors_act() -> None:
    """Only a manager or an owner may void a request."""
    assert {role for role in Role if allows(role, Permission.REQUEST_VOID)} == {Role.OWNER, Role.MANAGER}


def test_every_agent_may_record_a_cancellation() -> None:
    """Whoever stands at the counter may open and confirm, so that nobody is sent away."""
    assert allows(Role.AGENT, Permission.REQUEST_OPEN)
    assert allows(Role.AGENT, Permission.REQUEST_DECIDE)


def test_only_an_owner_makes_owners() -> None:
    """A manager gives any role but owner; the others give none."""
    assert all(may_grant(Role.OWNER, role) for role in Role)
    assert {role for role in Role if may_grant(Role.MANAGER, role)} == set(Role) - {Role.OWNER}
    for granter in (Role.AGENT, Role.ANALYST, Role.AUDITOR):
        assert not any(may_grant(granter, role) for role in Role)
