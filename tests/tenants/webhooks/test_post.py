"""One attempt against real servers that answer well, badly, slowly, endlessly or not at all."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tenants.webhooks.post import ANSWER_BYTES, KEPT_BYTES, post
from tests.tenants.webhooks.receiver import Receiver, Reply

pytestmark = pytest.mark.usefixtures("receiver")


@contextmanager
def speaking(speak: Callable[[socket.socket], None]) -> Iterator[str]:
    """Run a server that lets `speak` have each connection; give its address."""
    server = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with suppress(OSError):
            while True:
                connection, _peer = server.accept()
                with connection, suppress(OSError):
                    speak(connection)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def test_first_kilobyte_of_the_answer_is_kept_as_text(receiver: Receiver) -> None:
    receiver.replies = [Reply(200, b"caf\xc3\xa9 \x00\x1b[31m \xff\n" + b"x" * 5000)]
    answer = post(receiver.url, b"{}", {})
    assert answer.status == 200
    assert answer.response.startswith("café \ufffd\ufffd[31m \ufffd\n")
    assert answer.response.count("x") > 900
    assert len(answer.response) <= KEPT_BYTES


def test_packed_answer_is_not_unpacked(receiver: Receiver) -> None:
    receiver.replies = [Reply(200, b"\x1f\x8b\x08", headers={"Content-Encoding": "gzip"})]
    assert post(receiver.url, b"{}", {}).response == ""


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    receiver.replies = [Reply(status, headers={"Location": f"{receiver.url}/elsewhere"})]
    answer = post(receiver.url, b"{}", {})
    assert (answer.status, answer.is_success, len(receiver.got)) == (status, False, 1)
    assert "redirect" in answer.reason


def test_endless_answer_is_cut() -> None:
    sent = 0

    def speak(connection: socket.socket) -> None:
        nonlocal sent
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")
            sent += 4096

    with speaking(speak) as url:
        answer = post(url, b"{}", {})
    assert answer.status == 200
    assert len(answer.response) == KEPT_BYTES
    assert sent < 100 * ANSWER_BYTES


@pytest.mark.parametrize(
    "begin", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"]
)
def test_answer_that_drips_ends_at_the_deadline(begin: bytes) -> None:
    """Every byte comes in time for a limit between bytes; only a limit for the whole ends it."""

    def speak(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(begin)
        for _number in range(1200):
            time.sleep(0.05)
            connection.sendall(b"a" if begin else b" ")

    with speaking(speak) as url:
        begun = time.monotonic()
        answer = post(url, b"{}", {}, seconds=0.6)
    # A minute of drips; this machine may be busy, and has ended long before nevertheless.
    assert time.monotonic() - begun < 20
    assert answer.status is None
    assert answer.milliseconds < 20_000


def test_server_that_says_nothing_ends_at_the_deadline() -> None:
    def listen(connection: socket.socket) -> None:
        while connection.recv(65536):
            pass

    with speaking(listen) as url:
        answer = post(url, b"{}", {}, seconds=2)
    assert (answer.status, answer.reason) == (None, "No answer within 2 seconds.")


@pytest.mark.parametrize(
    "words",
    [b"", b"SSH-2.0-X\r\n", b"HTTP/1.1 200\r\n\r\n\x00" * 3, b"HTTP/1.1 99999 X\r\n\r\n", b"\xff" * 200_000],
)
def test_nonsense_is_told_and_never_raised(words: bytes) -> None:
    def speak(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(words)

    with speaking(speak) as url:
        answer = post(url, b"{}", {})
    assert answer.status in {None, 200}
    assert answer.status == 200 or answer.reason


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://nowhere.invalid/", "http://[::1]:9/"])
def test_server_that_is_not_there_is_told(url: str) -> None:
    answer = post(url, b"{}", {})
    assert answer.status is None
    assert "could not be reached" in answer.reason


def test_certificate_that_is_not_trusted_is_refused(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    make_certificate(key, certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    got = []

    def speak(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            got.append(secure.recv(65536))

    with speaking(speak) as url:
        answer = post(url.replace("http:", "https:"), b"{}", {})
    assert answer.status is None
    assert "certificate" in answer.reason.lower()
    assert got == []


def make_certificate(key: Path, certificate: Path) -> None:
    """Write a certificate for 127.0.0.1 that nobody trusts."""
    import subprocess

    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
            ),
            *("-keyout", str(key), "-out", str(certificate), "-days", "1", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
        ],
        check=True,
        capture_output=True,
    )
