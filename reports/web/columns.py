"""The columns of the pages' tables: the original report's first, in its order, then the further ones."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from insights.filters import View
from reports.web.grid import Column

_SENDER = Column("sender_address", _("Sender address"), "address")
_MESSAGES = Column("messages", _("Message count"), "count")
_LAST = Column("last_at", _("Last seen"), "when", _("The last message in these days"))

DETAILS: dict[View, tuple[Column, ...]] = {
    View.VOLUME: (
        _SENDER,
        _MESSAGES,
        Column("recipients", _("Recipients"), "count", _("Envelope recipients of these messages")),
        Column("accounts", _("Accounts"), "count", _("Accounts that used this sender address")),
        _LAST,
    ),
    View.TLS: (
        _SENDER,
        Column("tls_1_0", "TLS 1.0", "share"),
        Column("tls_1_1", "TLS 1.1", "share"),
        Column("tls_1_2", "TLS 1.2", "share"),
        Column("tls_1_3", "TLS 1.3", "share"),
        Column("tls_ssl3", "SSL 3", "share"),
        Column("tls_none", _("No TLS"), "share", _("The log shows that the session was not encrypted")),
        Column("tls_unknown", _("TLS unknown"), "share", _("The log does not say")),
        _MESSAGES,
    ),
    View.AUTH: (
        _SENDER,
        Column(
            "basic", _("Basic"), "share", _("A password is presented: PLAIN, LOGIN, CRAM-MD5 and the like")
        ),
        Column("oauth", _("OAuth"), "share", _("A token is presented: XOAUTH2, OAUTHBEARER")),
        Column("other", _("Other"), "share"),
        Column("auth_unknown", _("Unknown"), "share", _("The log does not say")),
        _MESSAGES,
    ),
}

CLIENTS = (
    Column("account", _("Account"), "address"),
    Column("client_ip", _("Client address"), "address"),
    Column("tls_version", _("TLS version"), "tls"),
    Column("mechanism", _("Mechanism"), "mechanism"),
    Column("messages", _("Message count"), "messages", _("Or the logins, where the source tells no message")),
    Column("recipients", _("Recipients"), "count", _("Envelope recipients of these messages")),
    Column("sender_addresses", _("Sender addresses"), "count", _("Different ones that this client used")),
    Column("first_at", _("First seen"), "when", _("The first message in these days")),
    _LAST,
)

FAILURES = (
    Column("account", _("User name as given"), "address"),
    Column("client_ip", _("Client address"), "address"),
    Column("mechanism", _("Mechanism"), "mechanism"),
    Column("reason", _("Reason"), "reason"),
    Column("failures", _("Failed logins"), "count"),
    Column("first_at", _("First seen"), "when", _("The first one in these days")),
    Column("last_at", _("Last seen"), "when", _("The last one in these days")),
)
