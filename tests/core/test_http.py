from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pytest_django.fixtures import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from atelogo.core import http

Handle = Callable[[socket.socket], None]


@contextmanager
def raw_server(handle: Handle) -> Iterator[str]:
    """Serve one connection on loopback by ``handle`` and give the server's address."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        try:
            connection, _address = listener.accept()
        except OSError:
            return
        with connection:
            handle(connection)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.close()
        thread.join(timeout=5)


@pytest.fixture
def private_allowed(settings: Settings) -> None:
    """Let the installation call its own network."""
    settings.ATELOGO_ALLOW_PRIVATE_TARGETS = True


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
    ],
)
def test_private_addresses_are_refused_in_every_disguise(url: str) -> None:
    """An address inside the network is refused before anything is connected, however it is written."""
    with pytest.raises(http.TargetRefusedError, match="private_address"):
        http.check_target(url)


@pytest.mark.parametrize(
    "url, why",
    [
        ("http://example.com/", "scheme"),
        ("ftp://example.com/", "scheme"),
        ("https://user:word@example.com/", "password_in_address"),
        ("https:///nothing", "malformed"),
        ("https://example.com/a b", "malformed"),
        ("https://example.com:99999/", "malformed"),
        ("", "malformed"),
    ],
)
def test_addresses_of_a_wrong_form_are_refused(url: str, why: str) -> None:
    """What is not a plain https address is refused, with the reason."""
    with pytest.raises(http.TargetRefusedError, match=why):
        http.check_target(url)


def test_a_name_that_resolves_to_a_private_address_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A public name that points inside the network is refused when it is resolved: nothing is connected."""
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: inside)
    with pytest.raises(http.TargetRefusedError, match="private_address"):
        http.send("POST", "https://billing.example.com/")


def test_one_private_address_among_public_ones_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with a public and a private address is refused whole."""
    both = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: both)
    with pytest.raises(http.TargetRefusedError, match="private_address"):
        http.send("POST", "https://billing.example.com/")


def test_a_name_that_does_not_resolve_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name nobody knows is a failure that a later try may not meet."""

    def unknown(*args: object, **options: object) -> list[object]:
        raise socket.gaierror("unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(http.NoAnswerError):
        http.send("GET", "https://billing.example.com/")


@pytest.mark.usefixtures("private_allowed")
class TestCalls:
    """Calls to servers on loopback, which the installation allows here."""

    def test_the_answer_comes_back_whole(self, httpserver: HTTPServer) -> None:
        """Status, headers and body come back; body and headers go out as given."""
        seen: list[Request] = []

        def answer(request: Request) -> Response:
            seen.append(request)
            assert request.get_data() == b"ol\xc3\xa1"
            return Response('{"ok": true}', status=201, headers={"X-One": "1"})

        httpserver.expect_request("/in", method="POST").respond_with_handler(answer)
        got = http.send("POST", httpserver.url_for("/in"), content="olá".encode(), headers={"x-two": "2"})
        assert (got.status, got.headers["x-one"], got.json()) == (201, "1", {"ok": True})
        assert seen[0].headers["X-Two"] == "2"

    def test_a_redirect_is_an_answer_and_is_not_followed(self, httpserver: HTTPServer) -> None:
        """A redirect is returned as it is: the second address is never asked."""
        httpserver.expect_request("/a").respond_with_data(
            "", status=307, headers={"Location": httpserver.url_for("/b")}
        )
        httpserver.expect_request("/b").respond_with_data("reached")
        assert http.send("POST", httpserver.url_for("/a")).status == 307
        assert [request.path for request, _response in httpserver.log] == ["/a"]

    def test_an_answer_that_is_too_large_is_cut_off(self, httpserver: HTTPServer) -> None:
        """A body beyond the limit is not read to its end."""
        httpserver.expect_request("/big").respond_with_data(b"x" * 5000)
        with pytest.raises(http.NoAnswerError, match="too_large"):
            http.send("GET", httpserver.url_for("/big"), limit=1000)

    def test_nobody_listening_is_no_answer(self) -> None:
        """A closed port is a failure that a later try may not meet."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        with pytest.raises(http.NoAnswerError):
            http.send("GET", f"http://127.0.0.1:{port}/")

    def test_a_server_that_dribbles_bytes_is_left_at_the_time_limit(self) -> None:
        """The time limit bounds the whole call: a byte now and then does not stretch it."""
        stop = threading.Event()

        def dribble(connection: socket.socket) -> None:
            connection.recv(4096)
            while not stop.wait(0.05):
                try:
                    connection.sendall(b"H")
                except OSError:
                    return

        began = time.monotonic()
        with raw_server(dribble) as url:
            with pytest.raises(http.NoAnswerError):
                http.send("GET", url, seconds=0.4)
            stop.set()
        assert time.monotonic() - began < 3

    def test_a_connection_dropped_half_way_is_no_answer(self) -> None:
        """An answer that ends before its announced length counts as none."""

        def cut(connection: socket.socket) -> None:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")

        with raw_server(cut) as url, pytest.raises(http.NoAnswerError):
            http.send("GET", url)
