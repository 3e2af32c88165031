"""What the lines of Haraka mean for connections, messages and refused logins.

`queue code=OK` tells that a message was taken over; who sent it, and that the client logged in, stands in other lines
of the connection. Haraka itself logs no names, so that a login may be known only by its traces: an AUTH that a plugin
handled, or a submission port, on a connection that ends with `relay=Y`. Messages wait for that line.
"""

from base64 import b64decode
from collections.abc import Callable
from typing import Any, Final

from insights.enums import PLAIN_OR_LOGIN, FailureReason, TlsVersion
from insights.ingest.formats.accepted import Accepted, Message
from insights.ingest.formats.haraka import patterns
from insights.ingest.formats.haraka.connections import Connection, Memory
from insights.ingest.formats.haraka.entries import Entry, entry_of
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER, UNKNOWN
from insights.ingest.formats.refused import Refused, Seen
from insights.ingest.formats.syslog import Writer
from insights.ingest.record import (
    MAX_DETAIL,
    MAX_FAILED_ACCOUNT,
    MAX_MECHANISM,
    UNKNOWN_MECHANISM,
    LoginFailureRecord,
    SubmissionRecord,
)
from insights.ingest.texts import address_of, text_of

SUBMISSION_PORTS: Final = (465, 587)
"""On these Haraka takes no MAIL from a client that did not log in (connection.js)."""
_VERSIONS: Final = {
    b"SSLv3": TlsVersion.SSL3,
    b"TLSv1": TlsVersion.TLS1_0,
    b"TLSv1.1": TlsVersion.TLS1_1,
    b"TLSv1.2": TlsVersion.TLS1_2,
    b"TLSv1.3": TlsVersion.TLS1_3,
}
_CRAM: Final = "CRAM-MD5"
_DIGEST: Final = 32
_ITS_OWN: Final = b"auth/"
"""How the plugins are named that come with Haraka: they know PLAIN, LOGIN and CRAM-MD5, and no more (auth_base.js)."""


