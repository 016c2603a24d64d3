"""Are the two sides' answers equal? The pages by their facts, and the rows that one way out leaves by value.

A page's facts are its forms with the names and values of their fields, its links, and every number, sum, date
and protocol in its text, in order; its wording is free, its size may differ by a twentieth. What must differ
(ids, random keys, moments, ciphertexts) is replaced by its kind; ciphertexts are opened first, so that their
content is compared too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import unquote_plus

import psycopg

from bench._load import Passage

_TABLES = (
    "SELECT table_name FROM information_schema.tables"
    " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
)
_KINDS = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?"), "<moment>"),
    (re.compile(r"\b\d\d/\d\d/\d{4} às \d\d:\d\d"), "<moment>"),
    (re.compile(r"\b[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"_[0-9a-f]{32}\b"), "_<id>"),
    (re.compile(r"\b(20\d{6}\d{8}|20\d\d \d{4} \d{4} \d{4})\b"), "<protocol>"),
    (re.compile(r"(?<=[=:])[2-9a-hj-km-np-z]{26}\b"), "<key>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "<host>"),
    (re.compile(r"\bN\d{6}\b"), "<number>"),
    (re.compile(r"\bp\d{6}@"), "<number>@"),
)
_HIDDEN = re.compile(r'(name="(?:csrfmiddlewaretoken|state)" value=)"[^"]*"')
_VERSION = re.compile(r"\?v=\w+")
_ENCODED = re.compile(r'(?<=text=)[^"]*')
_REASONS = re.compile(r'(<li><button[^>]*name="reason"[^<]*</button></li>)+')
_FACT = re.compile(
    r"<(?:form|button|textarea|details|script)\b"
    r"|\b(?:name|value|action|href|src|min|max|datetime)=\"[^\"]*\""
    r"|R\$ [\d.,]+|<(?:moment|id|protocol|key|host|number)>|(?<![\w\"])\d[\d/.,]*(?![\w\"])"
)
_ONE_REASON = re.compile(r"<li>.*?</li>")
# Bytes and random text have no value to compare; that they are there, and where, is compared.
_RANDOM = {
    "seq",
    "commitment",
    "receipt_key",
    "protocol",
    "key",
    "sealed",
    "payload",
    "window_ends",
    "idempotency_key",
    "salt",
}
_OPENED = {"payload", "sealed", "declaration", "personal_snapshot"}


def page_facts(page: bytes) -> list[str]:
    """Return what a page says and lets people do, in order, with what must differ replaced by its kind."""
    text = unescape(page.decode()).replace("\xa0", " ")
    text = _ENCODED.sub(lambda found: unquote_plus(found[0]), text)
    text = _VERSION.sub("", _HIDDEN.sub(r'\1"<random>"', text))
    for pattern, kind in _KINDS:
        text = pattern.sub(kind, text)
    # The order of the reasons is drawn anew for each request.
    text = _REASONS.sub(lambda found: "".join(sorted(_ONE_REASON.findall(found[0]))), text)
    return _FACT.findall(text)


def pages_differ(ours: Passage, bare: Passage) -> list[str]:
    """Return the first difference of each of the two pages, nothing when they are equal."""
    found = []
    for number, name in ((0, "contract page"), (2, "receipt page")):
        one, other = ours.answers[number].body, bare.answers[number].body
        if abs(len(one) - len(other)) > len(one) / 20:
            found.append(f"{name}: {len(one)} bytes or {len(other)}")
        left, right = page_facts(one), page_facts(other)
        if left != right:
            pairs = zip([*left, "(end)"], [*right, "(end)"], strict=False)
            found.append(f"{name}: {' or '.join(next(pair for pair in pairs if pair[0] != pair[1]))}")
    return found


class Rows:
    """Every row of the database at one moment, by table; the difference of two moments is a way out."""

    def __init__(self, url: str) -> None:
        with psycopg.connect(url) as link:
            names = [row[0] for row in link.execute(_TABLES)]
            self.tables = {
                name: {row[0] for row in link.execute(f'SELECT to_jsonb(t)::text FROM "{name}" t')}  # noqa: S608
                for name in names
            }

    def since(self, earlier: Rows) -> dict[str, list[dict[str, Any]]]:
        """Return the rows that are new or changed since ``earlier``, by table, comparable."""
        return {
            name: sorted((_plain(json.loads(row)) for row in rows - earlier.tables[name]), key=_place)
            for name, rows in sorted(self.tables.items())
            if rows - earlier.tables[name]
        }


def rows_differ(ours: dict[str, list[dict[str, Any]]], bare: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Return where the rows of two ways out differ: tables, numbers of rows, values."""
    return list(_differences(ours, bare))


def _differences(
    ours: dict[str, list[dict[str, Any]]], bare: dict[str, list[dict[str, Any]]]
) -> Iterator[str]:
    for table in sorted(set(ours) | set(bare)):
        one, other = ours.get(table, []), bare.get(table, [])
        if len(one) != len(other):
            yield f"{table}: {len(one)} rows or {len(other)}"
            continue
        for left, right in zip(one, other, strict=True):
            for column in sorted(left):
                if left[column] != right[column]:
                    yield f"{table}.{column}: {left[column]!r} or {right[column]!r}"


def counts(rows: dict[str, list[dict[str, Any]]]) -> str:
    """Say how many rows of which table a way out leaves."""
    return ", ".join(f"{table} {len(found)}" for table, found in rows.items())


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    from atelogo.core.secrets import decrypt  # noqa: PLC0415 - once Django knows the keys

    plain = {}
    for column, value in row.items():
        if column in _OPENED and value:
            plain[column] = _value(_inside(decrypt(value)))
        elif column in _RANDOM:
            plain[column] = type(value).__name__
        else:
            plain[column] = _value(json.loads(value) if column == "body" else value)
    return plain


def _inside(text: str) -> Any:  # noqa: ANN401 - JSON, or plain text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _value(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {name: "random" if name == "salt" else _value(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_value(one) for one in value]
    if isinstance(value, str):
        for pattern, kind in _KINDS:
            value = pattern.sub(kind, value)
    return value


def _place(row: dict[str, Any]) -> str:
    known = ("stream_seq", "task", "label", "kind", "amount_minor")
    return json.dumps([row.get(name) for name in known] + [json.dumps(row, sort_keys=True)])
