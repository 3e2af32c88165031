"""Write the lines that Postfix logs for a session, and note beside them what a reader should find.

The forms follow smtpd.c, tls_misc.c, cleanup_message.c and opened.c of Postfix 3.7 to 3.9 as a server with
`smtpd_tls_loglevel = 1` writes them. Lines are collected with their instant and sorted by the caller, so that
sessions, deliveries and retries interleave as they do in life.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from insights.demo.deliveries import Deliveries
from insights.demo.lines import Lines
from insights.demo.processes import Process, Processes
from insights.demo.queue_ids import QueueIds, QueueIdStyle
from insights.demo.sessions import Login, Mail, Outcome, Service, Session
from insights.demo.stamps import SECOND, StampStyle, moment
from insights.demo.truth import FailureTruth, SubmissionTruth
from insights.enums import FailureReason, TlsVersion

CLIENT_AFTER = 350_000
"""From the connect to the first `client=` line of a session without refused logins, in microseconds."""

_TLS = {
    TlsVersion.SSL3: "SSLv3 with cipher AES128-SHA (128/128 bits)",
    TlsVersion.TLS1_0: "TLSv1 with cipher ECDHE-RSA-AES256-SHA (256/256 bits)",
    TlsVersion.TLS1_1: "TLSv1.1 with cipher ECDHE-RSA-AES256-SHA (256/256 bits)",
    TlsVersion.TLS1_2: "TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits)",
    TlsVersion.TLS1_3: (
        "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519"
        " server-signature RSA-PSS (2048 bits) server-digest SHA256"
    ),
}
_UNANSWERED = {
    FailureReason.MECHANISM_NOT_OFFERED: "Invalid authentication mechanism",
    FailureReason.SERVER_FAULT: "Connection lost to authentication server",
}
"""Reasons of Postfix' own: the user name comes with the authentication server's answer, which is missing."""


@dataclass(frozen=True, slots=True)
class LogStyle:
    """How one server writes its log."""

    host: str
    zone: ZoneInfo
    stamp: StampStyle = StampStyle.BSD
    syslog_name: str = "postfix"
    queue_ids: QueueIdStyle = QueueIdStyle.SHORT
    logs_tls: bool = True
    """`smtpd_tls_loglevel = 1`; its default of 0 leaves every TLS version unknown."""
    names_failures: bool = True
    """The user name on lines of refused logins, as Postfix 3.8.3 and later write it."""
    repeats: bool = False
    """rsyslog's `message repeated N times`."""
    reinjects: bool = False
    """A content filter behind port 10024 gives each message a second queue id."""


class Accepted(NamedTuple):
    """A submission and the instant of the line that decides that it counts."""

    at: int
    truth: SubmissionTruth


class Failed(NamedTuple):
    """A refused login and the instant of its line."""

    at: int
    truth: FailureTruth


