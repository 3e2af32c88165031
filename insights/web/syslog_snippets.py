"""Texts to paste into rsyslog and syslog-ng so that they send over syslog, with the key in each message."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from insights.models import SyslogListener
from insights.web.snippets import NO_KEY, Endpoint, Kit, Snippet

_TEXTS: Final = Path(__file__).parent / "snippet_texts"
_EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared, not listened at
_RSYSLOG_NEEDS: Final = "\n# It needs Debian's package rsyslog-openssl."
_RSYSLOG_TLS: Final = """
  StreamDriver="ossl" StreamDriverMode="1" StreamDriverAuthMode="x509/name"
  StreamDriver.CAFile="/etc/ssl/certs/ca-certificates.crt" StreamDriverPermittedPeers="@SYSLOG_HOST@\""""
_SYSLOG_NG_TLS: Final = """
    tls(ca-file("/etc/ssl/certs/ca-certificates.crt") peer-verify(required-trusted) sni(yes))"""
_NOTE_TLS: Final = _(
    "Over TLS. The sender is made to wait while lines are stored, and keeps them in its queue while the listener is"
    " away."
)
_NOTE_PLAIN: Final = _(
    "In the clear, so that whoever is between can read the log and the key: only for a network that is yours."
)


class Place(NamedTuple):
    """Where a listener is reached from elsewhere."""

    host: str
    port: int
    is_tls: bool


def place_of(listeners: Sequence[SyslogListener], *, site: str) -> Place | None:
    """Return where to send: TLS before TCP; None where neither is taken. UDP loses lines and is not proposed.

    A listener at every address is reached under the name of the site.
    """
    for protocol in ("tls", "tcp"):
        for one in listeners:
            parts = urlsplit(one.address)
            if parts.scheme == protocol and parts.hostname and parts.port:
                host = (urlsplit(site).hostname or "") if parts.hostname in _EVERYWHERE else parts.hostname
                return Place(host, parts.port, protocol == "tls")
    return None


def syslog_kits(endpoint: Endpoint, place: Place, key: str = NO_KEY) -> list[Kit]:
    """Return the texts for what speaks syslog."""
    note: str | Promise = _NOTE_TLS if place.is_tls else _NOTE_PLAIN
    value = structured(endpoint.source)
    words = {"@SYSLOG_HOST@": place.host, "@SYSLOG_PORT@": str(place.port), "@KEY@": key}
    # rsyslog reads backslashes twice; syslog-ng writes the escapes of RFC 5424 itself.
    rsyslog = {
        "@TLS_NEEDS@": _RSYSLOG_NEEDS if place.is_tls else "",
        "@TLS_OPTIONS@": _RSYSLOG_TLS if place.is_tls else "",
        "@SOURCE@": _quoted(value.replace("\\", "\\" * 4)),
    }
    syslog_ng = {
        "@TLS_OPTIONS@": _SYSLOG_NG_TLS if place.is_tls else "",
        "@TRANSPORT@": "tls" if place.is_tls else "tcp",
        "@SOURCE@": _quoted(endpoint.source.replace("\\", "\\\\")).replace("$", "$$"),
    }
    return [
        Kit(
            "rsyslog-syslog",
            _("rsyslog by syslog"),
            note,
            [Snippet("omfwd", "", _filled("rsyslog_omfwd.conf", rsyslog | words))],
        ),
        Kit(
            "syslog-ng",
            "syslog-ng",
            note,
            [Snippet("syslog-ng", "", _filled("syslog_ng.conf", syslog_ng | words))],
        ),
    ]


def structured(text: str) -> str:
    """Return text as the value of a parameter of structured data (RFC 5424, 6.3.3)."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")


def _quoted(text: str) -> str:
    return text.replace('"', '\\"')


def _filled(file_name: str, words: dict[str, str]) -> str:
    filled = (_TEXTS / f"{file_name}.txt").read_text()
    for placeholder, word in words.items():
        filled = filled.replace(placeholder, word)
    return filled
