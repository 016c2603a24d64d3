"""The only way out over HTTP: bounded in time and size, no redirects, no private addresses.

Addresses come from people (a company's own system), so they may not be used to look around inside the
network: every address that a name resolves to must be public, and the connection is made to the very
address that was judged (a name cannot change its mind in between). ``ATELOGO_ALLOW_PRIVATE_TARGETS=1``
lifts this for installations whose billing system stands in the same network; only then may the
address be plain ``http``.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx
from django.conf import settings

SECONDS = 15.0
ANSWER_LIMIT = 256 * 1024
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class TargetRefusedError(Exception):
    """The address may not be called: private, malformed, with a password in it, or not ``https``."""


class NoAnswerError(Exception):
    """Nothing usable came back: no connection, no valid certificate, too slow, or too large."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the headers (names in lower case), the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """Return the body as JSON; raise ``ValueError`` when it is none."""
        return json.loads(self.body)


def check_target(url: str) -> None:
    """Refuse an address by its form alone, without asking anybody: :class:`TargetRefusedError`."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise TargetRefusedError("malformed") from error
    if not host or any(char.isspace() or not char.isprintable() for char in url):
        raise TargetRefusedError("malformed")
    if parts.username is not None or parts.password is not None:
        raise TargetRefusedError("password_in_address")
    allowed = {"https", "http"} if settings.ATELOGO_ALLOW_PRIVATE_TARGETS else {"https"}
    if parts.scheme not in allowed:
        raise TargetRefusedError("scheme")
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return
    _judge(literal)


def send(
    method: str,
    url: str,
    *,
    content: bytes = b"",
    headers: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
    limit: int = ANSWER_LIMIT,
) -> Answer:
    """Make one call and return its answer, whatever its status; redirects are answers, not followed.

    ``seconds`` bounds the whole call from the connection on; ``limit`` bounds the body in bytes. Raises
    :class:`TargetRefusedError` and :class:`NoAnswerError`.
    """
    check_target(url)
    transport = _Transport(time.monotonic() + seconds)
    client = httpx.Client(transport=transport, timeout=seconds, follow_redirects=False, trust_env=False)
    named = {"user-agent": "atelogo", "accept-encoding": "identity"} | dict(headers or {})
    try:
        with client, client.stream(method, url, content=content, headers=named) as response:
            body = _read(response.iter_raw(), limit)
            found = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status_code, found, body)
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError) as error:
        raise NoAnswerError(type(error).__name__) from error


def _read(chunks: Iterable[bytes], limit: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise NoAnswerError("answer_too_large")
    return bytes(body)


def _judge(address: _Address) -> None:
    """Refuse an address that is not on the public internet, whatever form it hides in."""
    if settings.ATELOGO_ALLOW_PRIVATE_TARGETS:
        return
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            address = inner
    if not address.is_global or address.is_multicast or address.is_reserved:
        raise TargetRefusedError("private_address")


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError("name_not_found") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        _judge(ipaddress.ip_address(address.partition("%")[0]))
    return addresses


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()


class _Transport(httpx.HTTPTransport):
    """httpx's transport over connections that are judged and timed."""

    def __init__(self, ends: float) -> None:
        super().__init__(verify=_certificates(), trust_env=False)
        self._pool = httpcore.ConnectionPool(ssl_context=_certificates(), network_backend=_Network(ends))


class _Network(httpcore.NetworkBackend):
    """Connects to the very addresses that were judged, within the call's own time."""

    def __init__(self, ends: float) -> None:
        self._ends = ends
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of ``host`` that answers."""
        failure: Exception = httpcore.ConnectError("no_address")
        for address in _addresses(host, port):
            try:
                stream = self._plain.connect_tcp(
                    address,
                    port,
                    timeout=_left(self._ends, timeout),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return _Timed(stream, self._ends)
        raise failure


class _Timed(httpcore.NetworkStream):
    """A connection whose every act fits in what is left of the call's time."""

    def __init__(self, stream: httpcore.NetworkStream, ends: float) -> None:
        self._stream, self._ends = stream, ends

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        return self._stream.read(max_bytes, timeout=_left(self._ends, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of ``buffer``."""
        self._stream.write(buffer, timeout=_left(self._ends, timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Speak TLS from here on."""
        tls = self._stream.start_tls(ssl_context, server_hostname, timeout=_left(self._ends, timeout))
        return _Timed(tls, self._ends)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's protocol
        """Pass on what the connection knows of itself."""
        return self._stream.get_extra_info(info)


def _left(ends: float, asked: float | None) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("too_slow")
    return left if asked is None else min(left, asked)