class PostfixLog:
    """One server's log, session by session; sessions must come in the order of their connects."""

    def __init__(self, *, style: LogStyle, rng: Random, processes: Processes, queue_ids: QueueIds) -> None:
        self._style = style
        self._rng = rng
        self._processes = processes
        self._queue_ids = queue_ids
        self.lines = Lines(host=style.host, syslog_name=style.syslog_name, processes=processes)
        self._deliveries = Deliveries(lines=self.lines, rng=rng, queue_ids=queue_ids, host=style.host)
        self.accepted: list[Accepted] = []
        self.failed: list[Failed] = []

    def start(self, at: int) -> None:
        """Log the start of the mail system."""
        self.lines.put(at, "postfix-script", "starting the Postfix mail system")
        self.lines.put(at + 40_000, "master", "daemon started -- version 3.8.6, configuration /etc/postfix")

    def play(self, session: Session) -> None:
        """Log a whole session with everything that follows from it."""
        client = session.client
        smtpd = "smtpd" if client.service is Service.MX else f"{client.service}/smtpd"
        process = self._processes.take(smtpd, session.at)
        peer = f"{client.host}[{client.address}]"
        self.lines.put(session.at, smtpd, f"connect from {peer}", pid=process.pid)
        if client.tls in _TLS and self._style.logs_tls:
            greeting = f"Anonymous TLS connection established from {peer}: {_TLS[client.tls]}"
            self.lines.put(session.at + 60_000, smtpd, greeting, pid=process.pid)
        at = session.at + CLIENT_AFTER
        if session.failures:
            at = self._refuse_logins(session, at=at, smtpd=smtpd, peer=peer, pid=process.pid)
        for mail in session.mails:
            at = self._take_mail(mail, session, at=at, smtpd=smtpd, process=process)
        gone = bool(session.failures) and not session.mails
        self.lines.put(
            at, smtpd, f"disconnect from {peer} {_commands(session, quits=not gone)}", pid=process.pid
        )
        process.free_at = at

    def _refuse_logins(self, session: Session, *, at: int, smtpd: str, peer: str, pid: int) -> int:
        repeated = self._style.repeats and len(session.failures) > 2 and len(set(session.failures)) == 1
        for number, login in enumerate(session.failures):
            text = f"warning: {peer}: {self._refusal(login)}"
            if not repeated or number == 0:
                self.lines.put(at, smtpd, text, pid=pid)
            elif number == len(session.failures) - 1:
                self.lines.put(at, smtpd, f"message repeated {number} times: [ {text}]", pid=pid)
            self.failed.append(Failed(at, self._failure(login, session, at)))
            at += 1_000 if repeated else session.pause
        if not session.mails:
            self.lines.put(at + 90_000, smtpd, f"lost connection after AUTH from {peer}", pid=pid)
        return at + 150_000

    def _refusal(self, login: Login) -> str:
        failed = f"SASL {login.mechanism} authentication failed:"
        if login.reason is FailureReason.CANCELLED:
            return f"SASL {login.mechanism} authentication aborted"
        if login.reason in _UNANSWERED:
            unnamed = ", sasl_username=(unavailable)" if self._style.names_failures else ""
            return f"{failed} {_UNANSWERED[login.reason]}{unnamed}"
        if self._style.names_failures:
            return f"{failed} (reason unavailable), sasl_username={login.account}"
        return f"{failed} {'UGFzc3dvcmQ6' if login.mechanism == 'LOGIN' else 'authentication failure'}"

    def _failure(self, login: Login, session: Session, at: int) -> FailureTruth:
        named = self._style.names_failures and login.reason is FailureReason.WRONG_CREDENTIALS
        return FailureTruth(
            occurred_at=moment(at),
            account=login.account if named else "",
            client_ip=session.client.address,
            mechanism=login.mechanism,
            reason=login.reason,
        )

    def _take_mail(self, mail: Mail, session: Session, *, at: int, smtpd: str, process: Process) -> int:
        """Log one message from its first recipient on and give the instant of the session's next step."""
        client = session.client
        peer = f"{client.host}[{client.address}]"
        queue_id = self._queue_ids.make(at)
        login = f", sasl_method={client.mechanism}, sasl_username={client.account}" if client.account else ""
        self.lines.put(at, smtpd, f"{queue_id}: client={peer}{login}", pid=process.pid)
        stored = at + self._rng.randrange(20_000, 90_000) + min(mail.size // 20, 3 * SECOND)
        if mail.outcome is Outcome.DROPPED:
            self.lines.put(
                stored, smtpd, f"lost connection after DATA ({mail.size} bytes) from {peer}", pid=process.pid
            )
            return stored + 1_000
        message_id = f"<{self._rng.getrandbits(48):012x}.{at // SECOND:x}@{client.host}>"
        self.lines.put(at + 15_000, "cleanup", f"{queue_id}: message-id={message_id}")
        if mail.outcome in _CLEANUP_WORDS:
            word, reply = _CLEANUP_WORDS[mail.outcome]
            stored = at + 18_000
            self.lines.put(
                stored,
                "cleanup",
                f"{queue_id}: {word}: header Subject: Monthly statement from {peer}; from=<{mail.sender}>"
                f" to=<{mail.recipients[0]}> proto=ESMTP helo=<{client.host}>: {reply}",
            )
        else:
            self._deliveries.queue(mail, queue_id=queue_id, at=stored, reinjects=self._style.reinjects)
        if client.account and mail.outcome is not Outcome.REFUSED:
            self._accept(mail, session, at=stored)
        return stored + self._rng.randrange(150_000, 900_000)

    def _accept(self, mail: Mail, session: Session, *, at: int) -> None:
        client = session.client
        queued = mail.outcome not in _CLEANUP_WORDS
        truth = SubmissionTruth(
            occurred_at=moment(at),
            account=client.account,
            sender=mail.sender,
            tls=client.tls if self._style.logs_tls else TlsVersion.UNKNOWN,
            mechanism=client.mechanism,
            client_ip=client.address,
            recipients=len(mail.recipients) if queued else 1,
            recipients_exact=queued,
            size=mail.size if queued else None,
        )
        self.accepted.append(Accepted(at, truth))


_CLEANUP_WORDS = {
    Outcome.HELD: ("hold", "held for review"),
    Outcome.DISCARDED: ("discard", "policy"),
    Outcome.REFUSED: ("reject", "5.7.1 message content rejected"),
}


def _commands(session: Session, *, quits: bool) -> str:
    """Give the counts of commands on the disconnect line (Postfix 3.0 on), successes before a slash."""
    starttls = session.client.tls is not TlsVersion.NONE and session.client.service is not Service.SMTPS
    mails = len(session.mails)
    done = sum(1 for mail in session.mails if mail.outcome not in (Outcome.REFUSED, Outcome.DROPPED))
    recipients = sum(len(mail.recipients) for mail in session.mails)
    logins = 1 if mails and session.client.account else 0
    counts = [
        ("ehlo", 2 if starttls else 1, 2 if starttls else 1),
        ("starttls", int(starttls), int(starttls)),
        ("auth", logins, logins + len(session.failures)),
        ("mail", mails, mails),
        ("rcpt", recipients, recipients),
        ("data", done, mails),
        ("quit", int(quits), int(quits)),
    ]
    counts.append(("commands", sum(good for _, good, _ in counts), sum(every for _, _, every in counts)))
    return " ".join(
        f"{name}={good}" if good == every else f"{name}={good}/{every}"
        for name, good, every in counts
        if every
    )
