"""A directory of Microsoft 365 on loopback: the log-in service and Graph, as documented, with faults on demand."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from uuid import UUID

from tests.insights.connectors.graph.certificates import claims_of

DIRECTORY = UUID("6f0e4a3c-0b1d-4c56-9a57-0d2f6a8f1c11")
CLIENT = UUID("2b9d8c7e-1f3a-4e5b-8c6d-7a9b0c1d2e3f")
SECRET = "Zx8Q~canary.secret_value-0123456789abcd"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
_BETWEEN = r"{name} ge (\S+) and {name} le (\S+)"
_SMTP = "(clientAppUsed eq 'Authenticated SMTP' or clientAppUsed eq 'SMTP')"
_BOTH_KINDS = "signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'nonInteractiveUser')"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is answered instead: at once, or the body broken off after half of it."""

    status: int
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    breaks_off: bool = False


def refusal(code: str, message: str = "No.") -> bytes:
    """Return an error as Graph writes it."""
    return json.dumps({"error": {"code": code, "message": message}}).encode()


def login_error(code: int) -> bytes:
    """Return an error as the log-in service writes it."""
    said = f"AADSTS{code}: Something is wrong.\r\nTrace ID: 1"
    return json.dumps({"error": "invalid_client", "error_description": said, "error_codes": [code]}).encode()


def sign_in(
    number: int,
    *,
    at: datetime = NOW - timedelta(hours=1),
    user: str = "scanner@acme.example",
    ip: str = "192.0.2.7",
    code: int = 0,
    client: str = "Authenticated SMTP",
    is_interactive: bool = True,
    **more: Any,
) -> dict[str, Any]:
    """Return a sign-in with the members that matter, and some that do not."""
    return {
        "id": f"{number:08d}-aaaa-bbbb-cccc-000000000000",
        "createdDateTime": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond:06d}0Z",
        "userPrincipalName": user,
        "appDisplayName": "Office 365 Exchange Online",
        "clientAppUsed": client,
        "ipAddress": ip,
        "authenticationProtocol": "ropc",
        "isInteractive": is_interactive,
        "location": {"city": "Berlin", "countryOrRegion": "DE"},
        "status": {
            "errorCode": code,
            "failureReason": "Other." if code == 0 else "Invalid username or password",
        },
        **more,
    }


def trace(number: int, *, at: datetime, sender: str, message: str = "") -> dict[str, Any]:
    """Return a row of message trace: one recipient of a message."""
    return {
        "id": f"{number:08d}",
        "messageId": message or f"<{number}@acme.example>",
        "senderAddress": sender,
        "recipientAddress": f"somebody{number}@example.org",
        "subject": "Confidential canary",
        "receivedDateTime": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "status": "delivered",
    }


