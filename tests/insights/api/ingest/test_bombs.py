"""Bodies that expand to a gibibyte, against the real server: refused, with its memory hardly touched."""

from __future__ import annotations

import gzip
import io
import threading
import time
from collections.abc import Iterator
from typing import Self

import httpx
import pytest
import zstandard

from insights.models import Source
from tenants.api_keys import make_key
from tenants.roles import Scope
from tenants.scope import tenant_scope
from tests.cast import make_cast
from tests.insights.api.ingest.records import whole_second
from tests.insights.ingest.lines import messages
from tests.web_server import WebServer, web_server

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
GIB = 1024**3
MOST_GROWTH = 50 * 1024**2
_PIECE = b"\n" * 1024**2


@pytest.fixture(autouse=True)
def _clock() -> None:
    """The server has the machine's."""


def bomb(encoding: str) -> bytes:
    """Return a gibibyte of line ends, packed as tightly as the encoding can."""
    packed = io.BytesIO()
    if encoding == "gzip":
        with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9) as file:
            for _ in range(GIB // len(_PIECE)):
                file.write(_PIECE)
    else:
        packer = zstandard.ZstdCompressor(level=19).compressobj()
        for _ in range(GIB // len(_PIECE)):
            packed.write(packer.compress(_PIECE))
        packed.write(packer.flush())
    return packed.getvalue()


class Peak:
    """The most memory that a server had while this was open, above what it had before."""

    def __init__(self, server: WebServer) -> None:
        self._server, self._over = server, threading.Event()
        self._before = self._most = server.resident_bytes()

    def __enter__(self) -> Self:
        self._watching = threading.Thread(target=self._watch)
        self._watching.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watching.join()

    @property
    def growth(self) -> int:
        """Return the bytes it grew by."""
        return self._most - self._before

    def _watch(self) -> None:
        while not self._over.is_set():
            self._most = max(self._most, self._server.resident_bytes())
            time.sleep(0.005)


@pytest.mark.slow
def test_bombs_are_refused_with_little_growth() -> None:
    cast = make_cast()
    key = make_key(name="sender", scopes=(Scope.INGEST,), tenant=cast.acme)[1]
    bodies = {encoding: bomb(encoding) for encoding in ("gzip", "zstd")}
    with web_server() as server, httpx.Client(timeout=60) as client:

        def send(path: str, encoding: str, body: bytes) -> httpx.Response:
            headers = {
                "Authorization": f"Bearer {key}",
                "Content-Type": "application/x-ndjson",
                "Content-Encoding": encoding,
            }
            return client.post(f"{server.url}/api/v1/tenants/acme/{path}", content=body, headers=headers)

        for _ in range(8):  # until both workers have answered once, and imported what they need
            send("submissions:batch?source=relay", "identity", b"x")
        for encoding, body in bodies.items():
            with Peak(server) as peak:
                for path in ("submissions:batch?source=relay", "sources/mx1/lines"):
                    answer = send(path, encoding, body)
                    assert answer.status_code == 413, answer.text
            assert peak.growth < MOST_GROWTH, (encoding, peak.growth)
    with tenant_scope([cast.acme.pk]):
        assert not Source.objects.exists()


def test_body_in_chunks_without_a_length_is_read() -> None:
    cast = make_cast()
    key = make_key(name="sender", scopes=(Scope.INGEST,), tenant=cast.acme)[1]
    log = messages(whole_second(), 20)

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(log), 1000):
            yield log[start : start + 1000]

    with web_server() as server:
        answer = httpx.post(
            f"{server.url}/api/v1/tenants/acme/sources/mx1/lines",
            content=pieces(),
            headers={"Authorization": f"Bearer {key}", "Content-Type": "text/plain"},
            timeout=60,
        )
    assert answer.status_code == 200, answer.text
    assert (answer.json()["lines"], answer.json()["accepted"]) == (100, 20)
