"""The own profile."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model

from atelogo.accounts.queries import person_by_id
from atelogo.accounts.services.sessions import TRIES_OF_PERSON
from tests.cast import PASSWORD, Cast, signed_in

pytestmark = pytest.mark.django_db
PROFILE = "/padaria-aurora/console/profile"
NEW = "um-cafe-com-leite"


def test_name_and_language_are_saved(cast: Cast) -> None:
    """A saved language is the one pages come in from then on, whatever was chosen before."""
    browser = signed_in(cast.bruno)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "pt-br"
    answer = browser.post(PROFILE, {"name": "Bruno B.", "locale": "en"})
    assert answer.headers["Location"] == PROFILE
    person = person_by_id(cast.bruno.person.id)
    assert person is not None
    assert (person.name, person.locale) == ("Bruno B.", "en")
    page = browser.get(PROFILE)
    assert page.headers["Content-Language"] == "en"
    assert 'lang="en"' in page.content.decode()


@pytest.mark.parametrize("form", [{"name": "x" * 121, "locale": ""}, {"name": "Bruno", "locale": "fr"}])
def test_a_bad_profile_is_shown_again(cast: Cast, form: dict[str, str]) -> None:
    """A refused form comes back with what was typed, and nothing is saved."""
    answer = signed_in(cast.bruno).post(PROFILE, form)
    assert answer.status_code == 422
    assert form["name"] in answer.content.decode()
    assert person_by_id(cast.bruno.person.id) == cast.bruno.person


def test_a_changed_password_ends_other_sessions(cast: Cast) -> None:
    """Changing the password keeps this browser signed in and ends the others."""
    here, there = signed_in(cast.bruno), signed_in(cast.bruno)
    answer = here.post(f"{PROFILE}/password", {"present": PASSWORD, "password": NEW})
    assert answer.headers["Location"] == PROFILE
    assert here.get(PROFILE).status_code == 200
    assert there.get(PROFILE).status_code == 302
    assert get_user_model().objects.get(pk=cast.bruno.person.id).check_password(NEW)


def test_the_present_password_is_asked_for(cast: Cast) -> None:
    """Whoever sits at an open browser cannot take the account over, nor guess for long."""
    browser = signed_in(cast.bruno)
    statuses = [
        browser.post(f"{PROFILE}/password", {"present": "wrong", "password": NEW}).status_code
        for _number in range(TRIES_OF_PERSON + 1)
    ]
    assert statuses == [422] * TRIES_OF_PERSON + [429]
    assert get_user_model().objects.get(pk=cast.bruno.person.id).check_password(PASSWORD)


def test_a_weak_password_is_refused_by_field(cast: Cast) -> None:
    """A weak new password is refused at its field."""
    answer = signed_in(cast.bruno).post(f"{PROFILE}/password", {"present": PASSWORD, "password": "short"})
    assert answer.status_code == 422
    assert 'id="password_password-error"' in answer.content.decode()
