"""Messages that Exim took over: the `<=` line, which alone tells all of a submission.

It is written once, when Exim is about to answer 250 (receive.c). `(= ` stands there instead when the client is told of
a rejection while the message is kept (`control = fakereject`).
"""

import re
from hashlib import blake2b
from typing import Final, NamedTuple

from insights.enums import TlsVersion
from insights.ingest.formats.exim.mechanisms import PROXY, mechanism_of
from insights.ingest.formats.exim.patterns import ARRIVED, ONE_ADDRESS, RECIPIENTS
from insights.ingest.formats.outcomes import EVENT, OTHER, UNKNOWN
from insights.ingest.record import (
    MAX_ACCOUNT,
    MAX_HOST,
    MAX_QUEUE_ID,
    MAX_SENDER,
    UNKNOWN_MECHANISM,
    SubmissionRecord,
)
from insights.ingest.texts import address_of, remembered, text_of

_SIZE: Final = b" S="
_AFTER_SIZE: Final = (
    b"id=", b"T=", b"for ", b"from <", b"M8S=", b"DKIM=", b"DMARC=", b"ARC", b"RT=", b"Q=", b"id*="
)  # fmt: skip
"""What the pattern wants behind the size, so that a line is cut where it cuts it, known client or not."""
_ESCAPED = re.compile(rb"(?:\\[23][0-7]{2})+")
_MAX_CLIENTS: Final = 20_000
_LONGEST_REMEMBERED: Final = 500
_LEAST_ID, _MOST_ID, _MOST_DIGITS = len(" Ci=") + 1, len(" Ci=") + 64, 5
"""What the pattern takes for a connection's id and a port."""
_TLS: Final = {
    **dict.fromkeys((b"SSLv3", b"SSL3", b"SSL3.0", b"SSL-3.0"), TlsVersion.SSL3),
    **dict.fromkeys((b"TLSv1", b"TLS1", b"TLS1.0", b"TLSv1.0", b"TLS-1.0"), TlsVersion.TLS1_0),
    **dict.fromkeys((b"TLSv1.1", b"TLS1.1", b"TLS-1.1"), TlsVersion.TLS1_1),
    **dict.fromkeys((b"TLSv1.2", b"TLS1.2", b"TLS-1.2"), TlsVersion.TLS1_2),
    **dict.fromkeys((b"TLSv1.3", b"TLS1.3", b"TLS-1.3"), TlsVersion.TLS1_3),
}
_WITHOUT_TLS: Final = frozenset(
    (b"smtp", b"esmtp", b"esmtpa", b"asmtp", b"utf8smtp", b"utf8esmtp", b"utf8esmtpa")
)
"""`P=` of a client over the network and without TLS; `asmtp` is that of Exim 4.30 and before."""
_new: Final = tuple.__new__  # a named tuple by position, without the call of its own __new__


class Client(NamedTuple):
    """What the fields before the size tell, which are the same for one message after the other."""

    sender: str
    account: str
    address: str
    tls: TlsVersion
    mechanism: str
    identity: bytes


class Arrivals:
    """Reads `<=` lines and collects the submissions of one feed; it remembers nothing between them.

    `micros` is the line's time, `host` the server as syslog names it; `cut` tells that syslog may have the rest of the
    line elsewhere.
    """

    def __init__(self, *, source_key: str) -> None:
        self.micros = 0
        self.host = b""
        self.cut = False
        self._base = blake2b(source_key.encode() + b"\0", digest_size=16)
        self._clients: dict[bytes, Client] = {}
        self._host = remembered(lambda raw: text_of(raw, MAX_HOST), {})
        self._records: list[SubmissionRecord] = []

    def read(self, line: bytes, start: int, at: int) -> int:
        """Read a line whose message id begins at `start` and whose fields begin at `at`; return its class."""
        end = line.find(_SIZE, at)
        fields = line[at:end]
        size, _, rest = line[end + 3 :].partition(b" ")
        whole = end > 0 and size.isdigit() and (not rest or rest.startswith(_AFTER_SIZE))
        key = _without_numbers(fields)
        client = self._clients.get(key) if whole else None
        if client is None:
            if whole and b" A=" not in fields and b'"' not in fields:
                return OTHER
            found = ARRIVED.pattern.match(line, at)
            if found is None:
                return UNKNOWN if b" A=" in line[at:] else OTHER
            if found[5] is None:
                return OTHER
            client, size, rest = _client(found), found[8], line[found.end() + 1 :]
            if (
                whole
                and found.start(8) == end + 3
                and b'"' not in fields
                and len(fields) <= _LONGEST_REMEMBERED
            ):
                if len(self._clients) >= _MAX_CLIENTS:
                    self._clients.clear()
                self._clients[key] = client
        queue_id = line[start : at - 4]
        if not queue_id.replace(b"-", b"").isalnum() or len(queue_id) > MAX_QUEUE_ID or len(size) > 15:
            return OTHER
        recipients, exact = _recipients(rest) if b"for " in rest else (1, False)
        digest = self._base.copy()
        digest.update(b"\0".join((self.host, queue_id, self.micros.to_bytes(8, "big"), client.identity)))
        self._records.append(
            _new(
                SubmissionRecord,
                (
                    digest.digest(), self.micros, self._host(self.host), queue_id.decode(), client.account,
                    client.sender, client.address, client.tls, client.mechanism, recipients,
                    exact and not self.cut, int(size) if size.isdigit() else None, 1, 0,
                ),
            )
        )  # fmt: skip
        return EVENT

    def taken(self) -> list[SubmissionRecord]:
        """Hand over what was collected."""
        taken, self._records = self._records, []
        return taken


