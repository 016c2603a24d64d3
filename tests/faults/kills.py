"""Killing a process at a chosen moment: before any statement or commit of what it does.

The victim is a fork with database connections of its own; SIGKILL leaves it no time for anything, as a
power cut or the kernel's out-of-memory killer would.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

from django.db import connections

Act = Callable[[], object]


class VictimError(AssertionError):
    """The victim ended by an error of its own instead of being killed or finishing."""


def moments_of(act: Act) -> int:
    """Run ``act`` to its end in a fork that is thrown away and return at how many moments it can be killed.

    The act must roll back or be repeatable: what it did stays in the database.
    """
    receive, send = os.pipe()
    code = _forked(act, None, lambda count: os.write(send, str(count).encode()))
    os.close(send)
    counted = os.read(receive, 32)
    os.close(receive)
    if code != 0:
        raise VictimError(f"the act failed by itself ({code})")
    return int(counted)


def killed_at(moment: int, act: Act) -> bool:
    """Run ``act`` in a fork killed before its ``moment``-th statement or commit; say whether it was."""
    code = _forked(act, moment, lambda _count: None)
    if code not in {0, -signal.SIGKILL}:
        raise VictimError(f"the act failed by itself ({code})")
    return code == -signal.SIGKILL


def _forked(act: Act, moment: int | None, report: Callable[[int], object]) -> int:
    connections.close_all()
    child = os.fork()
    if child == 0:
        _victim(act, moment, report)
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _victim(act: Act, moment: int | None, report: Callable[[int], object]) -> None:
    code = 70
    try:
        seen = _count_moments(moment)
        act()
        report(seen[0])
        code = 0
    except BaseException:  # noqa: BLE001 - nothing of the test runner may run in the fork
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _count_moments(moment: int | None) -> list[int]:
    seen = [0]

    def passed() -> None:
        seen[0] += 1
        if seen[0] == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def before_statement(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        passed()
        return execute(sql, params, many, context)

    # Commits pass by no cursor; the wrapper's own method is where both databases do them.
    wrapper: Any = connections["default"]
    commit = wrapper._commit

    def before_commit() -> None:
        passed()
        commit()
        passed()

    wrapper.execute_wrappers.append(before_statement)
    wrapper._commit = before_commit
    return seen
