"""What a form carries from its page to its POST: a key against doubles, when the wish began, and its context.

Signed, so that nobody can claim an earlier time or somebody else's key. A missing or altered state never
stops a declaration: it only loses the context.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.core import signing

from atelogo.core import clock, ids

if TYPE_CHECKING:
    from django.http import HttpRequest

    from atelogo.accounts.domain.workspace import WorkspaceInfo


@dataclass(frozen=True, slots=True)
class FormState:
    """A form's state; ``context`` is what the page knew (lines shown, where to go back to)."""

    key: str
    intent_at: datetime | None
    context: str = ""
    genuine: bool = True


def state_text(
    workspace: WorkspaceInfo, *, intent_at: datetime | None = None, context: str = "", key: str = ""
) -> str:
    """Return the signed text for a hidden field; ``intent_at`` is now by default, the key a fresh one."""
    moment = (intent_at or clock.now()).timestamp()
    content = [key or ids.random_key(), round(moment, 3), context]
    return signing.dumps(content, salt=_salt(workspace))


def state_of(workspace: WorkspaceInfo, text: str) -> FormState:
    """Read a hidden field's state; one that is missing, altered or another company's gives a fresh key."""
    try:
        content: list[Any] = signing.loads(text, salt=_salt(workspace))
        key, moment, context = content
        began = datetime.fromtimestamp(moment, UTC)
    except (signing.BadSignature, ValueError, TypeError, OverflowError):
        return FormState(ids.random_key(), None, genuine=False)
    return FormState(str(key), min(began, clock.now()), str(context))


def same_site(request: HttpRequest) -> bool:
    """Say whether a browser sent this from our own page, as far as it tells (all current ones do)."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}


def _salt(workspace: WorkspaceInfo) -> str:
    return f"portal.form.{workspace.id.hex}"
