"""Uploads that go straight to disk and stop at the limit, whatever their sender says of their size."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.template.defaultfilters import filesizeformat

from atelogo.core import ids
from atelogo.register.services.imports.batches import import_folder

if TYPE_CHECKING:
    from django.http import HttpRequest

_SUFFIXES: Final = frozenset({".csv", ".txt", ".tsv", ".xlsx", ".xls", ".xlsb", ".ods", ".xlsm", ".dat"})


class LimitedUpload(TemporaryFileUploadHandler):
    """Writes an upload to a temporary file and ends the connection past the limit."""

    stopped = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keep a piece, unless the whole is too large by now."""
        if start + len(raw_data) > size_limit():
            self.stopped = True
            raise StopUpload(connection_reset=True)
        return super().receive_data_chunk(raw_data, start)


def size_limit() -> int:
    """Return the largest upload in bytes."""
    return int(settings.ATELOGO_UPLOAD_LIMIT_MB) << 20


def limit_text() -> str:
    """Return the largest upload as people say it."""
    return filesizeformat(size_limit())


def is_too_large(request: HttpRequest) -> bool:
    """Say whether the sender announces more than the limit (the form's own parts included)."""
    try:
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return False
    return announced > size_limit() + (1 << 16)


def keep(upload: UploadedFile[bytes]) -> Path:
    """Move an upload to where imports are kept, under a name of ours; return its path."""
    folder = import_folder()
    folder.mkdir(parents=True, exist_ok=True)
    suffix = Path(upload.name or "").suffix.lower()
    path = folder / f"{ids.new_id()}{suffix if suffix in _SUFFIXES else '.dat'}"
    if isinstance(upload, TemporaryUploadedFile):
        Path(upload.temporary_file_path()).rename(path)
    else:
        with path.open("wb") as out:
            for piece in upload.chunks():
                out.write(piece)
    path.chmod(0o600)
    return path
