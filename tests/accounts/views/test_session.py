"""Signing in and out."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from atelogo.accounts.models import User
from atelogo.accounts.services.sessions import TRIES_OF_ORIGIN, TRIES_OF_PERSON
from tests.cast import PASSWORD, Cast, signed_in

pytestmark = pytest.mark.django_db
LOGIN = "/padaria-aurora/console/login"
PROFILE = "/padaria-aurora/console/profile"


def post(browser: Client, email: str, password: str = PASSWORD, **more: str) -> int:
    """Try to sign in and return the status."""
    return browser.post(LOGIN, {"email": email, "password": password}, **more).status_code  # type: ignore[arg-type]


def test_signing_in_leads_where_the_person_was_going(cast: Cast) -> None:
    """The right password, with the e-mail in any case, opens the page that was asked for."""
    browser = Client()
    asked = browser.get(PROFILE)
    answer = browser.post(
        asked.headers["Location"], {"email": cast.bruno.person.email.upper(), "password": PASSWORD}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, PROFILE)
    assert browser.get(PROFILE).status_code == 200


def test_signing_in_never_leads_to_another_site(cast: Cast) -> None:
    """A login link made to lead elsewhere leads home."""
    answer = Client().post(
        f"{LOGIN}?next=https://evil.example/padaria-aurora/console/",
        {"email": cast.bruno.person.email, "password": PASSWORD},
    )
    assert answer.headers["Location"] == "/padaria-aurora/console/"


def test_every_wrong_login_answers_alike(cast: Cast) -> None:
    """Unknown, wrong, inactive and foreign people get the same page, so that nothing is told about them."""
    User.objects.filter(pk=cast.caio.person.id).update(is_active=False)
    answers = []
    for email, password in (
        ("nobody@padaria-aurora.example", PASSWORD),
        (cast.bruno.person.email, "not-the-password"),
        (cast.caio.person.email, PASSWORD),
        (cast.clara.person.email, PASSWORD),
    ):
        browser = Client()
        answer = browser.post(LOGIN, {"email": email, "password": password})
        assert settings.SESSION_COOKIE_NAME not in browser.cookies
        shown = answer.content.decode().replace(email, "")
        answers.append((answer.status_code, [line for line in shown.splitlines() if "csrf" not in line]))
    assert answers[0][0] == 422
    assert all(answer == answers[0] for answer in answers)


def test_an_unknown_email_costs_as_much_work(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown e-mail makes the server hash a password too, so that the time tells nothing."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed: list[str] = []
    plain = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return plain(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    post(Client(), cast.bruno.person.email, "not-the-password")
    known = len(hashed)
    hashed.clear()
    post(Client(), "nobody@padaria-aurora.example", "not-the-password")
    assert len(hashed) == known == 1


def test_guessing_is_stopped_for_one_origin_only(cast: Cast) -> None:
    """After eight wrong passwords that origin is stopped, right password included; others are not."""
    email = cast.bruno.person.email
    for _number in range(TRIES_OF_PERSON):
        assert post(Client(), email, "wrong", REMOTE_ADDR="203.0.113.7") == 422
    stopped = Client().post(LOGIN, {"email": email, "password": PASSWORD}, REMOTE_ADDR="203.0.113.7")
    assert stopped.status_code == 429
    assert "15" in stopped.content.decode()
    assert post(Client(), email, REMOTE_ADDR="198.51.100.9") == 302
    assert post(Client(), cast.ana.person.email, REMOTE_ADDR="203.0.113.7") == 302


def test_many_names_from_one_origin_are_stopped(cast: Cast) -> None:
    """Trying one password on many e-mails is stopped by the origin's own limit."""
    for number in range(TRIES_OF_ORIGIN):
        assert post(Client(), f"p{number}@aurora.example", REMOTE_ADDR="203.0.113.7") == 422
    assert post(Client(), cast.ana.person.email, REMOTE_ADDR="203.0.113.7") == 429


def test_success_forgets_earlier_slips(cast: Cast) -> None:
    """Somebody who mistypes now and then is not stopped: each success begins the count anew."""
    for _round in range(3):
        for _number in range(TRIES_OF_PERSON - 1):
            assert post(Client(), cast.ana.person.email, "wrong") == 422
        assert post(Client(), cast.ana.person.email) == 302


def test_the_session_is_new_after_signing_in(cast: Cast) -> None:
    """A session key from before the login is worth nothing after it."""
    browser = Client()
    session = browser.session
    session["planted"] = "1"
    session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    assert post(browser, cast.bruno.person.email) == 302
    assert browser.cookies[settings.SESSION_COOKIE_NAME].value != session.session_key


def test_signing_out_takes_a_post(cast: Cast) -> None:
    """A link or picture elsewhere cannot sign somebody out; the button does, and twice is no error."""
    browser = signed_in(cast.bruno)
    assert browser.get("/padaria-aurora/console/logout").status_code == 405
    assert browser.get(PROFILE).status_code == 200
    for _number in range(2):
        answer = browser.post("/padaria-aurora/console/logout")
        assert answer.headers["Location"] == LOGIN
    assert browser.get(PROFILE).status_code == 302


def test_forms_ask_for_their_token(cast: Cast) -> None:
    """A login form sent from another site is refused."""
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(LOGIN, {"email": cast.ana.person.email, "password": PASSWORD}).status_code == 403


def test_who_is_signed_in_skips_the_login(cast: Cast) -> None:
    """The login leads a member on, and shows its form to somebody of another company."""
    assert signed_in(cast.bruno).get(LOGIN).status_code == 302
    assert signed_in(cast.clara).get(LOGIN).status_code == 200


def test_pages_of_the_login_are_not_kept(cast: Cast) -> None:
    """Browsers keep no copy of pages on which people prove who they are."""
    assert "no-store" in Client().get(LOGIN).headers["Cache-Control"]


def test_a_forgotten_password_is_explained(cast: Cast, settings: Settings) -> None:
    """The page names both ways that need no mail: an owner's link, and the command."""
    text = Client().get("/padaria-aurora/console/forgotten").content.decode()
    assert "atelogo user reset" in text


def test_argon2_is_what_the_product_uses() -> None:
    """The settings file asks for argon2 first; only tests use something quicker."""
    from pathlib import Path

    import atelogo.settings

    assert atelogo.settings.__file__ is not None
    text = Path(atelogo.settings.__file__).read_text()
    assert text.index("Argon2PasswordHasher") < text.index("PBKDF2PasswordHasher")
