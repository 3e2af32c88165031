"""What the lines of a Sendmail server mean for sessions, messages and refused logins.

STARTTLS and AUTH lines have no queue id, `from=` lines have no account: they join by process id and client address.
A message counts at its `from=` line when that has a Message-ID, which Sendmail adds where the client gave none: a
message that breaks off or is refused before its end has none. `proto=` there tells by itself whether there was TLS
(S) and a login (A). Where milters are at work one may refuse the message after that line, and so may the server when
it is too large: then it is held until it is delivered, the session goes on, or ten minutes have passed.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

from insights.enums import FailureReason, TlsVersion
from insights.ingest.formats.accepted import Accepted, Message
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, NO_LOGIN, OTHER, UNKNOWN
from insights.ingest.formats.refused import Refused, Seen
from insights.ingest.formats.sendmail import patterns
from insights.ingest.formats.sendmail.fields import address_in, plain, read_from, version_of
from insights.ingest.formats.sendmail.refusals import reason_of
from insights.ingest.formats.sendmail.sessions import Host, Memory, Session
from insights.ingest.formats.syslog import Writer
from insights.ingest.record import (
    MAX_DETAIL,
    MAX_FAILED_ACCOUNT,
    MAX_MECHANISM,
    MAX_QUEUE_ID,
    UNKNOWN_MECHANISM,
    LoginFailureRecord,
    SubmissionRecord,
)
from insights.ingest.texts import remembered, text_of

_OF_ONE_COMMAND: Final = frozenset(
    {
        b"check_relay", b"check_mail", b"check_rcpt", b"check_data", b"check_vrfy", b"check_expn", b"check_etrn",
        b"check_compat", b"greet_pause", b"tls_client", b"tls_rcpt", b"tls_server", b"trust_auth", b"srv_features",
    }
)  # fmt: skip
"""Rulesets whose refusal leaves the message's acceptance to what follows; others judge its header or the whole."""
_T = TypeVar("_T")
_MAX_KNOWN: Final = 20_000
_LONGEST_KNOWN: Final = 500
_new: Final = tuple.__new__  # a named tuple by position, without the call of its own __new__


class Line(NamedTuple):
    """A line with a queue id: `text` is all that follows its head, `rest` what follows the id."""

    writer: Writer
    queue_id: bytes
    rest: bytes
    text: bytes
    times: int


