"""Errors as named facts."""

from __future__ import annotations

import pytest
from django.utils import translation

from atelogo.core import errors


def subclasses(kind: type[errors.AppError]) -> list[type[errors.AppError]]:
    """Return every error of the product under ``kind``, those of tests left out."""
    found = [kind] if kind.__module__.startswith("atelogo.") else []
    return found + [one for sub in kind.__subclasses__() for one in subclasses(sub)]


def test_message_is_translated_when_read() -> None:
    """The same error is said in the language of the moment."""
    error = errors.NotFoundError()
    with translation.override("pt-br"):
        assert str(error) == "Não encontramos o que você procura. Confira o endereço ou o número."
    with translation.override("en"):
        assert str(error) == "We did not find what you asked for. Check the address or the number."


def test_params_fill_the_message() -> None:
    """A message says the figures that it was given."""
    with translation.override("pt-br"):
        assert "Espere 5 minutos" in str(errors.TooManyAttemptsError(minutes=5))


def test_problem_has_the_members_of_rfc_9457() -> None:
    """A problem names its type, code, status and detail, and each wrong field."""
    field = errors.FieldProblem("name", "required", "Diga o nome.")
    with translation.override("en"):
        body = errors.problem_of(errors.ValidationFailedError(fields=(field,))).as_dict()
    assert body == {
        "type": "urn:atelogo:error:validation_failed",
        "title": "validation failed",
        "status": 422,
        "code": "validation_failed",
        "detail": "Some fields need attention. Nothing was lost; correct them and send again.",
        "errors": [{"field": "name", "code": "required", "message": "Diga o nome."}],
    }


def test_no_fields_no_member() -> None:
    """An error that is not about fields has no list of them."""
    assert "errors" not in errors.problem_of(errors.NotFoundError()).as_dict()


@pytest.mark.parametrize("kind", subclasses(errors.AppError), ids=lambda kind: kind.__name__)
def test_every_error_has_a_plain_code_and_a_status(kind: type[errors.AppError]) -> None:
    """Codes are lower-case words, statuses are those of errors."""
    assert kind.code.replace("_", "").isalnum()
    assert kind.code == kind.code.lower()
    assert 400 <= kind.status < 600
