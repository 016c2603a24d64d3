"""Processor time of a process with all its children: what neighbours on the machine disturb least."""

from __future__ import annotations

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of(root: int) -> float:
    """Return the processor time of process ``root`` and everything below it, ended children included."""
    return sum(_seconds(pid) for pid in _tree(root))


def _tree(root: int) -> list[int]:
    below: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            below.setdefault(_parent(int(entry.name)), []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += below.get(pid, [])
    return found


def _fields(pid: int) -> list[str]:
    try:
        # The name may hold blanks: what counts begins after its closing bracket.
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _parent(pid: int) -> int:
    fields = _fields(pid)
    return int(fields[1]) if fields else 0


def _seconds(pid: int) -> float:
    fields = _fields(pid)
    return sum(map(int, fields[11:15])) / _TICKS if fields else 0.0
