"""People of a company: who joins, changes role and leaves."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from atelogo.accounts.domain.permissions import Role
from atelogo.accounts.domain.workspace import Member, WorkspaceInfo
from atelogo.accounts.errors import LastOwnerError, OwnerOnlyError, UserExistsError
from atelogo.accounts.queries import (
    membership_of,
    people_names,
    people_of,
    person_by_email,
    person_name,
    workspaces_of,
)
from atelogo.accounts.services.people import (
    membership_remove,
    membership_set,
    profile_update,
    user_create,
)
from atelogo.core.errors import NotFoundError, PermissionDeniedError, ValidationFailedError
from atelogo.core.ids import new_id
from atelogo.events.ledger import SYSTEM, entries_of
from tests.cast import PASSWORD, Cast, actor_of, company, person

pytestmark = pytest.mark.django_db


def test_a_person_is_found_by_email_in_any_case() -> None:
    """A person's e-mail is kept folded and found in any case."""
    made = user_create(email=" Ana@Aurora.Example ", name=" Ana  Aurora ", password=PASSWORD)
    assert (made.email, made.name) == ("ana@aurora.example", "Ana Aurora")
    assert person_by_email("ANA@AURORA.EXAMPLE") == made
    with pytest.raises(UserExistsError):
        user_create(email="ANA@aurora.example")


@pytest.mark.parametrize(
    "email,name,password,field,code",
    [
        ("ana", "Ana", PASSWORD, "email", "invalid"),
        ("", "Ana", PASSWORD, "email", "invalid"),
        ("ana@aurora.example", "x" * 121, PASSWORD, "name", "too_long"),
        ("ana@aurora.example", "A\x00na", PASSWORD, "name", "invalid"),
        ("ana@aurora.example", "A\udcffna", PASSWORD, "name", "invalid"),
        ("ana@aurora.example", "Ana", "", "password", "required"),
        ("ana@aurora.example", "Ana", "short", "password", "password_too_short"),
        ("ana@aurora.example", "Ana", "1029384756102", "password", "password_entirely_numeric"),
        ("ana@aurora.example", "Ana", "qwertyuiop", "password", "password_too_common"),
        ("ana@aurora.example", "Ana", "ana@aurora.example", "password", "password_is_email"),
        ("ana@aurora.example", "Ana", "x" * 201, "password", "too_long"),
    ],
)
def test_bad_people_are_refused_by_field(email: str, name: str, password: str, field: str, code: str) -> None:
    """A bad e-mail, name or password is refused with its field, a code and a sentence."""
    with pytest.raises(ValidationFailedError) as error:
        user_create(email=email, name=name, password=password)
    assert (field, code) in {(problem.field, problem.code) for problem in error.value.fields}
    assert all(str(problem.message) for problem in error.value.fields)


def test_joining_and_changing_are_facts_without_names(cast: Cast) -> None:
    """The ledger tells who joined and changed role by id; the name lies in the part that can be shredded."""
    changed = membership_set(
        workspace=cast.workspace, user_id=cast.bruno.person.id, role=Role.ANALYST, actor=actor_of(cast.ana)
    )
    assert changed.role is Role.ANALYST
    added, change = entries_of(cast.workspace.id, cast.bruno.id)
    assert (added.name, added.body["role"], added.body["user"]) == (
        "member.added",
        "agent",
        str(cast.bruno.person.id),
    )
    assert added.personal == {"name": "Bruno Balcão", "email": cast.bruno.person.email}
    assert "Bruno" not in str(added.body)
    assert (change.name, change.body["before"], change.body["after"]) == (
        "member.role_changed",
        "agent",
        "analyst",
    )


def test_an_equal_role_writes_nothing(cast: Cast) -> None:
    """Giving somebody the role they have leaves no fact."""
    membership_set(
        workspace=cast.workspace, user_id=cast.bruno.person.id, role=Role.AGENT, actor=actor_of(cast.ana)
    )
    assert len(entries_of(cast.workspace.id, cast.bruno.id)) == 1


def test_leaving_keeps_what_was_recorded(cast: Cast) -> None:
    """Who leaves has no place any more; the facts and the name by id stay."""
    membership_remove(workspace=cast.workspace, user_id=cast.bruno.person.id, actor=actor_of(cast.marina))
    assert membership_of(cast.bruno.person.id, cast.workspace.id) is None
    assert [fact.name for fact in entries_of(cast.workspace.id, cast.bruno.id)] == [
        "member.added",
        "member.removed",
    ]
    assert person_name(cast.bruno.person.id) == "Bruno Balcão"


def test_the_last_owner_stays(cast: Cast) -> None:
    """The only owner can neither be removed nor made less, by anybody."""
    for actor in (SYSTEM, actor_of(cast.ana)):
        with pytest.raises(LastOwnerError):
            membership_remove(workspace=cast.workspace, user_id=cast.ana.person.id, actor=actor)
        with pytest.raises(LastOwnerError):
            membership_set(workspace=cast.workspace, user_id=cast.ana.person.id, role=Role.AGENT, actor=actor)
    membership_set(workspace=cast.workspace, user_id=cast.marina.person.id, role=Role.OWNER, actor=SYSTEM)
    membership_remove(workspace=cast.workspace, user_id=cast.ana.person.id, actor=actor_of(cast.ana))
    assert membership_of(cast.ana.person.id, cast.workspace.id) is None


