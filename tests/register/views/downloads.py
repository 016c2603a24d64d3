"""Files that pages send, read and closed without ending the test's own database connection."""

from __future__ import annotations

from typing import Any


def sent(answer: Any) -> bytes:
    """Return what an answer sends, and close the file behind it."""
    content = b"".join(answer)
    for close in answer._resource_closers:
        close()
    return content
