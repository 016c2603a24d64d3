"""The people of every story: the staff of *Padaria Aurora*, and Clara, who belongs elsewhere.

All are made by services, as the product makes them. In a test ask for the fixture ``cast``.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client

from atelogo.accounts.domain.permissions import Role
from atelogo.accounts.domain.workspace import Member, WorkspaceInfo
from atelogo.accounts.services.people import membership_set, user_create
from atelogo.accounts.services.workspaces import workspace_create
from atelogo.events.ledger import SYSTEM, Actor

PASSWORD = "pao-de-queijo-42"


@dataclass(frozen=True, slots=True)
class Cast:
    """Padaria Aurora with one person in each role, and a stranger with a company of her own."""

    workspace: WorkspaceInfo
    ana: Member  # owner
    marina: Member  # manager
    caio: Member  # analyst
    bruno: Member  # agent
    dora: Member  # auditor
    elsewhere: WorkspaceInfo
    clara: Member  # owner, elsewhere

    @property
    def staff(self) -> dict[Role, Member]:
        """Padaria Aurora's people by role."""
        return {member.role: member for member in (self.ana, self.marina, self.caio, self.bruno, self.dora)}


def company(slug: str = "padaria-aurora", name: str = "Padaria Aurora", **settings: object) -> WorkspaceInfo:
    """Make a company without people; ``settings`` as for ``workspace_update``."""
    return workspace_create(slug=slug, name=name, actor=SYSTEM, settings=settings)


def person(workspace: WorkspaceInfo, name: str, role: Role) -> Member:
    """Make a person with :data:`PASSWORD` and a place in ``workspace``; the e-mail follows from the name."""
    email = f"{name.split(maxsplit=1)[0].lower()}@{workspace.slug}.example"
    user = user_create(email=email, name=name, password=PASSWORD)
    return membership_set(workspace=workspace, user_id=user.id, role=role, actor=SYSTEM)


def assemble() -> Cast:
    """Make both companies and everybody in them."""
    padaria = company(legal_name="Padaria Aurora Ltda.", sac_phone="0800 000 0000", sector="services")
    academia = company("academia-lua", "Academia Lua", sector="fitness")
    return Cast(
        workspace=padaria,
        ana=person(padaria, "Ana Aurora", Role.OWNER),
        marina=person(padaria, "Marina Gerente", Role.MANAGER),
        caio=person(padaria, "Caio Analista", Role.ANALYST),
        bruno=person(padaria, "Bruno Balcão", Role.AGENT),
        dora=person(padaria, "Dora Auditora", Role.AUDITOR),
        elsewhere=academia,
        clara=person(academia, "Clara Estranha", Role.OWNER),
    )


def actor_of(member: Member) -> Actor:
    """Return how the ledger names a member of staff."""
    return Actor("staff", member.person.id)


def signed_in(member: Member) -> Client:
    """Return a browser in which ``member`` is signed in."""
    from django.contrib.auth import get_user_model

    browser = Client()
    browser.force_login(get_user_model().objects.get(pk=member.person.id))
    return browser
