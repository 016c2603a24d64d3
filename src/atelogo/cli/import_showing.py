"""What the import commands show people: the columns as understood, the first rows, progress, counts."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import typer

if TYPE_CHECKING:
    from atelogo.register.queries.imports import UnknownReason
    from atelogo.register.services.imports.job import Listed
    from atelogo.register.services.imports.running import Progress

PREVIEW_ROWS: Final = 5
OUTCOMES: Final = ("imported", "updated", "unchanged", "rejected", "left_out")
_REASONS_SHOWN: Final = 30
_MINUTE: Final = 60
_LANGUAGES: Final = {"pt": "pt-br", "es": "es", "en": "en"}
_WHY: Final = {
    "header": "by its name",
    "header_part": "by part of its name",
    "content": "by what it holds",
    "unmapped": "kept as it is",
    "empty": "empty",
    "ignored": "not needed",
    "personal": "personal, left out",
    "selection": "tells which rows count",
}


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Say what is wrong with a file in the language of the terminal, else in the company's."""
    from django.utils import translation

    from atelogo.register.errors import ImportRefusedError

    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    with translation.override(_LANGUAGES.get(named[:2].lower(), locale)):
        try:
            yield
        except ImportRefusedError as error:
            raise error.spoken() from error


def show_understood(head: Mapping[str, Any], rows: Sequence[Any], unknown: Sequence[UnknownReason]) -> None:
    """Show, on standard error, the mapping in use, warnings, unknown reasons and the first rows."""
    from django.utils.translation import gettext

    from atelogo.register.domain.import_problems import message_of

    fields = {
        column: field
        for field, given in head["mapping"]["columns"].items()
        for column in ([given] if isinstance(given, str) else given)
    }
    _say(f"About {head['rows']} rows; the column names are in line {head['header_line']}.")
    _say("")
    for guess in head["guesses"]:
        meant = fields.get(guess["column"])
        why = _WHY.get(guess["why"], guess["why"]) if meant == guess["field"] else "as mapped"
        sure = f", {guess['confidence']:.0%}" if meant and meant == guess["field"] else ""
        _say(f"  {guess['column'][:40]:40}  {meant or '-':20}  {why}{sure}")
    for code in head["warnings"]:
        _say(f"! {gettext(message_of(code))}")
    _show_unknown(unknown)
    _say("")
    for row in rows:
        _say(f"  {row_text(row)}")


def _show_unknown(unknown: Sequence[UnknownReason]) -> None:
    if not unknown:
        return
    _say("")
    _say(f"{len(unknown)} reasons are not known here; they become new ones, to be classified:")
    for one in unknown[:_REASONS_SHOWN]:
        near = f"   (near: {', '.join(one.suggestions)})" if one.suggestions else ""
        _say(f"  {one.times:6}  {one.spelling[:60]}{near}")
    if len(unknown) > _REASONS_SHOWN:
        _say(f"  and {len(unknown) - _REASONS_SHOWN} more")


def row_text(row: Any) -> str:  # noqa: ANN401 - one of the rows of a feed
    """Return one row as it was understood, without the names of people."""
    from django.utils.translation import gettext

    from atelogo.register.domain.import_problems import message_of
    from atelogo.register.domain.import_rows import LEFT_OUT, RECORD

    if row.tag == LEFT_OUT:
        return f"line {row.line}: left out: {gettext(message_of(row.why))}"
    if row.tag != RECORD:
        return f"line {row.line}: rejected: {gettext(message_of(row.codes[0]))}"
    hidden = {"tag", "line", "key", "content", "again", "first", "who", "cells", "extra", "flags"}
    said = [
        f"{name}={value}" for name, value in row._asdict().items() if name not in hidden and value is not None
    ]
    code = row.who[0]
    return f"line {row.line}: " + ", ".join([*([f"customer={code}"] if code else []), *said])


def show_refused(refused: Sequence[Listed]) -> None:
    """Show the first rows that would be rejected and why."""
    from atelogo.register.services.imports.listing import why_text

    for one in refused[:10]:
        _say(f"  line {one.line}: {why_text(one.codes)}")


def show_progress(progress: Progress) -> None:
    """Write on one line of the terminal how far the import is; nothing when nobody watches."""
    if not sys.stderr.isatty():
        return
    total = f" of about {progress.total}" if progress.total else ""
    left = progress.seconds_left
    wait = "" if left is None else f", {_spoken(left)} left"
    typer.echo(f"\r{progress.read}{total} rows{wait}          ", err=True, nl=False)


def end_progress() -> None:
    """End the line of the progress."""
    if sys.stderr.isatty():
        typer.echo("", err=True)


def _spoken(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 2 * _MINUTE else f"{seconds / _MINUTE:.0f} min"


def counts_text(counts: Mapping[str, Any], *, dry: bool = False, batch: UUID | None = None) -> str:
    """Return the counts for people."""
    would = "Nothing was written; this would happen:\n" if dry else ""
    counted = ", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in OUTCOMES)
    lines = [f"{would}{counts['read']} rows read: {counted}."]
    if counts["rejects_file"]:
        lines.append(f"The rejected rows, with why: {counts['rejects_file']}")
    if batch is not None:
        lines.append(f"To take it all back: atelogo import undo {batch}")
    return "\n".join(lines)


def batches_text(facts: Sequence[Mapping[str, Any]]) -> str:
    """Return the list of imports for people."""
    return "\n".join(
        f"{one['batch']}  {one['at'][:16]}  {one['kind']:13}  {one['state']:11}  {one['read']:>8} read"
        f"  {one['imported']:>8} imported  {one['file']}"
        for one in facts
    )


def undone_text(facts: Mapping[str, int]) -> str:
    """Return what an undo did for people."""
    return (
        f"Taken back: {facts['voided']} requests voided, {facts['restored']} records restored,"
        f" {facts['deleted']} deleted, {facts['kept']} kept because others need them,"
        f" {facts['retired']} reasons retired."
    )


def _say(text: str) -> None:
    typer.echo(text, err=True)
