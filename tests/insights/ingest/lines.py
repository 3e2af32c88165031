"""Lines of a Postfix server, for logs of a few messages whose every event a test knows."""

from __future__ import annotations

from datetime import datetime, timedelta

CIPHER = "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)"


def stamped(at: datetime, text: str, *, host: str = "mx") -> bytes:
    """Return a line as a server stamps it that knows no year."""
    return f"{at:%b} {at.day:2d} {at:%H:%M:%S} {host} {text}\n".encode()


def message(
    at: datetime,
    *,
    queue_id: str,
    account: str = "anna@acme.example",
    client_ip: str = "192.0.2.10",
    recipients: int = 1,
    pid: int = 100,
) -> bytes:
    """Return the five lines of a session with one message over TLS 1.3, all of one second."""
    peer, smtpd = f"unknown[{client_ip}]", f"postfix/submission/smtpd[{pid}]"
    texts = (
        f"{smtpd}: connect from {peer}",
        f"{smtpd}: Anonymous TLS connection established from {peer}: {CIPHER}",
        f"{smtpd}: {queue_id}: client={peer}, sasl_method=PLAIN, sasl_username={account}",
        f"postfix/qmgr[9]: {queue_id}: from=<{account}>, size=1000, nrcpt={recipients} (queue active)",
        f"{smtpd}: disconnect from {peer} ehlo=2 starttls=1 auth=1 mail=1 rcpt=1 data=1 quit=1 commands=8",
    )
    return b"".join(stamped(at, text) for text in texts)


def messages(at: datetime, count: int, *, every: timedelta = timedelta(minutes=1), first: int = 0) -> bytes:
    """Return the lines of `count` messages, one after the other, with queue ids from `first` on."""
    return b"".join(
        message(at + number * every, queue_id=f"{0xA00000 + first + number:X}") for number in range(count)
    )


def refused_login(
    at: datetime, *, account: str = "admin", client_ip: str = "203.0.113.9", pid: int = 200
) -> bytes:
    """Return the line of a refused login."""
    return stamped(
        at,
        f"postfix/submission/smtpd[{pid}]: warning: unknown[{client_ip}]: SASL LOGIN authentication failed:"
        f" (reason unavailable), sasl_username={account}",
    )
