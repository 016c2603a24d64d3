"""``atelogo init``: from an empty data folder to a company with an owner."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any

import typer

from atelogo.cli.answers import REFUSED, address, answering, fail, password_given, show

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import Person, WorkspaceInfo

OPTIONS = {
    "slug": "--workspace",
    "email": "--owner",
    "password": "password",
    "name": "--name",
    "timezone": "--timezone",
    "sector": "--sector",
    "locale": "--language",
}


def add_commands(app: typer.Typer) -> None:
    """Add ``init`` to the app."""

    @app.command("init")
    def init(
        *,
        workspace: Annotated[str, typer.Option(help="Its name in addresses, such as padaria-aurora.")],
        owner: Annotated[str, typer.Option(help="The owner's e-mail: the login.")],
        password_stdin: Annotated[
            bool, typer.Option("--password-stdin", help="Read the owner's password from standard input.")
        ] = False,
        name: Annotated[str, typer.Option(help="The company's name as people read it.")] = "",
        timezone: Annotated[str, typer.Option(help="IANA time zone.")] = "America/Sao_Paulo",
        sector: Annotated[str, typer.Option(help="What it sells: telecom, software, fitness, ...")] = "other",
        language: Annotated[str, typer.Option(help="pt-br, en or es.")] = "pt-br",
        json: Annotated[bool, typer.Option("--json", help="Print what was made as JSON.")] = False,
    ) -> None:
        """Make the database, a company and its owner in ATELOGO_HOME (or DATABASE_URL).

        Leaves with 1 when the company is already there (nothing is changed), 2 for a bad value.
        """
        given = {
            "name": name or workspace,
            "timezone": timezone,
            "sector": sector,
            "locale": language,
        }
        with answering(json=json, options=OPTIONS):
            password = _checked(workspace, owner, given, stdin=password_stdin)
            made, person, known = _made(workspace, owner, password, given, json=json)
        facts = {
            "workspace": made.slug,
            "workspace_id": str(made.id),
            "owner": person.email,
            "owner_id": str(person.id),
            "owner_existed": known,
            "console": address(f"/{made.slug}/console/"),
        }
        show(facts, json=json, text=_told(facts))


def _checked(slug: str, owner: str, given: dict[str, str], *, stdin: bool) -> str:
    """Return the password once every value is right, before anything is written; all faults at once."""
    from atelogo.accounts.services.passwords import password_checked
    from atelogo.accounts.services.people import email_checked
    from atelogo.accounts.services.workspaces import workspace_checked
    from atelogo.core.errors import FieldProblem, ValidationFailedError

    faults: list[FieldProblem] = []
    email = ""
    try:
        workspace_checked(slug=slug, settings=given)
    except ValidationFailedError as error:
        faults += error.fields
    try:
        email = email_checked(owner)
    except ValidationFailedError as error:
        faults += error.fields
    if faults:
        raise ValidationFailedError(fields=tuple(faults))
    return password_checked(password_given(stdin=stdin) or "", email=email)


def _made(
    slug: str, owner: str, password: str, given: dict[str, str], *, json: bool
) -> tuple[WorkspaceInfo, Person, bool]:
    """Bring the database up to date, then make the company, its owner and its reasons, or nothing."""
    from django.core.management import call_command
    from django.db import transaction

    from atelogo.accounts.domain.permissions import Role
    from atelogo.accounts.errors import WorkspaceExistsError
    from atelogo.accounts.queries import person_by_email, workspace_by_slug
    from atelogo.accounts.services.people import membership_set, user_create
    from atelogo.accounts.services.workspaces import workspace_create
    from atelogo.events.ledger import SYSTEM

    call_command("migrate", interactive=False, verbosity=0)
    if workspace_by_slug(slug) is not None:
        if json:
            raise WorkspaceExistsError(slug=slug)
        fail(f"The company “{slug}” is already here. Nothing was changed.", REFUSED)
    with transaction.atomic():
        made = workspace_create(slug=slug, name=given["name"], actor=SYSTEM, settings=given)
        known = person_by_email(owner)
        person = known or user_create(email=owner, password=password)
        membership_set(workspace=made, user_id=person.id, role=Role.OWNER, actor=SYSTEM)
        if find_spec("atelogo.register.services.setup"):
            from atelogo.register.services.setup import workspace_prepare

            workspace_prepare(workspace=made)
    return made, person, known is not None


def _told(facts: dict[str, Any]) -> str:
    lines = [f"Made {facts['workspace']}, owned by {facts['owner']}."]
    if facts["owner_existed"]:
        lines.append("The owner already signs in here: the password stays as it was.")
    lines += [
        "",
        "Next:",
        "  atelogo serve                           start the web server",
        f"  {facts['console']}",
        "                                          sign in and look around",
        "  atelogo import FILE --kind customers    bring in what you already have",
    ]
    return "\n".join(lines)
