"""Write very large Postfix logs fast, to measure with: eight lines a submission, three sessions at a time.

The lines have the same forms as those of `postfix_lines`; everything that happens rarely is missing here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from insights.enums import TlsVersion

LINES_A_SUBMISSION = 8
_STEPS_A_WRITE = 2_000
_PROCESSES = 60
_INODES = 4_096
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_VERSIONS = (
    (TlsVersion.TLS1_3, 55, "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519"),
    (TlsVersion.TLS1_2, 30, "TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits)"),
    (TlsVersion.TLS1_1, 6, "TLSv1.1 with cipher ECDHE-RSA-AES256-SHA (256/256 bits)"),
    (TlsVersion.TLS1_0, 9, "TLSv1 with cipher ECDHE-RSA-AES256-SHA (256/256 bits)"),
)
_MECHANISMS = ("PLAIN", "PLAIN", "PLAIN", "LOGIN", "XOAUTH2")


class _User(NamedTuple):
    account: str
    peer: str
    tls: TlsVersion
    cipher: str
    mechanism: str


@dataclass(frozen=True, slots=True)
class BulkTruth:
    """What a bulk log holds; days are those of the zone in which it is stamped, UTC."""

    submissions: int
    recipients: int
    size_bytes: int
    lines: int
    file_bytes: int
    accounts: int
    first_at: datetime
    last_at: datetime
    by_tls: dict[TlsVersion, int]
    by_mechanism: dict[str, int]
    by_day: dict[date, int]


def write_bulk(
    path: Path,
    *,
    start: datetime,
    seed: int,
    submissions: int = 200_000,
    users: int = 5_000,
    days: int = 30,
    host: str = "mail",
) -> BulkTruth:
    """Write the log to `path`, spread evenly over `days` from `start` (aware) on, in BSD stamps of UTC.

    Memory does not grow with the number of submissions. Each is a session of its own with one message to one
    recipient; all its lines are stamped within two steps after its first.
    """
    rng = Random(seed)
    cast = _users(rng, users)
    tally = _Tally()
    step = timedelta(days=days).total_seconds() / (submissions + 2)
    base = int(start.timestamp())
    nothing = _Session("", "", "")
    opened, mailed = nothing, nothing
    chunk: list[str] = []
    with path.open("wb") as out:
        for number in range(submissions + 2):
            head = f"{_stamp(base + int(number * step))} {host} postfix/"
            closed, mailed, opened = mailed, opened, nothing
            if number < submissions:
                user = cast[int(rng.random() * users)]
                size = 900 + int(rng.random() * 40_000)
                tally.add(user, size, base + int((number + 1) * step))
                opened = _session(user, size, number)
            text = f"{closed.end}{mailed.middle}{opened.begin}"
            chunk.append(text.replace("\t", head))
            if number % _STEPS_A_WRITE == 0:
                tally.file_bytes += out.write("".join(chunk).encode())
                chunk.clear()
        tally.file_bytes += out.write("".join(chunk).encode())
    return tally.truth()


class _Session(NamedTuple):
    """One session's lines in the three steps in which they are written; a tab stands for stamp and host."""

    begin: str
    middle: str
    end: str


def _session(user: _User, size: int, number: int) -> _Session:
    pid = 2_000 + number % _PROCESSES
    queue_id = f"{number * 7_919 % 1_000_000:05X}{0x246000 + number % _INODES:06X}"
    smtpd = f"\tsubmission/smtpd[{pid}]: "
    recipient = f"r{number % 977}@customer.example"
    relay = "relay=mx.customer.example[203.0.113.249]:25, delay=0.9, delays=0.1/0/0.3/0.5"
    return _Session(
        f"{smtpd}connect from {user.peer}\n"
        f"{smtpd}Anonymous TLS connection established from {user.peer}: {user.cipher}\n",
        f"{smtpd}{queue_id}: client={user.peer}, sasl_method={user.mechanism}, sasl_username={user.account}\n"
        f"\tcleanup[1800]: {queue_id}: message-id=<{number:x}.{size:x}@bulk.example>\n"
        f"\tqmgr[980]: {queue_id}: from=<{user.account}>, size={size}, nrcpt=1 (queue active)\n",
        f"{smtpd}disconnect from {user.peer} ehlo=2 starttls=1 auth=1 mail=1 rcpt=1 data=1 quit=1"
        " commands=8\n"
        f"\tsmtp[1900]: {queue_id}: to=<{recipient}>, {relay}, dsn=2.0.0,"
        " status=sent (250 2.0.0 Ok: queued)\n"
        f"\tqmgr[980]: {queue_id}: removed\n",
    )


def _stamp(second: int) -> str:
    at = datetime.fromtimestamp(second, tz=UTC)
    return f"{_MONTHS[at.month - 1]} {at.day:2d} {at.hour:02d}:{at.minute:02d}:{at.second:02d}"


def _users(rng: Random, count: int) -> list[_User]:
    """Draw the users; each has one address, one TLS version and one mechanism."""
    weights = [weight for _, weight, _ in _VERSIONS]
    found = []
    for number in range(count):
        tls, _, cipher = rng.choices(_VERSIONS, weights=weights)[0]
        address = f"2001:db8:{number // 256:x}:{number % 256:x}::{number % 97 + 1:x}"
        if number % 3:
            address = f"{('192.0.2', '198.51.100', '203.0.113')[number // 3 % 3]}.{number // 9 % 254 + 1}"
        name = f"user{number:05d}@bulk{number % 40}.example"
        found.append(_User(name, f"unknown[{address}]", tls, cipher, rng.choice(_MECHANISMS)))
    return found


class _Tally:
    """Count while writing."""

    def __init__(self) -> None:
        self.file_bytes = 0
        self._submissions = 0
        self._size = 0
        self._first: int | None = None
        self._last = 0
        self._accounts: set[str] = set()
        self._tls: Counter[TlsVersion] = Counter()
        self._mechanisms: Counter[str] = Counter()
        self._days: Counter[int] = Counter()

    def add(self, user: _User, size: int, second: int) -> None:
        """Count one submission, whose `client=` line has this second."""
        self._submissions += 1
        self._size += size
        self._first = second if self._first is None else self._first
        self._last = second
        self._accounts.add(user.account)
        self._tls[user.tls] += 1
        self._mechanisms[user.mechanism] += 1
        self._days[second // 86_400] += 1

    def truth(self) -> BulkTruth:
        """Give what was counted."""
        epoch = date(1970, 1, 1)
        return BulkTruth(
            submissions=self._submissions,
            recipients=self._submissions,
            size_bytes=self._size,
            lines=self._submissions * LINES_A_SUBMISSION,
            file_bytes=self.file_bytes,
            accounts=len(self._accounts),
            first_at=datetime.fromtimestamp(self._first or 0, tz=UTC),
            last_at=datetime.fromtimestamp(self._last, tz=UTC),
            by_tls=dict(self._tls),
            by_mechanism=dict(self._mechanisms),
            by_day={epoch + timedelta(days=day): count for day, count in sorted(self._days.items())},
        )
