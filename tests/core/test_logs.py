"""Logs without personal data."""

from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from atelogo.core import logs

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Log to memory as JSON and give what was written; the process's own set-up comes back after."""
    stream = io.StringIO()
    logs.configure({"level": "INFO", "json": True, "stream": stream})
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logs.configure(settings.LOGGING)


def fail(text: str) -> None:
    """Raise an error that says ``text``."""
    raise ValueError(text)


@pytest.mark.parametrize(
    "text",
    [
        "maria.silva+x@provedor.com.br",
        "529.982.247-25",
        "52998224725",
        "11.222.333/0001-81",
        "12.ABC.345/01DE-35",
        "11222333000181",
        "(11) 98765-4321",
        "+5511987654321",
        "Bearer abcdefgh12345678",
        "/v/2026?k=abc2def",
        "cpf=52998224725;",
    ],
)
def test_patterns_are_removed_from_texts(text: str) -> None:
    """E-mails, documents, phones, bearer keys and query strings do not pass, wherever they stand."""
    cleaned = logs.redact_text(f"before {text} after")
    assert logs.REMOVED in cleaned
    assert not any(
        part in cleaned for part in ("maria", "52998224725", "529.982", "98765", "abc2def", "0001")
    )
    assert cleaned.startswith("before")


@pytest.mark.parametrize(
    "text",
    [
        "2026112112345678",
        "01a20066d10d7c8f9cd69ab4df51130c",
        "0190f3aa-bbcc-7ddd-8eee-ff0011223344",
        "2026-11-21T12:00:00.000250Z",
        "took 12.5 ms",
        "register.receipt_send",
        "<slug:workspace>/v/<protocol>",
        "1732190000123",
    ],
)
def test_our_own_numbers_stay(text: str) -> None:
    """Protocols, ids, times, task names and routes are what a log is for."""
    assert logs.redact_text(text) == text


@pytest.mark.parametrize(
    "key",
    [
        "cpf",
        "customer_email",
        "Authorization",
        "X-CSRF-Token",
        "phone",
        "requester",
        "holder_name",
        "customer name",
        "password",
        "set-cookie",
        "session",
        "query_string",
        "document_number",
    ],
)
def test_personal_keys_lose_their_value(key: str) -> None:
    """A value under a personal name goes, whatever it looks like, at any depth."""
    event = logs.redact(None, "info", {"a": {"b": [{key: "Maria"}]}, key: 5})
    assert event == {"a": {"b": [{key: logs.REMOVED}]}, key: logs.REMOVED}


@pytest.mark.parametrize(
    "key", ["task_name", "event", "route", "status", "workspace", "request_id", "logger"]
)
def test_plain_keys_keep_their_value(key: str) -> None:
    """What says what happened is kept."""
    assert logs.redact(None, "info", {key: "value"}) == {key: "value"}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_any_value_is_cleaned_without_a_fault(value: object) -> None:
    """Whatever is logged, cleaning it neither fails nor leaves something that JSON cannot hold."""
    json.dumps(logs.redact(None, "info", {"value": value}))


def test_one_json_line_with_level_and_time(lines: Lines) -> None:
    """A line is one JSON object with event, level, logger, time and what was bound around it."""
    with structlog.contextvars.bound_contextvars(request_id="abc"):
        structlog.get_logger("atelogo.test").warning("thing_happened", count=3)
    (line,) = lines()
    assert (line["event"], line["level"], line["logger"]) == ("thing_happened", "warning", "atelogo.test")
    assert (line["count"], line["request_id"]) == (3, "abc")
    assert line["timestamp"].endswith("Z")


def test_the_standard_library_takes_the_same_way(lines: Lines) -> None:
    """Lines of other libraries are JSON too, with their arguments filled in and cleaned."""
    logging.getLogger("some.library").error("could not write to %s", "maria@example.com")
    (line,) = lines()
    assert line["event"] == f"could not write to {logs.REMOVED}"
    assert line["level"] == "error"


def test_exceptions_have_no_local_variables(lines: Lines) -> None:
    """A fault is logged with where it happened, without the values that were at hand."""
    customer = "Maria da Silva"
    try:
        fail(f"bad row\nDETAIL: Failing row contains ({customer})")
    except ValueError:
        structlog.get_logger().exception("import_failed")
    (line,) = lines()
    text = json.dumps(line)
    assert line["exception"][0]["exc_type"] == "ValueError"
    assert "Maria" not in text
    assert "locals" not in text


def test_djangos_lines_about_answers_are_left_to_ours(lines: Lines) -> None:
    """Django's "Not Found: /path" repeats our line with the path in it: it is dropped."""
    extra = {"status_code": 404}
    logging.getLogger("django.request").warning("Not Found: %s", "/x/v/2026", extra=extra)
    logging.getLogger("django.security.csrf").warning("Forbidden (%s): %s", "x", "/x/v/2026", extra=extra)
    assert [line["event"] for line in lines()] == ["http_404"]


def test_warnings_are_lines(lines: Lines) -> None:
    """A Python warning is logged, not printed beside the lines."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)  # pytest put its own catcher in place of ours
        logging.captureWarnings(capture=True)
        warnings.warn("old thing", UserWarning, stacklevel=1)
    assert "old thing" in lines()[0]["event"]


def test_levels_below_are_not_written(lines: Lines) -> None:
    """What is below the level is not written; httpx is never heard at INFO, for it writes addresses."""
    structlog.get_logger("atelogo").debug("detail")
    logging.getLogger("httpx").info("HTTP Request: GET /?cpf=1")
    assert lines() == []


def test_a_terminal_gets_readable_lines() -> None:
    """People at a terminal read lines, not JSON, just as clean; a traceback is plain."""
    stream = io.StringIO()
    logs.configure({"level": "INFO", "json": False, "stream": stream})
    try:
        structlog.get_logger("atelogo").info("hello", customer_email="maria@example.com")
        try:
            fail("maria@example.com")
        except ValueError:
            structlog.get_logger("atelogo").exception("failed")
    finally:
        logs.configure(settings.LOGGING)
    assert "hello" in stream.getvalue()
    assert "ValueError" in stream.getvalue()
    assert "maria" not in stream.getvalue()


def test_setting_up_twice_writes_once(lines: Lines) -> None:
    """A second set-up replaces the first."""
    logs.configure(settings.LOGGING)
    ours = [handler for handler in logging.getLogger().handlers if getattr(handler, "is_atelogo", False)]
    assert len(ours) == 1
