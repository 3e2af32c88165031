"""Write what the queue manager and the delivery agents log for a message that was accepted.

None of it is a submission again: retries repeat the queue manager's line, bounces and a content filter make
new queue ids without a login.
"""

from __future__ import annotations

from random import Random

from insights.demo.lines import Lines
from insights.demo.queue_ids import QueueIds
from insights.demo.sessions import Mail, Outcome
from insights.demo.stamps import MINUTE, SECOND

_REFUSED = "connect to mx.{0}[203.0.113.250]:25: Connection timed out"
_UNKNOWN_USER = (
    "host mx.{0}[203.0.113.249] said: 550 5.1.1 <{1}>: Recipient address rejected:"
    " User unknown in virtual mailbox table (in reply to RCPT TO command)"
)


class Deliveries:
    """The queue side of one server."""

    def __init__(self, *, lines: Lines, rng: Random, queue_ids: QueueIds, host: str) -> None:
        self._lines = lines
        self._rng = rng
        self._queue_ids = queue_ids
        self._host = host

    def queue(self, mail: Mail, *, queue_id: str, at: int, reinjects: bool) -> None:
        """Log a message's way from the active queue to its removal; `at` is the instant of `queue active`."""
        active = (
            f"{queue_id}: from=<{mail.sender}>, size={mail.size}, nrcpt={len(mail.recipients)} (queue active)"
        )
        self._lines.qmgr(at, active)
        if mail.outcome is Outcome.DEFERRED:
            end = self._defer(mail, queue_id=queue_id, at=at, active=active)
        elif mail.outcome is Outcome.BOUNCED:
            end = self._bounce(mail, queue_id=queue_id, at=at)
        elif reinjects:
            end = self._filter(mail, queue_id=queue_id, at=at)
        else:
            end = self._send(mail, queue_id=queue_id, since=at, at=at)
        self._lines.qmgr(end, f"{queue_id}: removed")

    def _delivery(self, at: int, queue_id: str, recipient: str, *, since: int, dsn: str, status: str) -> None:
        domain = recipient.rpartition("@")[2]
        delay = round((at - since) / SECOND + 0.08, 2)
        relay = "none" if dsn.startswith("4") else f"mx.{domain}[203.0.113.249]:25"
        self._lines.put(
            at,
            "smtp",
            f"{queue_id}: to=<{recipient}>, relay={relay}, delay={delay:g}, delays=0.08/0.01/0.2/{delay:g},"
            f" dsn={dsn}, status={status}",
        )

    def _send(self, mail: Mail, *, queue_id: str, since: int, at: int) -> int:
        at += self._rng.randrange(200_000, 2_500_000)
        for recipient in mail.recipients:
            self._delivery(
                at, queue_id, recipient, since=since, dsn="2.0.0", status="sent (250 2.0.0 Ok: queued)"
            )
            at += 4_000
        return at

    def _defer(self, mail: Mail, *, queue_id: str, at: int, active: str) -> int:
        since = at
        for _ in range(self._rng.randrange(1, 4)):
            at += 30 * SECOND
            for recipient in mail.recipients:
                reason = _REFUSED.format(recipient.rpartition("@")[2])
                self._delivery(
                    at, queue_id, recipient, since=since, dsn="4.4.1", status=f"deferred ({reason})"
                )
            at += self._rng.randrange(5 * MINUTE, 40 * MINUTE)
            self._lines.qmgr(at, active)
        return self._send(mail, queue_id=queue_id, since=since, at=at)

    def _bounce(self, mail: Mail, *, queue_id: str, at: int) -> int:
        since = at
        at += self._rng.randrange(200_000, 1_500_000)
        for recipient in mail.recipients:
            reason = _UNKNOWN_USER.format(recipient.rpartition("@")[2], recipient)
            self._delivery(at, queue_id, recipient, since=since, dsn="5.1.1", status=f"bounced ({reason})")
        if not mail.sender:
            return at + 2_000
        notice = self._queue_ids.make(at)
        at += 3_000
        self._lines.put(at, "cleanup", f"{notice}: message-id=<{at // SECOND}.{notice}@{self._host}>")
        self._lines.put(at + 1_000, "bounce", f"{queue_id}: sender non-delivery notification: {notice}")
        self._lines.qmgr(at + 2_000, f"{notice}: from=<>, size={mail.size + 2_200}, nrcpt=1 (queue active)")
        back = at + 300_000
        self._delivery(back, notice, mail.sender, since=at, dsn="2.0.0", status="sent (250 2.0.0 Ok: queued)")
        self._lines.qmgr(back + 1_000, f"{notice}: removed")
        return at + 3_000

    def _filter(self, mail: Mail, *, queue_id: str, at: int) -> int:
        """Log the detour through a content filter that hands the message back on a port without SASL."""
        back = at + self._rng.randrange(300_000, 1_400_000)
        second = self._queue_ids.make(back)
        pid = self._lines.loopback_pid()
        local = "localhost[127.0.0.1]"
        self._lines.put(back, "smtpd", f"connect from {local}", pid=pid)
        self._lines.put(back + 1_000, "smtpd", f"{second}: client={local}, orig_queue_id={queue_id}", pid=pid)
        self._lines.put(back + 2_000, "cleanup", f"{second}: message-id=<{second}.{queue_id}@{self._host}>")
        size = mail.size + 420
        text = f"{second}: from=<{mail.sender}>, size={size}, nrcpt={len(mail.recipients)} (queue active)"
        self._lines.qmgr(back + 9_000, text)
        gone = f"disconnect from {local} ehlo=1 mail=1 rcpt={len(mail.recipients)} data=1 quit=1"
        self._lines.put(back + 10_000, "smtpd", f"{gone} commands={len(mail.recipients) + 4}", pid=pid)
        for recipient in mail.recipients:
            self._lines.put(
                back + 11_000,
                "smtp",
                f"{queue_id}: to=<{recipient}>, relay=127.0.0.1[127.0.0.1]:10024, delay=0.9,"
                f" delays=0.1/0/0/0.8, dsn=2.0.0, status=sent"
                f" (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): queued as {second})",
            )
        end = self._send(mail, queue_id=second, since=back, at=back)
        self._lines.qmgr(end, f"{second}: removed")
        return back + 12_000
