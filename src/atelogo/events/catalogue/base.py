"""What every event is: a frozen record of facts with a wire name, a version and no personal data."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any, ClassVar
from uuid import UUID

from atelogo.core import clock
from atelogo.events.canonical import canonical

_SAFE_INTEGER = 2**53 - 1  # what every JSON reader holds exactly (RFC 7493)
_registry: dict[tuple[str, int], type[Event]] = {}


class EventBodyError(TypeError):
    """An event holds a value that its body cannot carry, such as a float: a programming error."""


class Event:
    """Base of every event; subclasses are ``@dataclass(frozen=True, slots=True, kw_only=True)``.

    ``name`` is the wire name in the past tense (``request.opened``); ``schema`` is the version of the body
    and grows when the meaning of a field changes. Fields hold ids, codes, times, counts and sums; never a
    person's name, document or contact.
    """

    __slots__ = ()
    name: ClassVar[str]
    schema: ClassVar[int] = 1

    def __init_subclass__(cls) -> None:
        """Enter the class in the catalogue under its name and version."""
        if "name" not in cls.__dict__:
            return
        known = _registry.get((cls.name, cls.schema))
        # `slots=True` makes the class anew: the second one replaces the first.
        if known is not None and (known.__module__, known.__name__) != (cls.__module__, cls.__name__):
            raise EventBodyError(f"two events are called {cls.name} v{cls.schema}")
        _registry[cls.name, cls.schema] = cls

    def body(self) -> dict[str, Any]:
        """Return the facts as plain JSON values: ids and times as text, sums as integers, no floats."""
        return {name: plain(getattr(self, name)) for name in _fields_of(type(self))}

    def body_json(self) -> str:
        """Return :meth:`body` in canonical form (RFC 8785), without building it."""
        template, values = _writer_of(type(self))
        return template % tuple([(_TEXT_OF.get(type(value)) or _other_text)(value) for value in values(self)])


def registered() -> list[type[Event]]:
    """Return every event class known so far, ordered by name and version."""
    return [_registry[key] for key in sorted(_registry)]


def event_named(name: str, version: int = 1) -> type[Event] | None:
    """Return the class of the event ``name`` in ``version``, or ``None``."""
    return _registry.get((name, version))


def plain(value: object) -> Any:  # noqa: ANN401 - JSON
    """Turn one value into plain JSON; raise :class:`EventBodyError` for what has no exact form."""
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        _integer(value)
        return value
    for kind, write in _PLAIN_TEXT:
        if isinstance(value, kind):
            return write(value)
    return _plain_many(value)


# A moment is a date too, so it comes first.
_PLAIN_TEXT: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (UUID, str),
    (datetime, clock.iso),
    (date, date.isoformat),
)


def _plain_many(value: object) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(plain(inner) for inner in value)
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    raise EventBodyError(f"{type(value).__name__} cannot stand in an event")


def _fields_of(cls: type[Event]) -> tuple[str, ...]:
    try:
        return tuple(sorted(field.name for field in dataclasses.fields(cls)))  # type: ignore[arg-type]
    except TypeError as error:
        raise EventBodyError(f"{cls.__name__} is not a dataclass") from error


# Writing canonical text directly is several times quicker than making a dict first: imports write a million.
_writers: dict[type[Event], tuple[str, Callable[[Event], tuple[Any, ...]]]] = {}


def _writer_of(cls: type[Event]) -> tuple[str, Callable[[Event], tuple[Any, ...]]]:
    found = _writers.get(cls)
    if found is None:
        names = _fields_of(cls)
        template = "{" + ",".join(f'"{name}":%s' for name in names) + "}"
        found = _writers[cls] = (template, _getter(names))
    return found


def _getter(names: tuple[str, ...]) -> Callable[[Event], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    if names:
        only = attrgetter(*names)
        return lambda event: (only(event),)
    return lambda _event: ()


def _integer(value: int) -> str:
    if not -_SAFE_INTEGER <= value <= _SAFE_INTEGER:
        raise EventBodyError("an integer beyond 2**53 has no exact JSON form")
    return str(value)


def _uuid_text(value: UUID) -> str:
    digits = f"{value.int:032x}"
    return f'"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"'


_TEXT_OF: dict[type, Callable[[Any], str]] = {
    str: encode_basestring,
    int: _integer,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _value: "null",
    UUID: _uuid_text,
    datetime: lambda value: f'"{clock.iso(value)}"',
    date: lambda value: f'"{value.isoformat()}"',
}


def _other_text(value: object) -> str:
    return canonical(plain(value))
