"""A program that receives webhooks: a real HTTP server on loopback, which answers as it is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


@dataclass(frozen=True, slots=True)
class Received:
    """One request: its path, its headers (names in lower case) and its body."""

    path: str
    headers: dict[str, str]
    body: bytes

    def verified(self, secret: str) -> Any:
        """Return the JSON, checked with the library of Standard Webhooks as a receiver would; raise otherwise."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the receiver answers; `slowly` sends the body a byte at a time, `seconds` apart."""

    status: int = 204
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    slowly: float = 0
    waits: float = 0


@dataclass(slots=True)
class Receiver:
    """The server's address, what it got, and what it answers: `replies` in turn, the last one for ever."""

    url: str
    got: list[Received] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=lambda: [Reply()])
    most_at_once: int = 0
    _at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, received: Received) -> Reply:
        """Keep a request and return the reply to it."""
        with self._lock:
            self.got.append(received)
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Count how many requests are being answered at once."""
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        yield
        with self._lock:
            self._at_once -= 1


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver on a port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.daemon_threads = True
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    server.RequestHandlerClass = _handler(receiver)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(receiver: Receiver) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            with receiver.busy():
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                self._answer(receiver.take(Received(self.path, headers, body)))

        def _answer(self, reply: Reply) -> None:
            time.sleep(reply.waits)
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            pieces = (
                [reply.body[at : at + 1] for at in range(len(reply.body))] if reply.slowly else [reply.body]
            )
            try:
                for piece in pieces:
                    self.wfile.write(piece)
                    self.wfile.flush()
                    time.sleep(reply.slowly)
            except OSError:
                self.close_connection = True

        def log_message(self, *args: Any) -> None:
            """Keep the test's output to the test."""

    return Handler
