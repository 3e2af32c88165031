"""What a line of the login service tells of its client: the elements of `login_log_format_elements`."""

from typing import Final, NamedTuple

from insights.enums import TlsVersion
from insights.ingest.formats.dovecot.patterns import SECURITY

_VERSIONS: Final = {
    b"SSLv3": TlsVersion.SSL3,
    b"TLSv1": TlsVersion.TLS1_0,
    b"TLSv1.0": TlsVersion.TLS1_0,
    b"TLSv1.1": TlsVersion.TLS1_1,
    b"TLSv1.2": TlsVersion.TLS1_2,
    b"TLSv1.3": TlsVersion.TLS1_3,
}
_USER: Final = b"user=<"
_AFTER_USER: Final = (b">, method=", b">, rip=")
_MAX_NAME: Final = 2_000


class Client(NamedTuple):
    """A client of the login service. `tls` is None where the line has no word about TLS at all.

    `session` and `mail_pid` name the session in the lines of the service that the client was handed to.
    """

    user: bytes
    mechanism: bytes
    address: bytes
    session: bytes
    mail_pid: bytes
    tls: TlsVersion | None


def client_of(elements: bytes) -> Client:
    """Read the elements, each of which may be missing and stand anywhere.

    The name of a refused login is the client's text and may imitate the elements behind it: it ends where the last
    of them begins. `TLS` tells that there was TLS and not which; `secured` and `(proxied)` tell of a trusted network
    or a proxy in front, and nothing of how the client spoke to that.
    """
    before, user, after = _parted(elements)
    found = {b"method": b"", b"rip": b"", b"session": b"", b"mpid": b""}
    tls: TlsVersion | None = None
    for element in (*before.split(b", "), *after.split(b", ")):
        name, _, value = element.partition(b"=")
        if name in found:
            found[name] = value
        elif secured := SECURITY.pattern.match(element):
            version = _VERSIONS.get(secured[1] or b"", TlsVersion.UNKNOWN)
            tls = version if tls in (None, TlsVersion.UNKNOWN) else tls
    return Client(
        user[:_MAX_NAME],
        found[b"method"][:_MAX_NAME],
        found[b"rip"],
        found[b"session"].removeprefix(b"<").removesuffix(b">")[:_MAX_NAME],
        found[b"mpid"] if found[b"mpid"].isdigit() else b"",
        tls,
    )


def _parted(elements: bytes) -> tuple[bytes, bytes, bytes]:
    """Return what stands before the user, the user, and what stands behind."""
    start = elements.find(_USER)
    if start < 0:
        return elements, b"", b""
    begin = start + len(_USER)
    end = max(elements.rfind(mark, begin) for mark in _AFTER_USER)
    if end < 0:
        end = elements.find(b">, ", begin)
    if end < 0:
        end = elements.rfind(b">", begin)
    return (elements, b"", b"") if end < 0 else (elements[:start], elements[begin:end], elements[end + 1 :])
