"""``atelogo user ...``: people who sign in, without mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from atelogo.cli.answers import REFUSED, address, answering, fail, password_given, show

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import Person, WorkspaceInfo

OPTIONS = {"email": "EMAIL", "password": "password", "name": "--name"}
_Stdin = Annotated[
    bool, typer.Option("--password-stdin", help="Set the password read from standard input instead.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")]


def add_commands(app: typer.Typer) -> None:
    """Add ``user`` to the app."""
    users = typer.Typer(no_args_is_help=True, help="People who sign in: add one, set a password anew.")
    app.add_typer(users, name="user")
    _add_reset(users)
    _add_add(users)


def _add_reset(users: typer.Typer) -> None:
    @users.command("reset")
    def reset(
        email: Annotated[str, typer.Argument(help="The person's login.")],
        *,
        password_stdin: _Stdin = False,
        json: _Json = False,
    ) -> None:
        """Print a one-time link for a new password, or set one from standard input."""
        with answering(json=json, options=OPTIONS):
            person = _person(email)
            if password_stdin:
                _set(person, password_given(stdin=True) or "")
                show({"user_id": str(person.id), "set": True}, json=json, text="The password is set.")
            else:
                _show_link(person, json=json)


def _add_add(users: typer.Typer) -> None:
    @users.command("add")
    def add(
        email: Annotated[str, typer.Argument(help="The person's login.")],
        *,
        workspace: Annotated[str, typer.Option(help="The company's name in addresses.")],
        role: Annotated[str, typer.Option(help="owner, manager, analyst, agent or auditor.")] = "agent",
        name: Annotated[str, typer.Option(help="How the person is called.")] = "",
        password_stdin: _Stdin = False,
        json: _Json = False,
    ) -> None:
        """Add a person to a company, or change their role; prints a one-time link for the password."""
        from django.db import transaction

        from atelogo.accounts.domain.permissions import Role
        from atelogo.accounts.queries import person_by_email
        from atelogo.accounts.services.people import membership_set, user_create
        from atelogo.events.ledger import SYSTEM

        if role not in set(Role):
            fail(f"--role: choose one of {', '.join(Role)}.")
        with answering(json=json, options=OPTIONS):
            place = _workspace(workspace)
            password = password_given(stdin=password_stdin, required=False)
            with transaction.atomic():
                known = person_by_email(email)
                person = known or user_create(email=email, name=name, password=password)
                membership_set(workspace=place, user_id=person.id, role=Role(role), actor=SYSTEM)
            if known is None and password is None:
                _show_link(person, json=json)
                return
        stays = " Their password stays as it was." if known else ""
        facts = {"user_id": str(person.id), "workspace": place.slug, "role": role}
        show(facts, json=json, text=f"{person.email} is now {role} of {place.slug}.{stays}")


def _person(email: str) -> Person:
    from atelogo.accounts.queries import person_by_email

    person = person_by_email(email)
    if person is None:
        fail(
            "Nobody signs in with this e-mail. Add the person: atelogo user add EMAIL --workspace SLUG",
            REFUSED,
        )
    return person


def _workspace(slug: str) -> WorkspaceInfo:
    from atelogo.accounts.queries import workspace_by_slug

    found = workspace_by_slug(slug)
    if found is None:
        fail(f"There is no company “{slug}” here. See: atelogo workspace list", REFUSED)
    return found


def _set(person: Person, password: str) -> None:
    from atelogo.accounts.services.passwords import password_set
    from atelogo.events.ledger import SYSTEM

    password_set(user_id=person.id, password=password, actor=SYSTEM, how="operator")


def _show_link(person: Person, *, json: bool) -> None:
    from atelogo.accounts.queries import workspaces_of
    from atelogo.accounts.services.passwords import password_reset_link
    from atelogo.events.ledger import SYSTEM

    if not workspaces_of(person.id):
        fail("This person belongs to no company. Add them: atelogo user add EMAIL --workspace SLUG", REFUSED)
    link = address(password_reset_link(user_id=person.id, actor=SYSTEM))
    told = f"Open this link to set a new password. It works once, within three days:\n{link}"
    show({"user_id": str(person.id), "link": link}, json=json, text=told)
