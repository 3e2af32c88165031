"""Hand one message to one address, within bounds of time and size, following nothing it says.

No redirects, no proxies of the environment, no cookies. The connection goes to an address that was checked
(`tenants.webhooks.addresses`); the certificate is checked for the host's name.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore
import httpx
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tenants.webhooks.addresses import AddressRefused, Target, check_url, checked_addresses

SECONDS = 15.0
"""How long a whole attempt may take, from looking up the name to the last byte of the answer."""
CONNECT_SECONDS = 5.0
ANSWER_BYTES = 64 * 1024
"""What is read of an answer at most; the connection is closed then."""
KEPT_BYTES = 1024
LONGEST_REASON = 300
_ERRNO = re.compile(r"^\[Errno -?\d+\] ")


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an attempt: the HTTP status, or None and the reason why there is none.

    `address` is what was connected to; `response` the first KB of the answer's body as text; `retry_after` the header
    of that name, in seconds. Durations are in milliseconds.
    """

    status: int | None
    reason: str
    milliseconds: int
    address: str = ""
    response: str = ""
    retry_after: int | None = None

    @property
    def is_success(self) -> bool:
        """Whether the receiver took the message: any 2xx."""
        return self.status is not None and 200 <= self.status < 300


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float = SECONDS) -> Answer:
    """Send `body` with POST; never raises for what the other side does. Blocks for `seconds` at most, and DNS."""
    begun = time.monotonic()
    backend = _Guarded(deadline=begun + seconds)
    try:
        target = check_url(url)
        backend.addresses = checked_addresses(target)
        status, reason, response, retry_after = _exchange(backend, target, body, headers)
    except (ValidationError, AddressRefused, OSError, httpcore.NetworkError, httpcore.ProtocolError) as error:
        return Answer(None, _words(error), _since(begun), backend.connected_to)
    except (httpcore.TimeoutException, httpcore.PoolTimeout):
        words = _("No answer within %(seconds)d seconds.") % {"seconds": seconds}
        return Answer(None, words, _since(begun), backend.connected_to)
    return Answer(status, reason, _since(begun), backend.connected_to, response, retry_after)


def _exchange(
    backend: _Guarded, target: Target, body: bytes, headers: Mapping[str, str]
) -> tuple[int, str, str, int | None]:
    with (
        httpcore.ConnectionPool(ssl_context=_tls(), network_backend=backend, max_connections=1) as pool,
        pool.stream(
            "POST",
            httpcore.URL(
                scheme=target.scheme.encode(),
                host=target.host.encode(),
                port=target.port,
                target=target.path.encode(),
            ),
            headers=[("Host", target.authority), ("Connection", "close"), *headers.items()],
            content=body,
        ) as response,
    ):
        said = {name.lower(): value.decode("latin-1") for name, value in response.headers}
        begins = b""
        read = 0
        for chunk in response.iter_stream():
            begins += chunk[: KEPT_BYTES - len(begins)]
            read += len(chunk)
            if read >= ANSWER_BYTES:
                break
    text = "" if said.get(b"content-encoding", "identity") != "identity" else _as_text(begins)
    reason = _("It answered with a redirect, which is not followed.") if 300 <= response.status < 400 else ""
    waits = said.get(b"retry-after", "")
    return response.status, reason, text, int(waits) if waits.isdigit() and len(waits) < 7 else None


class _Guarded(httpcore.NetworkBackend):
    """Connects to the checked addresses alone, whatever host it is asked for, and gives up at the deadline."""

    def __init__(self, *, deadline: float) -> None:
        self.addresses: list[str] = []
        self.connected_to = ""
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the addresses that answers."""
        error: Exception = httpcore.ConnectError(host)
        for address in self.addresses:
            seconds = min(CONNECT_SECONDS, _left(self._deadline))
            try:
                stream = httpcore.SyncBackend().connect_tcp(
                    address, port, seconds, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                error = failed
                continue
            self.connected_to = address
            return _Bounded(stream, self._deadline)
        raise error


class _Bounded(httpcore.NetworkStream):
    """A connection of which every step ends at the deadline, however slowly the other side drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _Bounded(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout
    return seconds


@cache
def _tls() -> ssl.SSLContext:
    """Trust the bundle of certificates that comes along, or SSL_CERT_FILE where the operator has its own."""
    return httpx.create_ssl_context()


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)


def _words(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    text = _ERRNO.sub("", str(error)) or type(error).__name__
    words = (
        text
        if isinstance(error, AddressRefused)
        else _("It could not be reached: %(words)s") % {"words": text}
    )
    return _as_text(words.encode())[:LONGEST_REASON]


def _as_text(octets: bytes) -> str:
    """Return anybody's bytes as text without control characters; PostgreSQL takes no NUL."""
    text = octets.decode(errors="replace")
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "\ufffd" for sign in text)
