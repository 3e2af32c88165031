"""One request to Microsoft: bounded in time and size, following nothing, with the certificate checked."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, Final

import httpx
import msgspec
from django.utils.translation import gettext as _

from insights.connectors.graph.refusals import GraphError

CONNECT_SECONDS: Final = 10.0
READ_SECONDS: Final = 60.0
WHOLE_SECONDS: Final = 180.0
USER_AGENT: Final = "SMTP-AUTH-Insights (Microsoft Graph)"


class Unreachable(GraphError):
    """No whole answer came: worth another try."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, headers by lower-case name, and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def sent_at(self) -> datetime | None:
        """When the server sent it, by its own clock."""
        return _date(self.headers.get("date", ""))

    def wait_asked_for(self, *, now: datetime) -> timedelta | None:
        """Return how long Retry-After asks to wait (RFC 9110, 10.2.3): seconds, or a date by the server's clock."""
        written = self.headers.get("retry-after", "").strip()
        if written.isdigit() and len(written) < 8:
            return timedelta(seconds=int(written))
        until = _date(written)
        return None if until is None else max(until - (self.sent_at or now), timedelta())

    def json(self) -> Any:
        """Return the body as JSON, None where it is none."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None


class Wire:
    """Sends requests over connections that are kept while it is open. No body and no header of one is logged."""

    def __init__(self) -> None:
        timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        self._http = httpx.Client(verify=_tls(), trust_env=False, follow_redirects=False, timeout=timeout)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(
        self,
        method: str,
        url: str,
        *,
        most: int,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Reply:
        """Return the answer to a request; raise Unreachable, or GraphError where it has more than `most` bytes."""
        give_up_at = time.monotonic() + WHOLE_SECONDS
        sent = {"User-Agent": USER_AGENT, "Accept": "application/json", **(headers or {})}
        body = bytearray()
        try:
            with self._http.stream(method, url, headers=sent, data=form) as response:
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > most:
                        raise GraphError(
                            _("The answer has more than %(count)d MiB and was not read.")
                            % {"count": most >> 20}
                        )
                    if time.monotonic() > give_up_at:
                        raise Unreachable(_("The answer did not come to an end in time."))
        except httpx.TimeoutException as error:
            raise Unreachable(_("Microsoft did not answer in time.")) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            # Its text names hosts and errors of sockets and certificates, never what was sent.
            raise Unreachable(
                _("Microsoft could not be reached: %(words)s") % {"words": str(error) or type(error).__name__}
            ) from error
        return Reply(response.status_code, dict(response.headers), bytes(body))


def _date(written: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(written)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


@cache
def _tls() -> ssl.SSLContext:
    """Trust the bundle of certificates that comes along, or SSL_CERT_FILE where the operator has its own."""
    return httpx.create_ssl_context()
