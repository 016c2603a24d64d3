"""Rules about files that are not Python: templates and lock files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.lint.base import Finding, Rule, Source

_COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?%\}.*?\{% endcomment %\}|<!--.*?-->", re.DOTALL)
_INLINE_SCRIPT = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*\btype=[\"']?application/(?:ld\+)?json)[^>]*>", re.IGNORECASE
)
_EVENT = re.compile(r"<[a-z][^<>]*?[\s\"'](on[a-z]+|hx-on[:\-a-z]*)\s*=", re.IGNORECASE | re.DOTALL)
_SCRIPT_ADDRESS = re.compile(r"(?:href|src|action)\s*=\s*[\"']?\s*javascript:", re.IGNORECASE)
_STYLE = re.compile(r"<style\b|<[a-z][^<>]*?[\s\"']style\s*=", re.IGNORECASE | re.DOTALL)
_OTHER_HOST = re.compile(
    r"<(?:script|link|img|iframe|source|use)\b[^>]*?(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE
)
_QUERY = re.compile(r"\{[{%][^}]*\.objects\b")
_PLACEHOLDER = re.compile(r"\bTODO:?\s|\bFIXME\b|\b[Ll]orem ipsum\b")  # "todo" is a Portuguese word
_STYLED = frozenset({"email", "emails", "mail", "pdf"})  # mail programs and the PDF maker know no style file

_REASONS = (
    ("inline-script", _INLINE_SCRIPT, "the content policy allows no inline script: make it a static file"),
    ("inline-script", _EVENT, "the content policy allows no `on...=`: listen in a static file"),
    ("inline-script", _SCRIPT_ADDRESS, "the content policy allows no `javascript:`"),
    ("inline-style", _STYLE, "the content policy allows no inline style: use a class"),
    ("other-host", _OTHER_HOST, "nothing is loaded from another host: keep it in static/"),
    ("template-query", _QUERY, "a template asks no model for rows: the view passes them in"),
    ("placeholder", _PLACEHOLDER, "finish it, or leave it out"),
)


def template(source: Source) -> Iterator[Finding]:
    """Find what the content security policy would refuse, queries and placeholders in a template."""
    text = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source.text)
    styled = bool(_STYLED & set(source.path.parts))
    for rule, pattern, message in _REASONS:
        if rule == "inline-style" and styled:
            continue
        for found in pattern.finditer(text):
            # the breach stands at the end of what was matched, which may have begun lines earlier
            yield source.finding(rule, text.count("\n", 0, found.end()) + 1, message)


def lock_address(source: Source) -> Iterator[Finding]:
    """Find addresses in lock files: they name packages and hashes only."""
    for number, line in enumerate(source.text.splitlines(), start=1):
        if "://" in line:
            yield source.finding(
                "lock-address", number, "a lock file holds no address: make it again without"
            )


def is_lock(source: Source) -> bool:
    """Say whether a file pins packages."""
    name = source.path.name
    return name.endswith(".lock") or name in {"package-lock.json", "npm-shrinkwrap.json", "pylock.toml"}


RULES = (
    Rule("template", lambda source: source.is_template, template),
    Rule("lock-address", is_lock, lock_address),
)
