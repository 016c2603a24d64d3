"""Which column feeds which field, and how to read it; to and from TOML (`docs/reference/importing.md`)."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self, cast

from atelogo.register.domain.importing.fields import field_types
from atelogo.register.domain.importing.folding import fold
from atelogo.register.domain.importing.problems import ImportProblemError
from atelogo.register.domain.importing.records import KINDS, Kind

FORMAT_VERSION: Final = 1
ANY: Final = "*"
_SEVERAL: Final = frozenset({"name", "text", "notes", "phone"})  # types whose columns are joined by a space
_SOURCE_KEYS: Final = {
    "encoding": str,
    "separator": str,
    "sheet": str,
    "header_line": int,
    "decimal": str,
    "date_order": str,
    "currency": str,
}
_CHOICES: Final = {"decimal": {",", "."}, "date_order": {"dmy", "mdy", "ymd"}}
_TABLES: Final = frozenset(
    {"version", "kind", "fingerprint", "source", "columns", "constants", "reasons", "extra", "select"}
)
_CURRENCY_LETTERS: Final = 3
_HALVES: Final = (0xD800, 0xDFFF)  # halves of characters, which TOML cannot hold


@dataclass(frozen=True, slots=True)
class Source:
    """How to read the file; None = decided from the file."""

    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    header_line: int | None = None
    decimal: Literal[",", "."] | None = None
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    currency: str = "BRL"


@dataclass(frozen=True, slots=True)
class Selector:
    """Rows are records only where `column` folds to one of `keep` ('*' = not blank); others are left out."""

    column: str
    keep: tuple[str, ...]
    why: str = "not_cancelled"


@dataclass(frozen=True, slots=True)
class Mapping:
    """A way to read files of one kind. Several columns of one text field are joined by a space."""

    kind: Kind
    columns: ReadOnly[str, tuple[str, ...]]  # field -> names of columns
    source: Source = field(default_factory=Source)
    constants: ReadOnly[str, str] = field(default_factory=dict)  # field -> value where the row has none
    reasons: ReadOnly[str, str] = field(
        default_factory=dict
    )  # spelling (folded) -> label accepted by a person
    extra: tuple[str, ...] = ()  # unmapped columns kept as custom fields
    selector: Selector | None = None
    fingerprint: str = ""  # of the header it was made for

    def to_toml(self) -> str:
        """Return the text of a mapping file; `from_toml` gives back an equal mapping."""
        parts = [f"version = {FORMAT_VERSION}", f"kind = {_quoted(self.kind)}"]
        if self.fingerprint:
            parts.append(f"fingerprint = {_quoted(self.fingerprint)}")
        if self.extra:
            parts.append(f"extra = {_listed(self.extra)}")
        source = {key: getattr(self.source, key) for key in _SOURCE_KEYS}
        lines = [f"{key} = {_value(value)}" for key, value in source.items() if value is not None]
        parts += ["", "[source]", *lines, "", "[columns]"]
        parts += [
            f"{name} = {_value(given[0] if len(given) == 1 else given)}"
            for name, given in self.columns.items()
        ]
        for title, entries in (("constants", self.constants), ("reasons", self.reasons)):
            if entries:
                parts += [
                    "",
                    f"[{title}]",
                    *(f"{_quoted(key)} = {_quoted(text)}" for key, text in entries.items()),
                ]
        if self.selector:
            parts += ["", "[select]", f"column = {_quoted(self.selector.column)}"]
            parts.append(f"keep = {_listed(self.selector.keep)}")
            parts.append(f"why = {_quoted(self.selector.why)}")
        return "\n".join(parts) + "\n"

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read a mapping file.

        Raises ImportProblemError: `mapping_unreadable`, `mapping_version_unknown`, `mapping_kind_unknown`,
        `mapping_key_unknown`, `mapping_value_invalid`, `mapping_field_unknown`, `mapping_field_repeated`.
        """
        try:
            raw = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise ImportProblemError("mapping_unreadable", str(error)[:120]) from error
        return cls.from_dict(raw)

    @classmethod
    def from_dict(cls, raw: ReadOnly[str, Any]) -> Self:
        """Build a mapping from the parsed form of its file (as saved). Raises as `from_toml`."""
        for key in raw:
            if key not in _TABLES:
                raise ImportProblemError("mapping_key_unknown", key)
        if raw.get("version", FORMAT_VERSION) != FORMAT_VERSION:
            raise ImportProblemError("mapping_version_unknown")
        kind = raw.get("kind")
        if kind not in KINDS:
            raise ImportProblemError("mapping_kind_unknown", str(kind))
        return cls(
            kind=cast("Kind", kind),
            columns=_columns(raw.get("columns", {}), cast("Kind", kind)),
            source=_source(raw.get("source", {})),
            constants=_constants(raw.get("constants", {}), cast("Kind", kind)),
            reasons={fold(key): value for key, value in _strings(raw.get("reasons", {}), "reasons").items()},
            extra=_names(raw.get("extra", []), "extra"),
            selector=_selector(raw.get("select")),
            fingerprint=_text(raw.get("fingerprint", ""), "fingerprint"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the parsed form of the mapping file, for a JSON column."""
        return tomllib.loads(self.to_toml())


def header_fingerprint(header: tuple[str, ...]) -> str:
    """Return a text that is equal for files with the same folded column names: finds a saved mapping."""
    folded = "\x1f".join(fold(name) for name in header)
    return hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() or c == " " else _escaped(c) for c in escaped) + '"'


def _escaped(character: str) -> str:
    code = ord(character)
    if _HALVES[0] <= code <= _HALVES[1]:
        code = 0xFFFD
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - the two lengths of TOML


def _listed(texts: tuple[str, ...]) -> str:
    return "[" + ", ".join(map(_quoted, texts)) + "]"


def _value(value: str | int | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return _listed(value)
    return str(value) if isinstance(value, int) else _quoted(value)


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise ImportProblemError("mapping_value_invalid", where)
    return value


def _table(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ImportProblemError("mapping_value_invalid", where)
    return value


def _strings(value: object, where: str) -> dict[str, str]:
    return {key: _text(text, f"{where}.{key}") for key, text in _table(value, where).items()}


def _names(value: object, where: str) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise ImportProblemError("mapping_value_invalid", where)
    return tuple(value)


def _known_field(name: str, kind: Kind) -> str:
    types = field_types(kind)
    if name not in types:
        raise ImportProblemError("mapping_field_unknown", name)
    return types[name]


def _columns(value: object, kind: Kind) -> dict[str, tuple[str, ...]]:
    columns = {}
    for name, given in _table(value, "columns").items():
        field_type = _known_field(name, kind)
        columns[name] = _names(given, f"columns.{name}")
        if not columns[name]:
            raise ImportProblemError("mapping_value_invalid", f"columns.{name}")
        if len(columns[name]) > 1 and field_type not in _SEVERAL:
            raise ImportProblemError("mapping_field_repeated", name)
    return columns


def _constants(value: object, kind: Kind) -> dict[str, str]:
    constants = _strings(value, "constants")
    for name in constants:
        _known_field(name, kind)
    return constants


def _source(value: object) -> Source:
    given = _table(value, "source")
    for key, one in given.items():
        if key not in _SOURCE_KEYS:
            raise ImportProblemError("mapping_key_unknown", f"source.{key}")
        wrong = not isinstance(one, _SOURCE_KEYS[key]) or isinstance(one, bool)
        if wrong or (key in _CHOICES and one not in _CHOICES[key]) or not _fits(key, one):
            raise ImportProblemError("mapping_value_invalid", f"source.{key}")
    return Source(**given)


def _fits(key: str, value: str | int) -> bool:
    if isinstance(value, int):
        return value >= 1
    if key == "separator":
        return len(value) == 1 and value not in "\r\n\"'"
    if key == "currency":
        return len(value) == _CURRENCY_LETTERS and value.isascii() and value.isupper()
    return True


def _selector(value: object) -> Selector | None:
    if value is None:
        return None
    given = _table(value, "select")
    for key in given:
        if key not in {"column", "keep", "why"}:
            raise ImportProblemError("mapping_key_unknown", f"select.{key}")
    keep = _names(given.get("keep", [ANY]), "select.keep")
    why = _text(given.get("why", "not_cancelled"), "select.why")
    return Selector(_text(given.get("column"), "select.column"), keep, why)
