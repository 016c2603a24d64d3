"""How commands answer: refusals as one clear sentence each, in English, with the exit code of the house."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import typer

REFUSED = 1
NOT_CARRIED_OUT = 2


def fail(message: str, code: int = NOT_CARRIED_OUT) -> NoReturn:
    """Write ``message`` to standard error and leave with ``code``."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


@contextmanager
def answering(*, json: bool = False, options: Mapping[str, str] | None = None) -> Iterator[None]:
    """Turn refusals inside the block into a message on standard error and an exit code.

    Bad values and a database that does not answer leave with 2, any other refusal with 1. ``options`` names
    the option behind each field; with ``json`` the message is one line of problem+json.
    """
    from django.db import DatabaseError, InterfaceError
    from django.utils import translation

    from atelogo.core.errors import AppError, UnavailableError, ValidationFailedError, problem_of

    with translation.override("en"):
        try:
            yield
        except AppError as error:
            code = NOT_CARRIED_OUT if isinstance(error, ValidationFailedError) else REFUSED
            if json:
                fail(json_text.dumps(problem_of(error).as_dict(), ensure_ascii=False), code)
            named = options or {}
            lines = [f"{named.get(one.field, one.field)}: {one.message}" for one in error.fields]
            fail("\n".join(lines) or str(error), code)
        except (DatabaseError, InterfaceError) as error:
            if json:
                fail(json_text.dumps(problem_of(UnavailableError()).as_dict(), ensure_ascii=False))
            fail(_database_trouble(str(error).strip()))


def _database_trouble(said: str) -> str:
    missing = "no such table" in said or ("relation" in said and "does not exist" in said)
    if missing:
        return "There is no data here yet. Begin with: atelogo init --workspace SLUG --owner EMAIL"
    return f"The database does not answer: {said}"


def password_given(*, stdin: bool, required: bool = True) -> str | None:
    """Return a password from standard input (``stdin``) or, at a terminal, asked for twice.

    One line end is taken off and nothing else. Without either way it is refused when ``required``.
    """
    if stdin:
        try:
            text = sys.stdin.buffer.read(4096).decode()
        except UnicodeDecodeError:
            fail("--password-stdin: the password must be UTF-8 text.")
        return text.removesuffix("\n").removesuffix("\r")
    if sys.stdin.isatty() and required:
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    if required:
        fail("Give the password on standard input: --password-stdin")
    return None


def show(facts: Mapping[str, Any] | list[Any], *, json: bool, text: str) -> None:
    """Write what was done: ``facts`` as JSON for programs, or ``text`` for people."""
    typer.echo(json_text.dumps(facts, ensure_ascii=False) if json else text)


def address(path: str) -> str:
    """Return the full address of a path of this installation."""
    from django.conf import settings

    return f"{settings.ATELOGO_BASE_URL}{path}"