def test_an_owner_who_is_switched_off_does_not_count(cast: Cast) -> None:
    """An owner who cannot sign in is not the owner who must remain."""
    from atelogo.accounts.models import User

    membership_set(workspace=cast.workspace, user_id=cast.marina.person.id, role=Role.OWNER, actor=SYSTEM)
    User.objects.filter(pk=cast.marina.person.id).update(is_active=False)
    with pytest.raises(LastOwnerError):
        membership_remove(workspace=cast.workspace, user_id=cast.ana.person.id, actor=SYSTEM)


def test_a_manager_cannot_touch_owners(cast: Cast) -> None:
    """A manager makes nobody an owner, not even themselves, and removes none."""
    manager = actor_of(cast.marina)
    for member in (cast.bruno, cast.marina):
        with pytest.raises(OwnerOnlyError):
            membership_set(workspace=cast.workspace, user_id=member.person.id, role=Role.OWNER, actor=manager)
    with pytest.raises(OwnerOnlyError):
        membership_remove(workspace=cast.workspace, user_id=cast.ana.person.id, actor=manager)


def test_others_cannot_touch_people(cast: Cast) -> None:
    """An agent, and an owner of another company, change nobody here."""
    for actor in (actor_of(cast.bruno), actor_of(cast.clara)):
        with pytest.raises(PermissionDeniedError):
            membership_remove(workspace=cast.workspace, user_id=cast.dora.person.id, actor=actor)
        with pytest.raises(PermissionDeniedError):
            membership_set(
                workspace=cast.workspace, user_id=cast.clara.person.id, role=Role.AGENT, actor=actor
            )


def test_unknown_people_are_not_found(cast: Cast) -> None:
    """Nobody joins or leaves who does not exist; a member elsewhere is no member here."""
    for nobody in (new_id(), cast.clara.person.id):
        with pytest.raises(NotFoundError):
            membership_remove(workspace=cast.workspace, user_id=nobody, actor=SYSTEM)
    with pytest.raises(NotFoundError):
        membership_set(workspace=cast.workspace, user_id=new_id(), role=Role.AGENT, actor=SYSTEM)


def test_a_person_may_work_in_two_companies(cast: Cast) -> None:
    """One login opens two companies, with a role of its own in each."""
    membership_set(workspace=cast.workspace, user_id=cast.clara.person.id, role=Role.AUDITOR, actor=SYSTEM)
    assert [one.slug for one in workspaces_of(cast.clara.person.id)] == ["academia-lua", "padaria-aurora"]
    here = membership_of(cast.clara.person.id, cast.workspace.id)
    there = membership_of(cast.clara.person.id, cast.elsewhere.id)
    assert here is not None
    assert there is not None
    assert (here.role, there.role) == (Role.AUDITOR, Role.OWNER)


def test_the_list_is_the_companys_own(cast: Cast) -> None:
    """The list of people holds the company's, by name, and nobody else's."""
    assert [member.person.name.split()[0] for member in people_of(cast.workspace.id)] == [
        "Ana",
        "Bruno",
        "Caio",
        "Dora",
        "Marina",
    ]
    names = people_names([cast.ana.person.id, cast.clara.person.id, new_id()])
    assert names == {cast.ana.person.id: "Ana Aurora", cast.clara.person.id: "Clara Estranha"}
    assert people_names([]) == {}


def test_profile_changes(cast: Cast) -> None:
    """A person changes their name and language; a language that is not there is refused."""
    changed = profile_update(user_id=cast.bruno.person.id, name="Bruno B.", locale="en")
    assert (changed.name, changed.locale) == ("Bruno B.", "en")
    with pytest.raises(ValidationFailedError):
        profile_update(user_id=cast.bruno.person.id, name="Bruno", locale="fr")


def test_a_failure_after_it_leaves_nobody_half_added(cast: Cast) -> None:
    """When the transaction around it fails, neither the place nor its fact stays."""
    newcomer = user_create(email="new@aurora.example")
    streams = []

    def add_and_fail() -> None:
        with transaction.atomic():
            added = membership_set(
                workspace=cast.workspace, user_id=newcomer.id, role=Role.AGENT, actor=SYSTEM
            )
            streams.append(added.id)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        add_and_fail()
    assert membership_of(newcomer.id, cast.workspace.id) is None
    assert entries_of(cast.workspace.id, streams[0]) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_owners_cannot_remove_each_other_at_once() -> None:
    """When two owners remove each other at the same moment, one succeeds: a company keeps an owner."""
    for number in range(5):
        workspace = company(f"aurora-{number}", "Aurora")
        owners = [person(workspace, f"{name}{number}", Role.OWNER) for name in ("ana", "bia")]
        start = Barrier(2).wait

        def remove(
            pair: tuple[Member, Member],
            workspace: WorkspaceInfo = workspace,
            start: Callable[[float], int] = start,
        ) -> bool:
            actor, other = pair
            start(10)
            try:
                membership_remove(workspace=workspace, user_id=other.person.id, actor=actor_of(actor))
            except (LastOwnerError, PermissionDeniedError):
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(remove, [(owners[0], owners[1]), (owners[1], owners[0])]))
        assert sorted(done) == [False, True]
        assert [member.role for member in people_of(workspace.id)] == [Role.OWNER]
