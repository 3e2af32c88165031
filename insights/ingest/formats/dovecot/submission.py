"""What the lines of Dovecot's submission service mean: logins, messages relayed after them, and refused logins.

The login service writes one line when a client is handed on, or when it goes without that. The service behind it writes
one line for each message that the relay took, with the account, the session's id and its own process id, by which the
login is found. The service never answers 250 before that line.
"""

from typing import Any, Final

from insights.enums import TlsVersion
from insights.ingest.formats.accepted import Accepted, Message
from insights.ingest.formats.dovecot.logins import Client, client_of
from insights.ingest.formats.dovecot.patterns import LOGIN, PREFIX, RELAYED, SEVERITY
from insights.ingest.formats.dovecot.refusals import Refusal, refusal_of
from insights.ingest.formats.dovecot.sessions import Memory, Session, names_of
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER, TOO_MANY, UNKNOWN
from insights.ingest.formats.refused import Refused, Seen
from insights.ingest.formats.syslog import MAX_REPEATS, Writer
from insights.ingest.record import (
    MAX_DETAIL,
    MAX_FAILED_ACCOUNT,
    MAX_MECHANISM,
    UNKNOWN_MECHANISM,
    LoginFailureRecord,
    SubmissionRecord,
)
from insights.ingest.texts import address_of, text_of

_LOGIN_SERVICE: Final = b"submission-login: "
_SERVICE: Final = b"submission("
_TAKEN: Final = b"Successfully relayed message: "
_REFUSED: Final = b"Failed to relay message: "
_ENDED: Final = b"Disconnected: "
_FROM: Final = b"from=<"


class Submission:
    """Reads the texts of the submission service. See `insights.ingest.formats.syslog.Reader`."""

    def __init__(self, *, source_key: str) -> None:
        self._micros = self._newest = 0
        self._times = 1
        self._memory = Memory()
        self._accepted = Accepted(source_key=source_key)
        self._refused = Refused(source_key=source_key)

    def at(self, micros: int, newest: int) -> None:
        """Take the time of the lines that follow, and the newest of the log."""
        self._micros, self._newest = micros, newest

    def wants(self, writer: Writer) -> bool:
        """Tell whether lines of this process are to be read: of any, as the texts are like no other's."""
        return True

    def read(self, writer: Writer, text: bytes, *, times: int) -> int:
        """Read one text, which begins in `writer.program` where that is not empty."""
        if writer.program:
            text = b"%b: %b" % (writer.program, text)
        if text.startswith(_LOGIN_SERVICE):
            self._times = times
            rest = text[len(_LOGIN_SERVICE) :]
            severity = SEVERITY.pattern.match(rest)
            return self._login_service(writer, rest[severity.end() :] if severity else rest)
        return self._service(writer, text) if text.startswith(_SERVICE) else OTHER

    def taken(self) -> tuple[list[SubmissionRecord], list[LoginFailureRecord]]:
        """Hand over the events found since the last call."""
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
        return {"memory": self._memory.dump(), "failures": self._refused.dump()}

    def load(self, data: dict[str, Any]) -> None:
        """Take up what `dump` gave."""
        self._memory.load(data["memory"])
        self._refused.load(data["failures"])

    def _login_service(self, writer: Writer, text: bytes) -> int:
        login = LOGIN.pattern.match(text)
        if login is not None:
            return self._login(writer, self._client(writer, text[login.end() :]))
        refusal = refusal_of(text)
        return OTHER if refusal is None else self._refuse(writer, text, refusal)

    def _client(self, writer: Writer, elements: bytes) -> Client:
        client = client_of(elements)
        if client.tls is not None:
            self._memory.heard(writer.host)
        return client

    def _login(self, writer: Writer, client: Client) -> int:
        """Remember a client that was handed on. It had no TLS if its host's lines say so where there is some."""
        names = names_of(client.session, client.mail_pid)
        if not names:
            return UNKNOWN
        tls = client.tls
        if tls is None:
            tls = TlsVersion.NONE if self._memory.tells(writer.host) else TlsVersion.UNKNOWN
        session = Session(self._micros, address_of(client.address), _named(client.mechanism), tls)
        self._memory.begin(writer.host, names[0], session)
        return EVIDENCE

    def _refuse(self, writer: Writer, text: bytes, refusal: Refusal) -> int:
        """Record as many refused logins as the line tells of, with the name and the mechanism of the last."""
        times = refusal.attempts * self._times
        if not times:
            return UNKNOWN
        if times > MAX_REPEATS:
            return TOO_MANY
        client = self._client(writer, refusal.elements)
        self._refused.add(
            Seen(self._micros, self._newest, writer.host, b"", times, text),
            account=text_of(client.user, MAX_FAILED_ACCOUNT),
            client_ip=client.address,
            mechanism=_named(client.mechanism),
            reason=refusal.reason,
            detail=text_of(refusal.words, MAX_DETAIL),
        )
        return EVENT

    def _service(self, writer: Writer, text: bytes) -> int:
        taken = text.find(_TAKEN)
        if taken >= 0:
            return self._taken(writer, text[:taken], text[taken + len(_TAKEN) :])
        if _REFUSED in text:
            return EVIDENCE
        ended = text.find(_ENDED)
        prefix = None if ended < 0 else _prefix_of(text[:ended])
        if prefix is None:
            return OTHER
        return EVIDENCE if self._memory.end(writer.host, names_of(prefix[2], prefix[1])) else OTHER

    def _taken(self, writer: Writer, head: bytes, rest: bytes) -> int:
        """Read a message that the relay took. The sender is the client's text; what counts stands behind it."""
        prefix = _prefix_of(head)
        end = rest.rfind(b">, size=")
        found = RELAYED.pattern.match(rest, end) if end >= 0 else None
        if prefix is None or found is None or not rest.startswith(_FROM):
            return UNKNOWN
        account, pid, named = prefix
        session = self._memory.known(writer.host, names_of(named, pid), self._micros)
        self._accepted.add(
            Message(
                self._micros, writer.host, found[2], b"%b %b" % (pid, named), account,
                session.client_ip if session else "", session.tls if session else TlsVersion.UNKNOWN,
                session.mechanism if session else UNKNOWN_MECHANISM, rest[len(_FROM) : end], int(found[1]),
                max(1, int(found[3])),
            )
        )  # fmt: skip
        return EVENT


def _named(mechanism: bytes) -> str:
    return text_of(mechanism.upper(), MAX_MECHANISM) or UNKNOWN_MECHANISM


def _prefix_of(head: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Return account, process and session out of `mail_log_prefix`, which ends before the first `: ` behind them."""
    end = head.find(b">: ")
    end = head.find(b"): ") if end < 0 else end
    found = PREFIX.pattern.match(head[: end + 1]) if end >= 0 else None
    return None if found is None else (found[1], found[2] or b"", found[3] or b"")
