"""Structured logs without personal data: JSON lines on stderr, readable lines on a terminal.

Everything (structlog, the standard library, Django, warnings) passes one chain whose last step but one
removes what looks personal: by the name of a key, and by patterns inside texts. It is a net under the rule,
not the rule: code does not log personal data in the first place.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, Final, TextIO

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor, WrappedLogger

REMOVED: Final = "[removed]"
_DEEPEST: Final = 8

# A key is personal when one of its words is one of these ("customer_email", "x-authorization").
_PERSONAL: Final = frozenset(
    {
        "address", "authorization", "birthday", "celular", "cnpj", "cookie", "cookies", "cpf", "credential",
        "credentials", "csrf", "document", "documento", "email", "emails", "endereco", "firstname",
        "fullname", "holder", "lastname", "login", "mail", "mobile", "nome", "otp", "passwd", "password",
        "personal", "phone", "phones", "pin", "query", "querystring", "recipient", "requester", "secret",
        "senha", "session", "sessionid", "signature", "sms", "ssn", "telefone", "token", "tokens",
        "username", "whatsapp",
    }
)  # fmt: skip
# Keys that would match above, or carry "name", and hold nothing personal.
_PLAIN_NAMES: Final = frozenset(
    {"logger", "name", "logger_name", "func_name", "task_name", "exc_name", "module_name", "event_name"}
)
_NAME_OF: Final = frozenset(
    {"customer", "person", "user", "holder", "requester", "display", "full", "first", "last"}
)
_WORDS: Final = re.compile(r"[^a-z0-9]+")

_PATTERNS: Final = (
    # What PostgreSQL adds to an error is the row itself.
    (re.compile(r"(DETAIL|CONTEXT):.*", re.DOTALL), r"\1: " + REMOVED),
    # What follows "?" in an address may hold keys and terms.
    (re.compile(r"(?<=[\w/])\?[^\s\"'<>]*=[^\s\"'<>]*"), "?" + REMOVED),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), r"\1 " + REMOVED),
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), REMOVED),  # e-mail
    (re.compile(r"(?i)\b[0-9a-z]{2}\.[0-9a-z]{3}\.[0-9a-z]{3}/[0-9a-z]{4}-?\d{2}\b"), REMOVED),  # CNPJ
    (re.compile(r"\b\d{3}\.\d{3}\.\d{3}-?\d{2}\b"), REMOVED),  # CPF, grouped
    (re.compile(r"(?:\+?55\s?)?\(\d{2}\)\s?9?\d{4}[-\s]?\d{4}\b"), REMOVED),  # phone, grouped
    (re.compile(r"\+55\d{10,11}\b"), REMOVED),  # phone, E.164
    # Eleven or fourteen bare digits are a CPF, a phone or a CNPJ; ours have 16 (protocols) or letters (ids).
    (re.compile(r"(?<![\w.:-])(?:\d{11}|\d{14})(?![\w.:-]|\d)"), REMOVED),
)


_SHARED: Final[tuple[Processor, ...]] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    # The machine's own time, not the clock of `core.clock`: a log tells when it was written.
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)
# One list for the whole process: loggers keep it, and tests that listen change it in place.
_CHAIN: Final[list[Processor]] = [*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter]


def configure(options: Mapping[str, Any]) -> None:
    """Set logging up for this process (``settings.LOGGING_CONFIG`` calls it with ``settings.LOGGING``).

    ``options["level"]`` is the least level shown; ``options["json"]`` forces the form (default: JSON unless
    stderr is a terminal); ``options["stream"]`` replaces stderr. May be called again.
    """
    stream: TextIO | None = options.get("stream")
    as_json = options.get("json")
    if as_json is None:
        as_json = not (stream or sys.stderr).isatty()
    structlog.configure(
        processors=_CHAIN,
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler: logging.Handler = _Stderr() if stream is None else logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_SHARED, structlog.stdlib.PositionalArgumentsFormatter()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_last(as_json=bool(as_json)),
            ],
        )
    )
    _install(handler, str(options.get("level", "INFO")))


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Remove what looks personal from a log line, at any depth."""
    return {key: REMOVED if _is_personal(str(key)) else _clean(value, 0) for key, value in event.items()}


def redact_text(text: str) -> str:
    """Return ``text`` without e-mails, documents, phones, keys and query strings."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to the stderr of the moment, which tests and terminals replace."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, value: TextIO) -> None:  # noqa: ARG002 - a setter's shape
        raise AttributeError


class _RouteOnly(logging.Filter):
    """Django's own lines about answers carry the path, and repeat ours: drop them, or keep the status."""

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", None)
        if status is None:
            return True
        if record.name == "django.request":
            return False  # the status is in our own line, the fault in the error handler's
        record.msg, record.args = f"http_{status}", ()
        record.exc_info = record.exc_text = None
        return True


def _last(*, as_json: bool) -> list[Processor]:
    if not as_json:
        plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        return [structlog.processors.format_exc_info, redact, plain]
    to_dict = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
    return [to_dict, redact, structlog.processors.JSONRenderer(default=str, ensure_ascii=False)]


def _install(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    for old in [h for h in root.handlers if getattr(h, "is_atelogo", False)]:
        root.removeHandler(old)
    handler.is_atelogo = True  # type: ignore[attr-defined] # so that a second call replaces it
    root.addHandler(handler)
    root.setLevel(level)
    for name in (
        "django",
        "django.server",
        "django.request",
        "granian",
        "_granian",
        "weasyprint",
        "fontTools",
    ):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.NOTSET)
    for name in ("httpx", "httpcore", "weasyprint", "fontTools", "PIL"):
        logging.getLogger(name).setLevel(logging.WARNING)  # httpx writes whole addresses at INFO
    for name in ("django.request", "django.security.csrf", "django.security.DisallowedHost"):
        logger = logging.getLogger(name)
        if not any(isinstance(known, _RouteOnly) for known in logger.filters):
            logger.addFilter(_RouteOnly())
    logging.captureWarnings(capture=True)


def _is_personal(key: str) -> bool:
    if key in _PLAIN_NAMES:
        return False
    words = [word for word in _WORDS.split(key.lower()) if word]
    if any(word in _PERSONAL for word in words):
        return True
    return "name" in words and any(word in _NAME_OF for word in words)


def _clean(value: Any, depth: int) -> Any:  # noqa: ANN401 - whatever a log line holds
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return redact_text(value)
    if depth >= _DEEPEST:
        return REMOVED
    if isinstance(value, Mapping):
        return {k: REMOVED if _is_personal(str(k)) else _clean(part, depth + 1) for k, part in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_clean(part, depth + 1) for part in value]
    return redact_text(str(value))
