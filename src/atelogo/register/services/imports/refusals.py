"""The refusal of a file or mapping, from the code of its problem."""

from __future__ import annotations

from atelogo.register.domain.import_problems import message_of
from atelogo.register.errors import ImportRefusedError


def refusal(problem: str, detail: str = "") -> ImportRefusedError:
    """Return the error that says why a file or mapping cannot be used."""
    return ImportRefusedError(problem=problem, detail=detail, text=message_of(problem))
