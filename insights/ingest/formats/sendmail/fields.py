"""Takes Sendmail's lines apart: its escapes, the client in `relay=`, and the fields of a `from=` line."""

import re
from typing import Final, NamedTuple

from insights.enums import TlsVersion
from insights.ingest.formats.sendmail import patterns
from insights.ingest.texts import address_of

_ESCAPE: Final = re.compile(rb"\\([0-7]{3}|.)")
_NAMED: Final = {b"t": b"\t", b"n": b"\n", b"r": b"\r"}
_LONGEST_ADDRESS: Final = 64
_VERSIONS: Final = {
    b"SSLv3": TlsVersion.SSL3,
    b"TLSv1": TlsVersion.TLS1_0,
    b"TLSv1.1": TlsVersion.TLS1_1,
    b"TLSv1.2": TlsVersion.TLS1_2,
    b"TLSv1.3": TlsVersion.TLS1_3,
}


class From(NamedTuple):
    """A `from=` line: `is_whole` when the message was read to its end, which gives it a Message-ID."""

    sender: bytes
    size: int
    recipients: int
    is_whole: bool
    protocol: bytes
    relay: bytes


def plain(text: bytes) -> bytes:
    r"""Undo the escapes that Sendmail writes for bytes that do not print (`\303\266`, `\\`; str2prt)."""
    return _ESCAPE.sub(_unescaped, text) if b"\\" in text else text


def version_of(token: bytes) -> TlsVersion:
    """Return the version of a STARTTLS line.

    Until 8.14 the line names what the cipher suite began with and not the session (SSL_CIPHER_get_version):
    `TLSv1/SSLv3`, also beside suites of TLS 1.2, and `TLSv1.0` say nothing.
    """
    return _VERSIONS.get(token, TlsVersion.UNKNOWN)


def address_in(relay: bytes) -> str:
    """Return the address of a client, the last in brackets: `name [192.0.2.1] (may be forged)`; "" where none is."""
    end = relay.rfind(b"]")
    start = relay.rfind(b"[", 0, end) + 1 if end > 0 else 0
    return address_of(relay[start:end]) if start and end - start <= _LONGEST_ADDRESS else ""


def read_from(text: bytes) -> From | None:
    """Read `from=…, size=…, class=…, nrcpts=…[, msgid=…][, bodytype=…][, proto=…][, daemon=…], relay=…`.

    The client chooses sender and Message-ID, so that each may imitate what stands after it: a quoted sender is
    passed over as a whole, and what follows the Message-ID is looked for from the line's end.
    """
    body, found_relay, relay = plain(text).rpartition(b", relay=")
    quoted = patterns.QUOTED.pattern.match(body, 5) if body[5:7] == b'<"' else None
    counted = patterns.COUNTED.pattern.search(body, quoted.end() if quoted else 5)
    if not found_relay or counted is None:
        return None
    sender, rest = body[5 : counted.start()], body[counted.end() :]
    at = rest.rfind(b", proto=")
    protocol = b"" if at < 0 else rest[at + 8 :].partition(b",")[0]
    sender = sender[1:-1] if sender[:1] == b"<" and sender[-1:] == b">" else sender.removeprefix(b"<")
    size, recipients = counted.groups()
    return From(sender, int(size), int(recipients), rest[:8] == b", msgid=", protocol, relay)


def _unescaped(found: re.Match[bytes]) -> bytes:
    escaped = found[1]
    if len(escaped) == 3:
        return bytes((int(escaped, 8) & 0xFF,))
    return _NAMED.get(escaped, escaped)