def account_of(raw: bytes) -> bytes:
    r"""Undo the octal escapes that Exim writes for bytes beyond ASCII, where they are UTF-8.

    Other escapes stay as they are: a backslash is not doubled, so that `ACME\101` may be a name of its own.
    """
    return _ESCAPED.sub(_unescaped, raw) if b"\\" in raw else raw


def _unescaped(found: re.Match[bytes]) -> bytes:
    octets = bytes(int(code, 8) for code in found[0].split(b"\\")[1:])
    try:
        octets.decode()
    except UnicodeDecodeError:
        return found[0]
    return octets


def _without_numbers(fields: bytes) -> bytes:
    """Leave out the client's port and the connection's id, which are others for every message and tell nothing."""
    host = fields.find(b" H=")
    end = fields.find(b" P=", host)
    if host < 0 or end < 0 or fields.find(b" A=", host, end) >= 0:
        return fields
    port, connection = fields.find(b"]:", host, end), fields.find(b" Ci=", host, end)
    if (
        connection > 0
        and _LEAST_ID <= end - connection <= _MOST_ID
        and fields.find(b" ", connection + 1, end) < 0
    ):
        fields = fields[:connection] + fields[end:]
    after = fields.find(b" ", port)
    if 0 < port < after <= port + 2 + _MOST_DIGITS and fields[port + 2 : after].isdigit():
        fields = fields[: port + 1] + fields[after:]
    return fields


def _client(found: re.Match[bytes]) -> Client:
    sender, address, protocol, cipher, authenticator, account, proxy, _ = found.groups()
    name = authenticator.decode("ascii", "replace")
    account = account_of(_without_sender(account or b""))
    tls = TlsVersion.UNKNOWN
    if name != PROXY:
        if cipher is not None:
            tls = _TLS.get(cipher.partition(b":")[0], TlsVersion.UNKNOWN)
        elif protocol in _WITHOUT_TLS and proxy is None:
            tls = TlsVersion.NONE
    return Client(
        sender="" if sender == b"<>" else text_of(sender, MAX_SENDER),
        account=text_of(account, MAX_ACCOUNT),
        address=address_of(address or b""),
        tls=tls,
        mechanism=UNKNOWN_MECHANISM if name == PROXY else mechanism_of(name),
        identity=b"%b\0%b" % (account, address or b""),
    )


def _without_sender(account: bytes) -> bytes:
    """Leave out the sender of `MAIL … AUTH=`, which log_selector's smtp_mailauth adds after a colon."""
    name, _, sender = account.rpartition(b":")
    return name if name and b"@" in sender else account


def _recipients(rest: bytes) -> tuple[int, bool]:
    """Return how many recipients the end of a line names and whether these are all; (1, False) where it names none."""
    found = RECIPIENTS.pattern.match(b" " + rest)
    if found is None or not found[1]:
        return 1, False
    named = found[1]
    count = len(ONE_ADDRESS.pattern.findall(named)) if b'"' in named else len(named.split())
    return max(count, 1), count > 0 and not named.endswith(b"<trunc>")
