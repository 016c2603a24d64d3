"""``atelogo verify`` and ``atelogo checkpoint``: show that nothing was changed, keep the evidence."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from atelogo.cli.answers import NOT_CARRIED_OUT, answering, fail, show

if TYPE_CHECKING:
    from atelogo.core.signing import NoteKey
    from atelogo.events.report import Report

_RESULTS = {0: "sound", 1: "altered", 2: "unchecked"}
_Slug = Annotated[str, typer.Option("--workspace", help="The company's name in addresses; all by default.")]
_File = Annotated[
    Path | None, typer.Option("--checkpoint", help="A checkpoint kept outside, to compare with.")
]
_Key = Annotated[str, typer.Option("--key", help="The public key, or a file holding it.")]
_Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
_Minutes = Annotated[float, typer.Option("--unsealed-after", help="Minutes an entry may wait for its place.")]


@dataclass(frozen=True, slots=True)
class _Company:
    id: UUID
    name: str


def add_commands(app: typer.Typer) -> None:
    """Add ``verify`` and ``checkpoint`` to the app."""
    group = typer.Typer(invoke_without_command=True, no_args_is_help=False)
    app.add_typer(group, name="verify")

    @group.callback()
    def verify(
        context: typer.Context,
        *,
        workspace: _Slug = "",
        checkpoint: _File = None,
        key: _Key = "",
        json: _Json = False,
        unsealed_after: _Minutes = 5,
    ) -> None:
        """Check rows, leaves, tree, checkpoints and details. Exits 0 sound, 1 altered, 2 could not check."""
        if context.invoked_subcommand is None:
            with answering(json=json):
                code = _verify(workspace, checkpoint, key, unsealed_after, json=json)
            raise typer.Exit(code)

    @group.command("receipt")
    def receipt(
        file: Annotated[Path, typer.Argument(help="The receipt file (JSON).")],
        *,
        key: Annotated[str, typer.Option("--key", help="The company's public key, or a file holding it.")],
        json: _Json = False,
    ) -> None:
        """Check one receipt offline. Exits 0 genuine, 1 altered or not proved, 2 could not check."""
        raise typer.Exit(_receipt(file, key, json=json))

    @app.command("checkpoint")
    def checkpoint(
        *,
        workspace: Annotated[str, typer.Option("--workspace", help="The company's name in addresses.")],
        public_key: Annotated[
            bool, typer.Option("--public-key", help="Print the public key instead of the checkpoint.")
        ] = False,
    ) -> None:
        """Print the newest signed checkpoint of a company, to be kept outside this installation."""
        with answering():
            _checkpoint(workspace, public_key=public_key)


def _verify(slug: str, checkpoint: Path | None, key: str, unsealed_after: float, *, json: bool) -> int:
    from datetime import timedelta

    from atelogo.events.verify import verify_workspace

    saved = _saved(checkpoint)
    given = _key(key) if key else None
    companies = _companies(slug)
    owner = saved.partition("\n")[0].removeprefix("atelogo/") if saved is not None else ""
    if saved is not None and owner not in {str(company.id) for company in companies}:
        fail("The checkpoint belongs to no company that is checked here.")
    results = []
    for company in companies:
        report = verify_workspace(
            company.id,
            saved=saved if owner == str(company.id) else None,
            key=given if given is not None and given.name == f"atelogo/{company.id}" else None,
            unsealed_after=timedelta(minutes=unsealed_after),
            progress=_progress(company.name) if sys.stderr.isatty() else None,
        )
        results.append((company, report))
    if given is not None and given.name not in {f"atelogo/{company.id}" for company in companies}:
        fail("The key belongs to no company that is checked here.")
    codes = {report.exit_code for _company, report in results}
    code = 1 if 1 in codes else max(codes, default=0)
    facts = {"result": _RESULTS[code], "workspaces": [_facts(*result) for result in results]}
    text = "\n".join(_text(*result) for result in results) or "There is no company yet: nothing to check."
    show(facts, json=json, text=text)
    return code


def _companies(slug: str) -> list[_Company]:
    """Return the company named ``slug``, or all: those too whose row is gone while facts are here."""
    from atelogo.accounts.queries import all_workspaces, workspace_by_slug
    from atelogo.events.verify import workspaces_with_facts

    if slug:
        found = workspace_by_slug(slug)
        if found is None:
            fail(f"There is no company called {slug} here. See: atelogo workspace list")
        return [_Company(found.id, found.slug)]
    known = {one.id: one.slug for one in all_workspaces()}
    ids = [*known, *(each for each in workspaces_with_facts() if each not in known)]
    return [_Company(each, known.get(each, str(each))) for each in ids]


def _facts(company: _Company, report: Report) -> dict[str, Any]:
    return {
        "workspace": company.name,
        "workspace_id": str(company.id),
        "result": _RESULTS[report.exit_code],
        "entries": report.leaves,
        "checkpoints": report.checkpoints,
        "details": report.details,
        "unsealed": report.unsealed,
        "findings": [
            {
                "code": finding.code,
                "table": finding.table,
                "place": finding.place,
                "entry": str(finding.entry_id) if finding.entry_id else None,
                "differs": finding.differs,
            }
            for finding in report.findings
        ],
    }


def _text(company: _Company, report: Report) -> str:
    counts = (
        f"{report.leaves} entries, {report.checkpoints} signed checkpoints, {report.details} personal details"
    )
    if report.unsealed:
        counts += f"; {report.unsealed} entries wait for their place"
    said = {0: "sound", 1: "ALTERED", 2: "could not all be checked"}[report.exit_code]
    lines = [f"{company.name}: {said} ({counts})"]
    for finding in report.findings:
        place = f" place {finding.place}" if finding.place is not None else ""
        entry = f" entry {finding.entry_id}" if finding.entry_id else ""
        lines.append(f"  {finding.table}{place}{entry}: {finding.differs}")
    return "\n".join(lines)


def _progress(name: str) -> Any:  # noqa: ANN401 - a function of the count
    def tell(leaves: int) -> None:
        typer.echo(f"\r{name}: {leaves} entries checked", nl=False, err=True)

    return tell


def _saved(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"The checkpoint cannot be read: {error}")


def _key(text_or_file: str) -> NoteKey:
    from atelogo.core.signing import NoteError
    from atelogo.events.offline import key_from

    try:
        return key_from(text_or_file)
    except NoteError as error:
        fail(f"The public key cannot be used: {error}")


def _receipt(file: Path, key: str, *, json: bool) -> int:
    from atelogo.events.offline import check_receipt

    found = _key(key)
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"The receipt cannot be read: {error}", NOT_CARRIED_OUT)
    verdict = check_receipt(text, found)
    facts = {"result": verdict.finding.value, "place": verdict.index, "size": verdict.size}
    words = verdict.words
    if verdict.index is not None:
        words += f" Place {verdict.index} of {verdict.size}, register {found.name}."
    show(facts, json=json, text=words)
    return verdict.exit_code


def _checkpoint(slug: str, *, public_key: bool) -> None:
    from atelogo.events import log

    (company,) = _companies(slug)
    if public_key:
        typer.echo(log.public_key(company.id).vkey())
        return
    newest = log.latest_checkpoint(company.id)
    if newest is None:
        fail("Nothing is signed yet: is the worker running?")
    typer.echo(newest.note, nl=False)
