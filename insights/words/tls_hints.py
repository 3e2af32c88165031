"""What makes a mail server's log tell the TLS version of every session, by log format."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TLS_HINT_BELOW: Final = 0.95
"""The share of messages with a known version below which the hint is given."""


class TlsHint(NamedTuple):
    """Words that end in a colon, and the setting that follows them."""

    words: str | Promise
    setting: str


_HINTS: Final = {
    "postfix": TlsHint(
        _("Postfix writes it for every connection with this line in main.cf:"), "smtpd_tls_loglevel = 1"
    ),
    "exim": TlsHint(
        _(
            "Exim writes it for every message unless the setting log_selector leaves it out; add this to that"
            " setting:"
        ),
        "+tls_cipher",
    ),
    "sendmail": TlsHint(
        _(
            "Sendmail writes it for every connection from version 8.15 on, with this log level or a higher one in"
            " sendmail.mc:"
        ),
        "define(`confLOG_LEVEL', `9')dnl",
    ),
    "dovecot": TlsHint(
        _("Dovecot writes it for every login with this line in dovecot.conf, in versions 2.3 and 2.4 alike:"),
        "login_log_format_elements = user=<%{user}> method=%{mechanism} rip=%{remote_ip} lip=%{local_ip}"
        " mpid=%{mail_pid} %{secured} %{ssl_security} session=<%{session}>",
    ),
    "haraka": TlsHint(
        _(
            "Haraka writes it for every STARTTLS, though not on port 465, with this level or a finer one in log.ini:"
        ),
        "level=info",
    ),
    "kumomta": TlsHint(_("KumoMTA writes it for every message from this version on:"), "2025.10.06-5ec871ab"),
    "stalwart": TlsHint(
        _(
            "Stalwart writes it for every STARTTLS, though not on ports where TLS comes first (465), with this level"
            " of its log or a finer one:"
        ),
        "info",
    ),
    "mixed": TlsHint(
        _("Where Postfix is among them, it writes it for every connection with this line in main.cf:"),
        "smtpd_tls_loglevel = 1",
    ),
}


def tls_hint(log_format: str, *, known: int, messages: int) -> TlsHint | None:
    """Return what would make the log tell more, None where it tells enough or nothing can be done."""
    return _HINTS.get(log_format) if known < TLS_HINT_BELOW * messages else None
