"""The WSGI door; with ``ATELOGO_WORKER_IN_PROCESS=1`` the worker runs as a thread beside it (SQLite)."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atelogo.settings")
application = get_wsgi_application()

if settings.ATELOGO_WORKER_IN_PROCESS:
    from atelogo.events.worker import start_in_thread

    start_in_thread()
