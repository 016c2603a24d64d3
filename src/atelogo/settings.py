"""One settings file, driven by the environment through typed readers (``docs/reference/settings.md``)."""

from __future__ import annotations

import base64
import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pysqlite3

# SQLite before 3.51.3 can corrupt a WAL file with two writing connections: swapped in before Django loads it.
sys.modules["sqlite3"] = pysqlite3
sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

from django.core.exceptions import ImproperlyConfigured  # noqa: E402

from atelogo.core.secrets import derive, load_or_create_master_key  # noqa: E402

PACKAGE = Path(__file__).resolve().parent


def _text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def _flag(name: str, *, default: bool) -> bool:
    value = _text(name).lower()
    if value in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return default if not value else value in {"1", "true", "yes", "on"}
    msg = f"{name} must be 1 or 0, not {value!r}"
    raise ImproperlyConfigured(msg)


def _number(name: str, default: float) -> float:
    value = _text(name)
    try:
        return float(value) if value else default
    except ValueError as error:
        msg = f"{name} must be a number, not {value!r}"
        raise ImproperlyConfigured(msg) from error


def _list(name: str, default: str) -> list[str]:
    return [part.strip() for part in _text(name, default).split(",") if part.strip()]


def _database(url: str, home: Path) -> dict[str, Any]:
    if not url:
        return {
            "ENGINE": "atelogo.core.sqlite",
            "NAME": home / "atelogo.sqlite3",
            "CONN_MAX_AGE": None,  # opening a file and its PRAGMAs cost more than most requests
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _database("", Path(parts.path).parent) | {"NAME": Path(parts.path)}
    if parts.scheme not in {"postgres", "postgresql"}:
        msg = "DATABASE_URL must begin with postgresql:// or sqlite:///"
        raise ImproperlyConfigured(msg)
    options: dict[str, Any] = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or options.pop("host", ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options | {"server_side_binding": True},
    }


def _email(url: str) -> dict[str, Any]:
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    if url == "console:":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps", "smtp+tls"}:
        msg = "ATELOGO_EMAIL_URL must begin with smtp://, smtp+tls:// or smtps://"
        raise ImproperlyConfigured(msg)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or {"smtp": 25, "smtps": 465, "smtp+tls": 587}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
    }


ATELOGO_HOME = Path(_text("ATELOGO_HOME", "var/atelogo")).expanduser().resolve()
ATELOGO_HOME.mkdir(parents=True, exist_ok=True)


@lru_cache(maxsize=1)
def ATELOGO_MASTER_KEY() -> bytes:  # noqa: N802 - read like the setting it is
    """Return the 32-byte master key, from the environment or the 0600 file in ``ATELOGO_HOME``."""
    encoded = _text("ATELOGO_MASTER_KEY")
    key = (
        base64.urlsafe_b64decode(encoded)
        if encoded
        else load_or_create_master_key(ATELOGO_HOME / "master.key")
    )
    if len(key) != 32:  # noqa: PLR2004 - AES-256
        msg = "ATELOGO_MASTER_KEY must be 32 bytes in base64"
        raise ImproperlyConfigured(msg)
    return key


ATELOGO_OLD_MASTER_KEYS = [base64.urlsafe_b64decode(k) for k in _list("ATELOGO_OLD_MASTER_KEYS", "")]
ATELOGO_BASE_URL = _text("ATELOGO_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ATELOGO_DEMO = _flag("ATELOGO_DEMO", default=False)
ATELOGO_LEASE_SECONDS = _number("ATELOGO_LEASE_SECONDS", 30)
ATELOGO_WORKER_IN_PROCESS = _flag("ATELOGO_WORKER_IN_PROCESS", default=False)
ATELOGO_ALLOW_PRIVATE_TARGETS = _flag("ATELOGO_ALLOW_PRIVATE_TARGETS", default=False)
ATELOGO_TRUSTED_PROXIES = int(_number("ATELOGO_TRUSTED_PROXIES", 0))
ATELOGO_UPLOAD_LIMIT_MB = int(_number("ATELOGO_UPLOAD_LIMIT_MB", 200))
ATELOGO_LOG_LEVEL = _text("ATELOGO_LOG_LEVEL", "INFO").upper()
ATELOGO_METRICS_TOKEN = _text("ATELOGO_METRICS_TOKEN")

DEBUG = _flag("ATELOGO_DEBUG", default=False)
SECRET_KEY = derive(ATELOGO_MASTER_KEY(), "django secret key").hex()
ALLOWED_HOSTS = _list(
    "ATELOGO_ALLOWED_HOSTS", f"{urlsplit(ATELOGO_BASE_URL).hostname},127.0.0.1,localhost,[::1]"
)
CSRF_TRUSTED_ORIGINS = [ATELOGO_BASE_URL]
_HTTPS = ATELOGO_BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "atelogo.events",
    "atelogo.accounts",
    "atelogo.register",
    "atelogo.insights",
    "atelogo.connectors.email",
    "atelogo.connectors.assisted",
    "atelogo.connectors.webhook_out",
    "atelogo.connectors.simulator",
    "atelogo.web.portal",
    "atelogo.web",
]
INSTALLED_APPS = [
    app
    for app in INSTALLED_APPS
    if not app.startswith("atelogo.") or (PACKAGE.joinpath(*app.split(".")[1:], "apps.py").exists())
]

MIDDLEWARE = [
    "atelogo.web.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "atelogo.web.middleware.PackMiddleware",
    "atelogo.web.cleaning.CleaningMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "atelogo.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "atelogo.web.middleware.WorkspaceMiddleware",
    "atelogo.web.middleware.ErrorMiddleware",
]
ROOT_URLCONF = "atelogo.web.urls"
WSGI_APPLICATION = "atelogo.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "atelogo.web.context.shell",
            ],
        },
    }
]

DATABASES = {"default": _database(_text("DATABASE_URL"), ATELOGO_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_NAME = "atelogo_staff"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_HSTS_SECONDS = 31536000 if _HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ATELOGO_TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "atelogo.web.failures.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LANGUAGE_CODE = "pt-br"
LANGUAGES = [("pt-br", "Português"), ("en", "English"), ("es", "Español")]  # each in its own words
LANGUAGE_COOKIE_NAME = "atelogo_language"
LOCALE_PATHS = [PACKAGE / "core" / "locale"]  # the other rooms are apps: Django finds theirs
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = None  # files are served from where they lie: nothing is collected
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ATELOGO_HOME / "files"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 24 * 3600  # pages name their files with a version
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = ATELOGO_HOME / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)

globals().update(_email(_text("ATELOGO_EMAIL_URL")))
DEFAULT_FROM_EMAIL = _text("ATELOGO_EMAIL_FROM", "nao-responda@localhost")
EMAIL_TIMEOUT = 15
TASKS = {"default": {"BACKEND": "atelogo.events.task_backend.OutboxBackend"}}
LOGGING_CONFIG = "atelogo.core.logs.configure"
LOGGING = {"level": ATELOGO_LOG_LEVEL}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
