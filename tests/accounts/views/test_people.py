"""Settings > People."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from atelogo.accounts.domain.permissions import Role
from atelogo.accounts.queries import membership_of, open_invites
from atelogo.accounts.services.people import membership_set
from atelogo.events.ledger import SYSTEM
from tests.cast import Cast, signed_in

pytestmark = pytest.mark.django_db
PEOPLE = "/padaria-aurora/console/settings/people"
LINK = re.compile(r'value="(http://testserver/[^"]+)"')


def test_the_list_shows_everybody_here(cast: Cast) -> None:
    """An owner sees the company's people with their roles, and nobody of another company."""
    text = signed_in(cast.ana).get(PEOPLE).content.decode()
    for member in cast.staff.values():
        assert member.person.email in text
    assert cast.clara.person.email not in text


def test_an_auditor_reads_and_is_offered_nothing(cast: Cast) -> None:
    """An auditor sees the list without a single form that changes something."""
    text = signed_in(cast.dora).get(PEOPLE).content.decode()
    assert cast.ana.person.email in text
    assert "/settings/people/" not in text
    assert 'name="role"' not in text


def test_a_manager_is_offered_no_owner(cast: Cast) -> None:
    """A manager may change the others, but is shown no way to touch or make an owner."""
    text = signed_in(cast.marina).get(PEOPLE).content.decode()
    assert f"/settings/people/{cast.bruno.person.id}/role" in text
    assert f"/settings/people/{cast.ana.person.id}/role" not in text
    assert 'value="owner"' not in text
    forced = signed_in(cast.marina).post(PEOPLE, {"email": "e@a.example", "name": "", "role": "owner"})
    assert forced.status_code == 422


def test_an_invitation_is_shown_once_and_works(cast: Cast) -> None:
    """Inviting shows a whole link to hand over; it opens for the invited, and the list shows it as open."""
    browser = signed_in(cast.ana)
    made = browser.post(PEOPLE, {"email": "eva@aurora.example", "name": "Eva", "role": "agent"})
    assert made.status_code == 200
    assert "no-store" in made.headers["Cache-Control"]
    found = LINK.search(made.content.decode())
    assert found is not None
    assert Client().get(found[1]).status_code == 200
    text = browser.get(PEOPLE).content.decode()
    assert "eva@aurora.example" in text
    assert found[1].partition("k=")[2] not in text
    (invite,) = open_invites(cast.workspace.id)
    browser.post(f"{PEOPLE}/invites/{invite.id}/cancel")
    assert Client().get(found[1]).status_code == 410


@pytest.mark.parametrize("email", ["", "not an address", "bruno@padaria-aurora.example"])
def test_a_bad_invitation_is_shown_again(cast: Cast, email: str) -> None:
    """A bad or known e-mail comes back on the form with what is wrong."""
    answer = signed_in(cast.ana).post(PEOPLE, {"email": email, "name": "Eva", "role": "agent"})
    assert answer.status_code in {409, 422}
    assert "error-summary" in answer.content.decode()
    assert open_invites(cast.workspace.id) == []


def test_roles_change_and_people_leave(cast: Cast) -> None:
    """The buttons of the list change a role and take a person out."""
    browser = signed_in(cast.ana)
    bruno = cast.bruno.person.id
    assert browser.post(f"{PEOPLE}/{bruno}/role", {"role": "auditor"}).status_code == 302
    member = membership_of(bruno, cast.workspace.id)
    assert member is not None
    assert member.role is Role.AUDITOR
    assert browser.post(f"{PEOPLE}/{bruno}/role", {"role": "king"}).status_code == 404
    assert browser.post(f"{PEOPLE}/{bruno}/remove").status_code == 302
    assert membership_of(bruno, cast.workspace.id) is None
    assert browser.post(f"{PEOPLE}/{bruno}/remove").status_code == 404


def test_the_last_owner_is_told_why(cast: Cast) -> None:
    """Removing the last owner is refused on the page with what to do first."""
    answer = signed_in(cast.ana).post(f"{PEOPLE}/{cast.ana.person.id}/remove", follow=True)
    assert membership_of(cast.ana.person.id, cast.workspace.id) is not None
    assert "alert-danger" in answer.content.decode()


def test_a_password_link_is_shown_once(cast: Cast) -> None:
    """An owner makes a link for a new password and sees it whole, once."""
    browser = signed_in(cast.ana)
    made = browser.post(f"{PEOPLE}/{cast.bruno.person.id}/link")
    found = LINK.search(made.content.decode())
    assert found is not None
    assert Client().get(found[1]).status_code == 200


def test_a_shared_person_gets_no_link_here(cast: Cast) -> None:
    """For somebody who works elsewhere too the page says who can make the link instead."""
    membership_set(workspace=cast.workspace, user_id=cast.clara.person.id, role=Role.AGENT, actor=SYSTEM)
    answer = signed_in(cast.ana).post(f"{PEOPLE}/{cast.clara.person.id}/link", follow=True)
    assert "atelogo user reset" in answer.content.decode()


def test_people_of_another_company_are_not_found(cast: Cast) -> None:
    """Nothing can be done to a person of another company, who might as well not exist."""
    browser = signed_in(cast.ana)
    for action in ("role", "remove", "link"):
        address = f"{PEOPLE}/{cast.clara.person.id}/{action}"
        assert browser.post(address, {"role": "agent"}).status_code == 404


def test_settings_lead_to_people(cast: Cast) -> None:
    """The settings page leads to the list of people, for those who may see it."""
    assert PEOPLE in signed_in(cast.ana).get("/padaria-aurora/console/settings/").content.decode()
    assert signed_in(cast.bruno).get("/padaria-aurora/console/settings/").status_code == 403
