"""Which servers wrote lines that tell of no login: by the names and forms that each uses alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Final

from insights.ingest.formats.entra.sign_ins import is_sign_in
from insights.ingest.formats.rfc5424 import plain_header
from insights.ingest.json_values import value_of
from insights.ingest.record import SkipReason
from insights.ingest.stamps import read_stamp

_LINES: Final = 5_000
_LONGEST: Final = 400
# What follows the stamp: host, then the tag of syslog; or, in Exim's own file, a message id and an arrow.
_FORMS: Final = {
    "postfix": re.compile(
        rb"[^ ]{1,255} [^ \[\]:]{1,64}/(?:smtpd|qmgr|cleanup|smtp|lmtp|local|pickup|bounce|anvil|master|virtual|pipe)"
        rb"\[\d{1,10}\]: "
    ),
    "exim": re.compile(
        rb"(?:[^ ]{1,255} exim4?(?:\[\d{1,10}\])?: )?"
        rb"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?(?: [+-]\d{4})? )?(?:\[\d{1,10}\] )?"
        rb"(?:[0-9A-Za-z]{6}-(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{11}-[0-9A-Za-z]{4})"
        rb" (?:(?:<=|=>|->|>>|\*>|\*\*|==) |Completed)|exim \d[^ ]{0,20} daemon started: |(?:Start|End) queue run: )"
    ),
    "sendmail": re.compile(
        rb"[^ ]{1,255} (?:sm-mta|sendmail|sm-msp-queue)\[\d{1,10}\]: [0-9A-Za-z]{12,20}: (?:from|to)="
    ),
    "opensmtpd": re.compile(rb"[^ ]{1,255} smtpd\[\d{1,10}\]: [0-9a-f]{16} (?:smtp|mta|mda) "),
    "dovecot": re.compile(rb"[^ ]{1,255} dovecot: submission(?:-login)?[(:<]"),
    "stalwart": re.compile(
        rb"(?:[^ ]{1,255} stalwart[^ ]{0,80}: \d{4}-\d\d-\d\dT[\d:]{8}Z )?(?:ERROR|WARN|INFO|DEBUG|TRACE) [^(]{1,120}"
        rb"\([a-z0-9-]{1,40}\.[a-z0-9-]{1,80}\)(?: |$)"
    ),
}


def quiet_servers(lines: Iterable[bytes]) -> list[str]:
    """Return the formats whose servers wrote at least one of the first lines."""
    found: set[str] = set()
    for line in islice(lines, _LINES):
        text = _after_stamp(line[:_LONGEST])
        found.update(name for name, form in _FORMS.items() if name not in found and form.match(text))
    return [name for name in _FORMS if name in found]


def quiet_records(lines: Iterable[bytes]) -> list[str]:
    """Return the formats of which at least one of the first lines is a record, of whatever client."""
    return ["entra"] if any(is_sign_in(value_of(line)) for line in islice(lines, _LINES)) else []


def _after_stamp(line: bytes) -> bytes:
    stamp = read_stamp(line)
    if isinstance(stamp, SkipReason):
        return b""
    text = line[stamp.end :]
    return (plain_header(text) or b"") if stamp.rfc5424 else text
