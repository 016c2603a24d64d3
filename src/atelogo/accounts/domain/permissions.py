"""Who may do what: five roles, one matrix (``docs/reference/permissions.md`` is made from it).

Views name a permission, never a role; a test walks every address by every role against this matrix.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a person is in one workspace."""

    OWNER = "owner"
    MANAGER = "manager"
    ANALYST = "analyst"
    AGENT = "agent"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """One thing that a role may or may not do."""

    REQUEST_VIEW = "request_view"
    REQUEST_OPEN = "request_open"
    REQUEST_DECIDE = "request_decide"  # reason, confirm, withdraw, complete, undo, merge, lapse
    REQUEST_VOID = "request_void"  # a supervisor's act: wrong customer or fraud
    REQUEST_CORRECT = "request_correct"
    REQUEST_IDENTIFY = "request_identify"
    NOTE_ADD = "note_add"
    TASK_VIEW = "task_view"
    TASK_WORK = "task_work"
    CUSTOMER_VIEW = "customer_view"
    CUSTOMER_EDIT = "customer_edit"
    PERSONAL_VIEW = "personal_view"  # names, contacts and documents unmasked
    IMPORT_VIEW = "import_view"
    IMPORT_RUN = "import_run"
    IMPORT_UNDO = "import_undo"
    EXPORT_RUN = "export_run"
    REASON_VIEW = "reason_view"
    REASON_EDIT = "reason_edit"
    INSIGHT_VIEW = "insight_view"
    LEDGER_VIEW = "ledger_view"
    SETTINGS_VIEW = "settings_view"
    SETTINGS_EDIT = "settings_edit"
    PEOPLE_VIEW = "people_view"
    PEOPLE_EDIT = "people_edit"
    DEAD_LETTER_REPLAY = "dead_letter_replay"
    CONSOLE_VIEW = "console_view"  # the shell itself: search, own profile


_P = Permission

_READS: Final = frozenset({_P.CONSOLE_VIEW, _P.REQUEST_VIEW, _P.CUSTOMER_VIEW, _P.REASON_VIEW, _P.TASK_VIEW})
_AGENT: Final = _READS | {
    _P.REQUEST_OPEN,
    _P.REQUEST_DECIDE,
    _P.REQUEST_CORRECT,
    _P.REQUEST_IDENTIFY,
    _P.NOTE_ADD,
    _P.TASK_WORK,
    _P.CUSTOMER_EDIT,
    _P.PERSONAL_VIEW,
    _P.INSIGHT_VIEW,
}

MATRIX: Final[dict[Role, frozenset[Permission]]] = {
    Role.OWNER: frozenset(Permission),
    # Everything but the company's identity, keys and windows, which bind the company.
    Role.MANAGER: frozenset(Permission) - {_P.SETTINGS_EDIT},
    # Sees every figure and row, with personal data masked; takes masked exports; changes nothing.
    Role.ANALYST: _READS | {_P.INSIGHT_VIEW, _P.EXPORT_RUN, _P.IMPORT_VIEW},
    Role.AGENT: _AGENT,
    # Reads everything, the ledger included; writes nothing.
    Role.AUDITOR: _READS
    | {
        _P.PERSONAL_VIEW,
        _P.INSIGHT_VIEW,
        _P.IMPORT_VIEW,
        _P.LEDGER_VIEW,
        _P.SETTINGS_VIEW,
        _P.PEOPLE_VIEW,
    },
}

# Permissions whose holder changes something; an auditor and an analyst have none of them.
WRITES: Final[frozenset[Permission]] = frozenset(
    {
        _P.REQUEST_OPEN,
        _P.REQUEST_DECIDE,
        _P.REQUEST_VOID,
        _P.REQUEST_CORRECT,
        _P.REQUEST_IDENTIFY,
        _P.NOTE_ADD,
        _P.TASK_WORK,
        _P.CUSTOMER_EDIT,
        _P.IMPORT_RUN,
        _P.IMPORT_UNDO,
        _P.REASON_EDIT,
        _P.SETTINGS_EDIT,
        _P.PEOPLE_EDIT,
        _P.DEAD_LETTER_REPLAY,
    }
)


def allows(role: Role, permission: Permission) -> bool:
    """Say whether ``role`` includes ``permission``."""
    return permission in MATRIX[role]


def may_grant(granter: Role, role: Role) -> bool:
    """Say whether a ``granter`` may give or take away ``role``: only an owner makes or unmakes owners."""
    if not allows(granter, Permission.PEOPLE_EDIT):
        return False
    return granter is Role.OWNER or role is not Role.OWNER
