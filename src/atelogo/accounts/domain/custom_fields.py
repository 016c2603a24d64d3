"""A company's own fields of a request: how they are called, what they take. Values: ``register``.

A field is never required: a declaration is recorded whatever is left empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

LANGUAGES: Final = ("pt-br", "en", "es")
MOST_FIELDS: Final = 20
MOST_CHOICES: Final = 50
LABEL_LENGTH: Final = 80
HELP_LENGTH: Final = 200
CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_UNFIT: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_KEYS: Final = frozenset({"code", "labels", "kind", "choices", "help", "active"})


class CustomKind(StrEnum):
    """What a field takes."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


class FieldRefused(ValueError):  # noqa: N818 - the fact itself; the service wraps it with a sentence
    """A definition that cannot stand: ``part`` is the part of it that is wrong, ``code`` says why."""

    def __init__(self, part: str, code: str) -> None:
        super().__init__(f"{part}: {code}")
        self.part = part
        self.code = code


@dataclass(frozen=True, slots=True)
class CustomField:
    """One field: ``code`` and ``kind`` never change once requests may hold values of it.

    ``labels`` is language -> what people read; ``choices`` are the texts offered, stored as they read.
    ``active`` says whether the field is still asked; what was recorded stays either way.
    """

    code: str
    labels: Mapping[str, str]
    kind: CustomKind = CustomKind.TEXT
    choices: tuple[str, ...] = ()
    help: str = ""
    active: bool = True

    def label(self, language: str) -> str:
        """Return the label in ``language``, else in the first language that has one."""
        for tried in (language.lower(), *LANGUAGES):
            if self.labels.get(tried):
                return self.labels[tried]
        return self.code

    def stored(self) -> dict[str, Any]:
        """Return the form that the company's settings keep."""
        return {
            "code": self.code,
            "labels": dict(self.labels),
            "kind": self.kind.value,
            "choices": list(self.choices),
            "help": self.help,
            "active": self.active,
        }


def field_of(given: object) -> CustomField:
    """Read one definition from its stored form or a form's; raise :class:`FieldRefused`.

    Codes: ``invalid required too_long unknown too_many``.
    """
    if not isinstance(given, Mapping) or not set(given) <= _KEYS:
        raise FieldRefused("code", "invalid")
    code = str(given.get("code") or "").strip()
    if not CODE.fullmatch(code):
        raise FieldRefused("code", "invalid" if code else "required")
    try:
        kind = CustomKind(given.get("kind") or CustomKind.TEXT)
    except ValueError:
        raise FieldRefused("kind", "unknown") from None
    return CustomField(
        code=code,
        labels=_labels(given.get("labels")),
        kind=kind,
        choices=_choices(given.get("choices")) if kind is CustomKind.CHOICE else (),
        help=_line("help", given.get("help"), HELP_LENGTH),
        active=given.get("active", True) is True,
    )


def fields_of(given: object) -> tuple[CustomField, ...]:
    """Read all definitions, in order; raise :class:`FieldRefused` for the first that is wrong."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise FieldRefused("code", "invalid")
    if len(given) > MOST_FIELDS:
        raise FieldRefused("code", "too_many")
    fields = tuple(field_of(one) for one in given)
    if len({one.code for one in fields}) < len(fields):
        raise FieldRefused("code", "taken")
    return fields


def _labels(given: object) -> dict[str, str]:
    if not isinstance(given, Mapping) or not set(given) <= set(LANGUAGES):
        raise FieldRefused("labels", "invalid")
    labels = {language: _line("labels", given.get(language), LABEL_LENGTH) for language in LANGUAGES}
    if not any(labels.values()):
        raise FieldRefused("labels", "required")
    return {language: label for language, label in labels.items() if label}


def _choices(given: object) -> tuple[str, ...]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise FieldRefused("choices", "required" if given is None else "invalid")
    choices = tuple(dict.fromkeys(filter(None, (_line("choices", one, LABEL_LENGTH) for one in given))))
    if not choices:
        raise FieldRefused("choices", "required")
    if len(choices) > MOST_CHOICES:
        raise FieldRefused("choices", "too_many")
    return choices


def _line(part: str, given: object, longest: int) -> str:
    text = " ".join(str(given or "").split())
    if len(text) > longest:
        raise FieldRefused(part, "too_long")
    if _UNFIT.search(text):
        raise FieldRefused(part, "invalid")
    return text