class Server:
    """Reads the texts of sendmail's processes. See `insights.ingest.formats.syslog.Reader`."""

    def __init__(self, *, source_key: str) -> None:
        self._micros = self._newest = 0
        self._memory = Memory()
        self._accepted = Accepted(source_key=source_key)
        self._refused = Refused(source_key=source_key)
        self._addresses: dict[bytes, str] = {}
        self._address = remembered(address_in, self._addresses)
        self._known_tls: dict[bytes, tuple[str, TlsVersion]] = {}
        self._known_logins: dict[bytes, tuple[str, bytes, str]] = {}
        self._openings: dict[bytes, Callable[[Writer, bytes], int]] = {
            b"STARTTLS=ser": self._secured,
            b"AUTH=server,": self._logged_in,
        }
        self._starts: dict[bytes, Callable[[Line], int]] = {
            b"to=": self._delivered,
            b"AUTH failure": self._failed,
            b"Milter": self._filtered,
            b"ruleset=": self._denied,
            b"message size (": self._too_large,
            b"lost input channel from ": self._ended,
            b"timeout waiting for input ": self._ended,
            b"collect: premature EOM": self._ended,
        }

    def at(self, micros: int, newest: int) -> None:
        """Take the time of the lines that follow, and the newest of the log."""
        self._micros, self._newest = micros, newest

    def wants(self, writer: Writer) -> bool:
        """Tell whether lines of this process are to be read: of any, as the name is the operator's (-L)."""
        return writer.pid != b""

    def read(self, writer: Writer, text: bytes, *, times: int) -> int:
        """Read one text; most begin with a queue id."""
        handler = self._openings.get(text[:12])
        if handler is not None:
            return handler(writer, text)
        queue_id, colon, rest = text.partition(b": ")
        if not colon or not queue_id.isalnum() or len(queue_id) > MAX_QUEUE_ID:
            return OTHER
        if rest[:5] == b"from=":
            return self._from(writer, queue_id, rest)
        handler = self._openings.get(rest[:12])
        if handler is not None:
            return handler(writer, rest)
        return self._rarer(Line(writer, queue_id, rest, text, times))

    def taken(self) -> tuple[list[SubmissionRecord], list[LoginFailureRecord]]:
        """Hand over the events found since the last call."""
        freed, self._memory.freed = self._memory.freed, []
        for message in freed:
            self._accepted.add(message)
        return self._accepted.taken(), self._refused.taken()

    def prune(self, newest: int) -> None:
        """Forget what is too old; count the held messages that nothing refused."""
        self._refused.prune(newest)
        self._memory.prune(newest)

    def forget(self) -> None:
        """Begin another log."""
        self._memory.forget()
        self._refused.forget()

    def dump(self) -> dict[str, Any]:
        """Return what is open as plain data."""
        return {"hosts": self._memory.dump(), "failures": self._refused.dump()}

    def load(self, data: dict[str, Any]) -> None:
        """Take up what `dump` gave."""
        self._memory.load(data["hosts"])
        self._refused.load(data["failures"])

    def _secured(self, writer: Writer, text: bytes) -> int:
        """Read `STARTTLS=server`: TLS begins a session anew, with any login before it forgotten (RFC 3207)."""
        known = self._known_tls.get(text)
        if known is None:
            found = patterns.SECURED.pattern.match(text)
            if found is None:
                return UNKNOWN if b", version=" in text[:500] else OTHER
            known = self._address(found[1]), version_of(found[2])
            _remember(self._known_tls, text, known)
        client_ip, version = known
        memory = self._memory
        memory.begin(memory.host(writer.host), writer.pid, client_ip, self._micros).tls = version
        return EVIDENCE

    def _logged_in(self, writer: Writer, text: bytes) -> int:
        known = self._known_logins.get(text)
        if known is None:
            found = patterns.LOGGED_IN.pattern.match(plain(text))
            if found is None:
                return UNKNOWN if b", authid=" in text[:500] else OTHER
            known = self._address(found[1]), found[2], text_of(found[3].upper(), MAX_MECHANISM)
            _remember(self._known_logins, text, known)
        session = self._session(writer, known[0])
        _, session.account, session.mechanism = known
        return EVIDENCE

    def _session(self, writer: Writer, client_ip: str) -> Session:
        return self._memory.session(self._memory.host(writer.host), writer.pid, client_ip, self._micros)

    def _from(self, writer: Writer, queue_id: bytes, text: bytes) -> int:
        """Read the line that tells sender, recipients, protocol and client of a message."""
        told = read_from(text)
        if told is None:
            return UNKNOWN if b", nrcpts=" in text else OTHER
        if not told.protocol.endswith(b"A"):
            return OTHER
        client_ip = self._addresses.get(told.relay) or self._address(told.relay)
        host = self._memory.host(writer.host)
        session = self._memory.session(host, writer.pid, client_ip, self._micros)
        settled = self._settle(host, session)
        if not told.is_whole or not told.recipients or session.refused == queue_id:
            return settled
        if session.account is None:
            return NO_LOGIN
        tls = TlsVersion.NONE
        if told.protocol.endswith(b"SA"):
            tls = TlsVersion.UNKNOWN if session.tls is None else session.tls
        message = _new(
            Message,
            (
                self._micros, writer.host, queue_id, writer.pid, session.account, client_ip or session.client_ip, tls,
                session.mechanism, told.sender, told.size, told.recipients,
            ),
        )  # fmt: skip
        if host.filters or told.size > host.large:
            self._memory.hold(host, message)
            session.waiting = queue_id
            return settled
        self._accepted.add(message)
        return EVENT

    def _rarer(self, line: Line) -> int:
        for start, handler in self._starts.items():
            if line.rest.startswith(start):
                return handler(line)
        if b" did not issue MAIL/EXPN/VRFY/ETRN during connection to " in line.rest:
            return self._ended(line)
        if found := patterns.SUSPECTED.pattern.match(line.rest):
            return self._suspected(line, self._address(found[1]))
        return OTHER

    def _delivered(self, line: Line) -> int:
        """Read `to=…`: only a message that was taken over reaches a mailer."""
        host = self._memory.hosts.get(line.writer.host)
        if host is None or line.queue_id not in host.held or b", mailer=" not in line.rest:
            return OTHER
        self._accepted.add(host.held.pop(line.queue_id))
        return EVENT

    def _failed(self, line: Line) -> int:
        """Read `AUTH failure (MECHANISM): …, user=…, relay=…`; since 8.16 at the usual log level, and with the name."""
        told, _, relay = plain(line.rest).rpartition(b", relay=")
        found = patterns.REFUSED.pattern.match(told)
        if found is None:
            return UNKNOWN
        detail, _, account = found[4].partition(b", user=")
        session = self._session(line.writer, self._address(relay))
        session.has_failed = True
        self._refused.add(
            self._seen(line),
            account=text_of(account, MAX_FAILED_ACCOUNT),
            client_ip=session.client_ip.encode(),
            mechanism=text_of(found[1].upper(), MAX_MECHANISM) or UNKNOWN_MECHANISM,
            reason=reason_of(int(found[3])),
            detail=text_of((b"%b:%b" % (found[2], detail)).strip(b": "), MAX_DETAIL),
        )
        return EVENT

    def _suspected(self, line: Line, client_ip: str) -> int:
        """Read `possible SMTP attack: command=AUTH`: the only trace of failed logins before 8.16."""
        if self._session(line.writer, client_ip).has_failed:
            return EVIDENCE
        detail = line.rest[line.rest.rfind(b"possible SMTP attack") :]
        self._refused.add(
            self._seen(line),
            account="",
            client_ip=client_ip.encode(),
            mechanism=UNKNOWN_MECHANISM,
            reason=FailureReason.POLICY,
            detail=text_of(detail, MAX_DETAIL),
        )
        return EVENT

    def _seen(self, line: Line) -> Seen:
        writer = line.writer
        return Seen(self._micros, self._newest, writer.host, writer.pid, line.times, line.text)

    def _filtered(self, line: Line) -> int:
        """Read a milter's line: from now on messages of this host wait for what milters say of them."""
        host = self._memory.host(line.writer.host)
        host.filters = True
        if line.queue_id not in host.held:
            return OTHER
        if line.rest.startswith(b"Milter: data, reject="):
            del host.held[line.queue_id]
            return EVIDENCE
        if line.rest.startswith((b"Milter: data, discard", b"Milter accept: message")):
            self._accepted.add(host.held.pop(line.queue_id))
            return EVENT
        return OTHER

    def _denied(self, line: Line) -> int:
        """Read a ruleset's refusal; of a header it comes before the `from=` line, of the whole message after."""
        found = patterns.DENIED.pattern.match(line.rest)
        if found is None or found[1] in _OF_ONE_COMMAND:
            return OTHER
        host = self._memory.host(line.writer.host)
        if host.held.pop(line.queue_id, None) is not None:
            return EVIDENCE
        session = host.sessions.get(line.writer.pid)
        if session is None or session.account is None:
            return OTHER
        session.refused = line.queue_id
        return EVIDENCE

    def _too_large(self, line: Line) -> int:
        """Read the refusal of a message that is too large, which comes after its `from=` line (collect.c)."""
        found = patterns.TOO_LARGE.pattern.match(line.rest)
        if found is None:
            return OTHER
        host = self._memory.host(line.writer.host)
        host.large = min(host.large, int(found[1]))
        return OTHER if host.held.pop(line.queue_id, None) is None else EVIDENCE

    def _ended(self, line: Line) -> int:
        """Forget a session that is told to be over."""
        host = self._memory.hosts.get(line.writer.host)
        ended = None if host is None else host.sessions.pop(line.writer.pid, None)
        return OTHER if host is None or ended is None else self._settle(host, ended)

    def _settle(self, host: Host, session: Session) -> int:
        """Count the message that this session's milters were asked about: the session has gone on."""
        message = host.held.pop(session.waiting, None) if session.waiting else None
        session.waiting = b""
        if message is None:
            return EVIDENCE
        self._accepted.add(message)
        return EVENT


def _remember(known: dict[bytes, _T], text: bytes, value: _T) -> None:
    """Keep what a text said, which the same client writes again and again."""
    if len(text) <= _LONGEST_KNOWN:
        if len(known) >= _MAX_KNOWN:
            known.clear()
        known[text] = value