class Directory:
    """What the server knows, and what it was asked. `faults` are used up one by one, those of log-ins apart."""

    def __init__(self) -> None:
        self.sign_ins: list[dict[str, Any]] = []
        self.traces: list[dict[str, Any]] = []
        self.page_size = 500
        self.expires_in = 3599
        self.clock = NOW
        self.secret = SECRET
        self.certificates: list[str] = []
        self.assertions: list[str] = []
        self.jtis: set[str] = set()
        self.on_login: Callable[[], None] | None = None
        self.faults: deque[Fault | None] = deque()
        self.login_faults: deque[Fault | None] = deque()
        self.next_link_at = ""
        self.tokens: list[str] = []
        self.good_tokens: set[str] = set()
        self.logins = 0
        self.asked: list[str] = []
        self.url = ""

    def end_tokens(self) -> None:
        """Let every token that was given be refused from now on."""
        self.good_tokens.clear()

    def log_in(self, form: dict[str, list[str]], path: str) -> tuple[int, bytes]:
        """Answer the token endpoint (RFC 6749, 4.4)."""
        self.logins += 1
        if path != f"/{DIRECTORY}/oauth2/v2.0/token":
            return 400, login_error(90002)
        if form.get("client_id") != [str(CLIENT)]:
            return 400, login_error(700016)
        if refused := self._refuses_proof(form, path):
            return 401, login_error(refused)
        if form.get("grant_type") != ["client_credentials"] or form.get("scope") != [f"{self.url}/.default"]:
            return 400, login_error(70011)
        token = f"token-{len(self.tokens)}"
        self.tokens.append(token)
        self.good_tokens.add(token)
        answer = {"token_type": "Bearer", "expires_in": self.expires_in, "access_token": token}
        return 200, json.dumps(answer).encode()

    def _refuses_proof(self, form: dict[str, list[str]], path: str) -> int:
        """Return why a secret or an assertion is not taken, 0 where it is; an assertion is good once."""
        if "client_secret" in form:
            return 0 if form["client_secret"] == [self.secret] else 7000215
        if form.get("client_assertion_type") != ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]:
            return 7000218
        self.assertions += form["client_assertion"]
        try:
            claims = claims_of(self.assertions[-1], certificates=self.certificates, now=self.clock)
        except LookupError:
            return 700027
        about = (claims["aud"], claims["iss"], claims["sub"])
        if about != (f"{self.url}{path}", str(CLIENT), str(CLIENT)) or claims["jti"] in self.jtis:
            return 700027
        self.jtis.add(claims["jti"])
        return 0 if claims["nbf"] <= self.clock.timestamp() < claims["exp"] <= claims["nbf"] + 600 else 700024

    def graph(self, path: str, query: dict[str, list[str]], authorization: str) -> tuple[int, bytes]:
        """Answer Graph."""
        if authorization.removeprefix("Bearer ") not in self.good_tokens:
            return 401, refusal("InvalidAuthenticationToken", "Access token has expired.")
        wanted = query.get("$filter", [""])[0]
        try:
            if path in {"/v1.0/auditLogs/signIns", "/beta/auditLogs/signIns"}:
                found = self._found(path, wanted)
            elif path == "/v1.0/admin/exchange/tracing/messageTraces":
                found = self._traced(wanted)
            else:
                return 404, refusal("ResourceNotFound")
        except LookupError:
            return 400, refusal("BadRequest", f"Invalid filter: {wanted}")
        size = min(self.page_size, int(query.get("$top", ["1000"])[0]))
        first = int(query.get("$skiptoken", ["0"])[0])
        answer: dict[str, Any] = {"value": found[first : first + size]}
        if first + size < len(found):
            start = self.next_link_at or self.url
            answer["@odata.nextLink"] = (
                f"{start}{path}?$filter={quote(wanted)}&$top={size}&$skiptoken={first + size}"
            )
        return 200, json.dumps(answer).encode()

    def _found(self, path: str, wanted: str) -> list[dict[str, Any]]:
        """Return the sign-ins of a span, newest first, as Graph does; only v1.0 leaves out the others."""
        since, until = _bounds("createdDateTime", wanted)
        is_beta = path.startswith("/beta/")
        if _SMTP not in wanted or (_BOTH_KINDS in wanted) != is_beta:
            raise LookupError
        rows = [
            row
            for row in self.sign_ins
            if since <= row["createdDateTime"][:19] <= until and (is_beta or row["isInteractive"])
        ]
        return sorted(rows, key=lambda row: str(row["createdDateTime"]), reverse=True)

    def _traced(self, wanted: str) -> list[dict[str, Any]]:
        since, until = _bounds("receivedDateTime", wanted)
        sender = re.search(r"senderAddress eq '((?:[^']|'')+)'$", wanted)
        if sender is None:
            raise LookupError
        name = sender[1].replace("''", "'")
        return [
            row
            for row in self.traces
            if since <= row["receivedDateTime"][:19] <= until and row["senderAddress"] == name
        ]


def _bounds(name: str, wanted: str) -> tuple[str, str]:
    found = re.search(_BETWEEN.format(name=name), wanted)
    if found is None:
        raise LookupError
    return found[1].rstrip("Z"), found[2].rstrip("Z")


def _handler(directory: Directory) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if directory.on_login is not None:
                directory.on_login()
            fault = directory.login_faults.popleft() if directory.login_faults else None
            answer = fault or directory.log_in(parse_qs(body.decode()), self.path)
            self._send(answer)

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            directory.asked.append(self.path)
            fault = directory.faults.popleft() if directory.faults else None
            query = parse_qs(parts.query)
            self._send(fault or directory.graph(parts.path, query, self.headers.get("Authorization", "")))

        def _send(self, answer: Fault | tuple[int, bytes]) -> None:
            fault = answer if isinstance(answer, Fault) else Fault(*answer)
            self.send_response_only(fault.status)
            self.send_header("Date", format_datetime(directory.clock, usegmt=True))
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(fault.body)))
            for name, value in fault.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(fault.body[: len(fault.body) // 2] if fault.breaks_off else fault.body)
            if fault.breaks_off:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    return Handler


@contextmanager
def serving(directory: Directory) -> Iterator[Directory]:
    """Serve the directory on loopback until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(directory))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    directory.url = f"http://127.0.0.1:{server.server_port}"
    thread.start()
    try:
        yield directory
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
