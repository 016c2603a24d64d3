"""``atelogo import FILE``, ``atelogo import list`` and ``atelogo import undo BATCH``."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer
from typer.core import TyperGroup

from atelogo.cli import import_showing as showing
from atelogo.cli.answers import NOT_CARRIED_OUT, REFUSED, answering, fail, show

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor
    from atelogo.register.services.imports.running import Progress


class Kind(StrEnum):
    """What the file is about."""

    customers = "customers"
    contracts = "contracts"
    cancellations = "cancellations"


class FileFirst(TyperGroup):
    """Lets ``atelogo import FILE ...`` stand beside ``atelogo import list`` and ``undo``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - the parser's own type
        """Take the first word for a file unless it is a command's name or asks for help."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["file", *args]
        return super().parse_args(ctx, args)


_Workspace = Annotated[
    str, typer.Option(help="The company's name in addresses; needed only where there are several.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
_Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def add_commands(app: typer.Typer) -> None:
    """Add ``import`` to the app."""
    imports = typer.Typer(
        cls=FileFirst,
        no_args_is_help=True,
        help="Bring in customers, contracts and cancellations: atelogo import FILE --kind KIND.",
    )
    app.add_typer(imports, name="import")
    _add_file(imports)
    _add_list(imports)
    _add_undo(imports)


def _add_file(imports: typer.Typer) -> None:
    @imports.command("file")
    def import_file(
        file: Annotated[Path, typer.Argument(help="A CSV, TXT or XLSX file.")],
        *,
        kind: Annotated[Kind, typer.Option(help="What each row is.")],
        workspace: _Workspace = "",
        mapping: Annotated[Path | None, typer.Option(help="A mapping file (TOML).")] = None,
        source: Annotated[str, typer.Option(help="The system the file comes from.")] = "",
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Count what would happen; write nothing.")
        ] = False,
        yes: _Yes = False,
        json: _Json = False,
    ) -> None:
        """Import a file. The same file again changes nothing.

        Without --yes the columns, the unknown reasons and the first rows are shown, and it asks. With --yes
        unknown reasons become new ones under "to be classified". Leaves with 1 when the file is refused, 2
        for bad use.
        """
        _readable(file)
        with answering(json=json), company(workspace) as place, showing.speaking(place.locale):
            given = _mapping_given(place, mapping, kind.value)
            asked = Asked(place, file.resolve(), kind.value, given, source, json=json)
            if dry_run:
                asked.dry()
            elif yes or asked.agreed():
                asked.carry_out()
            else:
                fail("Nothing was imported.", REFUSED)


def _readable(file: Path) -> None:
    if not file.is_file():
        fail(f"{file}: there is no such file.")
    try:
        file.open("rb").close()
    except OSError as error:
        fail(f"{file}: {error.strerror}.")


@contextmanager
def company(slug: str) -> Iterator[WorkspaceInfo]:
    """Give the company named by ``slug``, or the only one there is, and see only its rows inside."""
    from atelogo.accounts.queries import all_workspaces
    from atelogo.core.tenancy import workspace_scope

    found = all_workspaces()
    named = [one for one in found if one.slug == slug] if slug else found
    if not found:
        fail("There is no company here yet. Begin with: atelogo init --workspace SLUG --owner EMAIL")
    if not named:
        fail(f"--workspace: there is no “{slug}”. Here are: {', '.join(one.slug for one in found)}")
    if len(named) > 1:
        fail(f"--workspace: say which of {', '.join(one.slug for one in named)}")
    with workspace_scope(named[0].id):
        yield named[0]


def _mapping_given(place: WorkspaceInfo, path: Path | None, kind: str) -> dict[str, Any] | None:
    """Return the mapping of a file in its stored form; bad use when it is none, or of another kind."""
    if path is None:
        return None
    from atelogo.core.errors import AppError
    from atelogo.register.services.imports.mappings import mapping_read

    try:
        return mapping_read(text=path.read_bytes().decode(), kind=kind)
    except UnicodeDecodeError:
        fail(f"{path}: the mapping file must be UTF-8 text.")
    except OSError as error:
        fail(f"{path}: {error.strerror}.")
    except AppError as error:
        with showing.speaking(place.locale):
            fail(f"{path}: {error}", NOT_CARRIED_OUT)


class Asked:
    """One import as it was asked for."""

    def __init__(
        self,
        place: WorkspaceInfo,
        file: Path,
        kind: str,
        mapping: dict[str, Any] | None,
        source: str,
        *,
        json: bool,
    ) -> None:
        self._place, self._file, self._kind = place, file, kind
        self._mapping, self._source, self._json = mapping, source, json

    def _wanted(self, rows: int | None = None) -> Any:  # noqa: ANN401 - imported late
        from atelogo.register.domain.import_feed import Wanted

        return Wanted(
            path=str(self._file),
            kind=self._kind,  # type: ignore[arg-type] # checked by the option
            mapping=self._mapping,
            source=self._source,
            rows=rows,
        )

    def agreed(self) -> bool:
        """Show what was understood of the file and ask."""
        from atelogo.register.queries.imports import unknown_reasons
        from atelogo.register.services.imports.feeding import file_head

        head, rows = file_head(self._wanted(rows=showing.PREVIEW_ROWS))
        unknown = unknown_reasons(self._place, head["spellings"], language=self._place.locale)
        showing.show_understood(head, rows, unknown)
        return typer.confirm("Import it?", default=False, err=True)

    def dry(self) -> None:
        """Count what would happen, and print it."""
        from atelogo.register.services.imports.execution import file_check

        with stoppable() as why_stop:
            checked = file_check(
                workspace=self._place,
                actor=_actor(),
                wanted=self._wanted(),
                after_chunk=_told(why_stop),
            )
        counts = checked.tally.counts() | {"rejects_file": None}
        show(counts, json=self._json, text=showing.counts_text(counts, dry=True))
        if not self._json:
            showing.show_refused(checked.refused)

    def carry_out(self) -> None:
        """Import, and print the counts."""
        from atelogo.register.queries.imports import batch_view
        from atelogo.register.services.imports.batches import batch_stage
        from atelogo.register.services.imports.execution import batch_run

        actor = _actor()
        batch = batch_stage(
            workspace=self._place,
            actor=actor,
            kind=self._kind,  # type: ignore[arg-type] # checked by the option
            path=self._file,
            file_name=self._file.name,
            source=self._source,
            mapping=self._mapping,
        )
        with stoppable() as why_stop:
            state = batch_run(workspace=self._place, batch_id=batch, actor=actor, after_chunk=_told(why_stop))
        seen = batch_view(self._place, batch)
        counts: dict[str, Any] = {"read": seen.read, **seen.counts, "rejects_file": seen.rejects_path or None}  # type: ignore[union-attr]
        show(counts, json=self._json, text=showing.counts_text(counts, batch=batch))
        if state != "done":
            fail("Stopped: what was imported stays. The same command goes on with the rest.", REFUSED)


def _actor() -> Actor:
    from atelogo.events.ledger import Actor

    return Actor("import")


@contextmanager
def stoppable() -> Iterator[Callable[[], str]]:
    """Let Ctrl+C or SIGTERM stop after the chunk in hand; gives a function that says why to stop."""
    why: list[str] = []

    def stop(_signal: int, _frame: object) -> None:
        why.append("cancelled")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: why[0] if why else ""
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        showing.end_progress()


def _told(why_stop: Callable[[], str]) -> Callable[[Progress], str]:
    def after_chunk(progress: Progress) -> str:
        showing.show_progress(progress)
        return why_stop()

    return after_chunk


def _add_list(imports: typer.Typer) -> None:
    @imports.command("list")
    def list_them(*, workspace: _Workspace = "", json: _Json = False) -> None:
        """List the imports, the newest first."""
        from atelogo.register.queries.imports import batches

        with answering(json=json), company(workspace) as place:
            found = batches(place)
        facts = [
            {
                "batch": str(one.id),
                "kind": one.kind,
                "file": one.file_name,
                "state": "interrupted" if one.interrupted else one.state,
                "at": one.created_at.isoformat(),
                "read": one.read,
                **one.counts,
                "rejects_file": one.rejects_path or None,
            }
            for one in found
        ]
        show(facts, json=json, text=showing.batches_text(facts) or "Nothing was imported yet.")


def _add_undo(imports: typer.Typer) -> None:
    @imports.command("undo")
    def undo(
        batch: Annotated[str, typer.Argument(help="The import, as `atelogo import list` shows it.")],
        *,
        workspace: _Workspace = "",
        yes: _Yes = False,
        json: _Json = False,
    ) -> None:
        """Take back everything that one import did."""
        from atelogo.register.services.imports.undoing import batch_undo

        try:
            batch_id = UUID(batch)
        except ValueError:
            fail(f"{batch} is no import. See: atelogo import list")
        with answering(json=json), company(workspace) as place:
            if not (yes or typer.confirm(f"Take back everything that import {batch} did?", err=True)):
                fail("Nothing was changed.", REFUSED)
            done = batch_undo(workspace=place, actor=_actor(), batch_id=batch_id)
        facts = {name: done[name] for name in ("voided", "restored", "deleted", "kept", "retired")}
        show(facts, json=json, text=showing.undone_text(facts))