class Server:
    """Reads the texts of Haraka. See `insights.ingest.formats.syslog.Reader`."""

    def __init__(self, *, source_key: str) -> None:
        self._micros = self._newest = 0
        self._memory = Memory()
        self._accepted = Accepted(source_key=source_key)
        self._refused = Refused(source_key=source_key)
        self._core: dict[bytes, Callable[[Writer, Entry], int]] = {
            b"connect": self._connected,
            b"HAProxy": self._proxied,
            b"HAProxy:": self._proxied,
            b"sender": self._sender,
            b"message": self._sized,
            b"queue": self._queued,
            b"disconnect": self._disconnected,
            b"hook=unrecognized_command": self._tried,
        }
        self._plugins: dict[bytes, Callable[[Writer, Entry], int]] = {
            b"secured:": self._secured,
            b"AUTH": self._login,
            b"delaying": self._delayed,
            b"ticket:": self._ticket,
        }

    def at(self, micros: int, newest: int) -> None:
        """Take the time of the lines that follow, and the newest of the log."""
        self._micros, self._newest = micros, newest

    def wants(self, writer: Writer) -> bool:
        """Tell whether lines of this process are to be read: of any, as their form is like no other's."""
        return True

    def read(self, writer: Writer, text: bytes, *, times: int) -> int:
        """Read what stands behind the stamp, and behind what syslog puts there."""
        try:
            entry = entry_of(text)
        except ValueError:
            return UNKNOWN if b'"uuid"' in text else OTHER
        if entry is None:
            return OTHER
        handlers = self._core if entry.origin == b"core" else self._plugins
        handler = handlers.get(entry.text.partition(b" ")[0])
        return OTHER if handler is None else handler(writer, entry)

    def taken(self) -> tuple[list[SubmissionRecord], list[LoginFailureRecord]]:
        """Hand over the events found since the last call."""
        ended, self._memory.ended = self._memory.ended, []
        for connection in ended:
            if connection.account is not None:
                self._free(connection, connection.tls or TlsVersion.UNKNOWN)
        return self._accepted.taken(), self._refused.taken()

    def prune(self, newest: int) -> None:
        """Forget what is too old to matter."""
        self._memory.prune(newest)
        self._refused.prune(newest)

    def forget(self) -> None:
        """Begin another log."""
        self._memory.forget()
        self._refused.forget()

    def dump(self) -> dict[str, Any]:
        """Return what is open as plain data."""
        return {"connections": self._memory.dump(), "failures": self._refused.dump()}

    def load(self, data: dict[str, Any]) -> None:
        """Take up what `dump` gave."""
        self._memory.load(data["connections"])
        self._refused.load(data["failures"])

    def _open(self, writer: Writer, entry: Entry) -> Connection:
        return self._memory.connection(writer.host, entry.uuid, self._micros)

    def _connected(self, writer: Writer, entry: Entry) -> int:
        found = patterns.CONNECTED.pattern.match(entry.text)
        if found is None:
            return UNKNOWN
        connection = self._memory.begin(writer.host, entry.uuid, self._micros)
        connection.client_ip, connection.port = address_of(found[1]), int(found[2])
        return EVIDENCE

    def _proxied(self, writer: Writer, entry: Entry) -> int:
        """Read where a client behind HAProxy comes from. What it spoke with the proxy is in no line."""
        found = patterns.PROXIED.pattern.match(entry.text)
        if found is None:
            return UNKNOWN
        connection = self._open(writer, entry)
        connection.proxied = True
        connection.client_ip = address_of(found[1].rpartition(b":")[0])
        return EVIDENCE

    def _secured(self, writer: Writer, entry: Entry) -> int:
        found = patterns.SECURED.pattern.match(entry.text)
        if found is None or entry.origin != b"tls":
            return OTHER
        self._open(writer, entry).tls = _VERSIONS.get(found[1] or b"", TlsVersion.UNKNOWN)
        return EVIDENCE

    def _ticket(self, writer: Writer, entry: Entry) -> int:
        if b"auth" not in entry.origin or not patterns.TICKET.pattern.match(entry.text):
            return OTHER
        connection = self._open(writer, entry)
        connection.ticket, connection.mechanism = True, _CRAM
        return EVIDENCE

    def _tried(self, writer: Writer, entry: Entry) -> int:
        """Read that a plugin handled an AUTH or what followed on it; what of it succeeded is not told.

        `params` may be a password in base64. An answer to a CRAM-MD5 challenge alone is looked into: name and digest.
        """
        found = patterns.TRIED.pattern.match(entry.text)
        if found is None or b"auth" not in found[1]:
            return OTHER
        connection = self._open(writer, entry)
        connection.tried = True
        if found[2].upper() == b"AUTH":
            if not connection.ticket:
                connection.mechanism = PLAIN_OR_LOGIN if found[1].startswith(_ITS_OWN) else ""
        elif connection.ticket:
            connection.ticket = False
            connection.account = _answered(found[2]) or connection.account
        return EVIDENCE

    def _login(self, writer: Writer, entry: Entry) -> int:
        """Read what `auth/auth_proxy`, `auth/auth_vpopmaild` and plugins of one's own log: a name, and if it may."""
        found = patterns.LOGIN.pattern.match(entry.text)
        if found is None:
            return UNKNOWN if entry.text.startswith(b'AUTH user="') else OTHER
        connection = self._open(writer, entry)
        if found[2]:
            connection.mechanism = text_of(found[2].upper(), MAX_MECHANISM)
        elif not connection.mechanism and entry.origin.startswith(_ITS_OWN):
            connection.mechanism = PLAIN_OR_LOGIN
        if found[3] == b"true":
            connection.account, connection.failed = found[1], b""
        else:
            connection.failed = found[1]
        return EVIDENCE

    def _delayed(self, writer: Writer, entry: Entry) -> int:
        """Read that a plugin lets a client wait whose login it refused (auth_base.js)."""
        if not patterns.DELAYED.pattern.match(entry.text):
            return OTHER
        connection = self._open(writer, entry)
        usual = PLAIN_OR_LOGIN if entry.origin.startswith(_ITS_OWN) else UNKNOWN_MECHANISM
        text = b"%b %b %b" % (entry.uuid, entry.origin, entry.text)
        self._refused.add(
            Seen(self._micros, self._newest, writer.host, writer.pid, 1, text),
            account=text_of(connection.failed, MAX_FAILED_ACCOUNT),
            client_ip=connection.client_ip.encode(),
            mechanism=connection.mechanism or usual,
            reason=FailureReason.WRONG_CREDENTIALS,
            detail=text_of(entry.origin, MAX_DETAIL),
        )
        connection.failed, connection.mechanism, connection.ticket = b"", "", False
        return EVENT

    def _sender(self, writer: Writer, entry: Entry) -> int:
        """Read the sender, which is the client's text, up to what the server writes behind it."""
        end = entry.text.rfind(b"> code=")
        if end < 0 or not entry.transaction:
            return UNKNOWN
        connection = self._open(writer, entry)
        connection.transaction, connection.sender = entry.transaction, entry.text[len(b"sender <") : end]
        connection.size, connection.recipients = 0, 1
        return EVIDENCE

    def _sized(self, writer: Writer, entry: Entry) -> int:
        """Read size and accepted recipients, behind the Message-ID, which is the client's text."""
        start = entry.text.rfind(b" size=")
        found = patterns.SIZED.pattern.match(entry.text, start) if start >= 0 else None
        if found is None:
            return UNKNOWN
        connection = self._open(writer, entry)
        if connection.transaction == entry.transaction:
            connection.size, connection.recipients = int(found[1]), max(1, int(found[2]))
        return EVIDENCE

    def _queued(self, writer: Writer, entry: Entry) -> int:
        found = patterns.QUEUED.pattern.match(entry.text)
        if found is None or not entry.transaction:
            return UNKNOWN
        if found[1] != b"OK":
            return EVIDENCE
        connection = self._open(writer, entry)
        told = connection.transaction == entry.transaction
        message = Message(
            self._micros, writer.host, b"%b.%b" % (entry.uuid, entry.transaction), entry.uuid, b"", "",
            TlsVersion.UNKNOWN, "", connection.sender if told else b"", connection.size if told else 0,
            connection.recipients if told else 1,
        )  # fmt: skip
        self._memory.hold(connection, message)
        connection.transaction = b""
        return EVIDENCE

    def _disconnected(self, writer: Writer, entry: Entry) -> int:
        """Read the line that tells of a connection as a whole, and judge its messages."""
        found = patterns.DISCONNECTED.pattern.match(entry.text)
        if found is None:
            return UNKNOWN
        connection = self._memory.end(writer.host, entry.uuid)
        if connection is None:
            return OTHER
        is_relay, has_tls = found[2] == b"Y", found[3] == b"Y"
        connection.client_ip = address_of(found[1]) or connection.client_ip
        has_login = is_relay and (connection.tried or connection.port in SUBMISSION_PORTS)
        if not connection.held or (connection.account is None and not has_login):
            return EVIDENCE
        without_tls = TlsVersion.UNKNOWN if has_tls or connection.proxied else TlsVersion.NONE
        self._free(connection, connection.tls or without_tls)
        return EVENT

    def _free(self, connection: Connection, tls: TlsVersion) -> None:
        """Count the messages of a connection that logged in."""
        for message in connection.held:
            self._accepted.add(
                message._replace(
                    account=connection.account or b"",
                    client_ip=connection.client_ip,
                    tls=tls,
                    mechanism=connection.mechanism or UNKNOWN_MECHANISM,
                )
            )
        connection.held = []


def _answered(answer: bytes) -> bytes | None:
    """Return the name in the answer to a CRAM-MD5 challenge (RFC 2195), None where it is none."""
    try:
        name, blank, digest = b64decode(answer, validate=True).rpartition(b" ")
    except ValueError:
        return None
    is_digest = len(digest) == _DIGEST and not digest.strip(b"0123456789abcdef")
    return name if blank and is_digest else None
