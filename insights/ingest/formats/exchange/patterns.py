"""The texts of Exchange's receive log that matter, each with texts it reads and texts it must not read.

Sources: Microsoft's page on protocol logging for the frame; logs that administrators published for the texts. Every
pattern is bounded or has one way to match, so that a hostile line costs no more than its length.
"""

import re

from insights.ingest.formats.forms import Form

SECURED = Form(
    re.compile(rb"TLS protocol (?:SP_PROT_((?:TLS|SSL)[0-9_]{1,8}?)_SERVER|(\d{1,9})) negotiation succeeded"),
    reads=(
        b"TLS protocol SP_PROT_TLS1_2_SERVER negotiation succeeded using bulk encryption algorithm CALG_AES_128",
        b"TLS protocol SP_PROT_TLS1_3_SERVER negotiation succeeded using bulk encryption algorithm CALG_AES_256",
        b"TLS protocol SP_PROT_SSL3_SERVER negotiation succeeded",
        b"TLS protocol 4096 negotiation succeeded using bulk encryption algorithm CALG_AES_256",
    ),
    leaves=(
        b"TLS negotiation failed with error SocketError",
        b"TLS protocol SP_PROT_TLS1_2_CLIENT negotiation succeeded",
    ),
)
"""Groups: the protocol's name, or its number where the server has no name for it."""

MECHANISM = Form(
    re.compile(rb"(?:AUTH|X-EXPS)[ =]([A-Za-z0-9_-]{1,64})(?= |$)", re.IGNORECASE),
    reads=(b"AUTH LOGIN", b"auth plain", b"AUTH NTLM TlRMTVNTUAAB", b"X-EXPS EXCHANGEAUTH", b"AUTH XOAUTH2"),
    leaves=(b"AUTH", b"AUTHOR X", b"AUTH  LOGIN", b"X-ANONYMOUSTLS"),
)
"""Group: the mechanism."""

FAILED = Form(
    re.compile(
        rb"Inbound (?:AUTH )?([A-Za-z0-9_-]{1,64})(?: authentication)? failed because of ([A-Za-z0-9_]{1,64})"
    ),
    reads=(
        b"Inbound AUTH LOGIN failed because of LogonDenied",
        b"Inbound AUTH NTLM failed because of LogonDenied",
        b"Inbound ExchangeAuth authentication failed because of UnknownCredentials",
    ),
    leaves=(b"Outbound AUTH LOGIN failed because of LogonDenied", b"Inbound AUTH LOGIN failed"),
)
"""Groups: mechanism, the server's word for the reason."""

USER_NAME = Form(
    re.compile(rb"User Name: ?(.{0,1024})", re.DOTALL),
    reads=(b"User Name: ann@acme.example", b"User Name: ACME\\ann", b"User Name:"),
    leaves=(b"UserName: ann", b"The User Name: ann"),
)
"""Group: what the client gave as its name."""

AUTHENTICATED_AS = Form(
    re.compile(rb"(?:SMTPSubmit .{0,4096}? )?authenticated as (.{1,1024})$", re.DOTALL),
    reads=(
        b"authenticated as ACME\\ann",
        b"SMTPSubmit SMTPAcceptAnyRecipient BypassAntiSpam authenticated as ann@acme.example",
    ),
    leaves=(b"authenticated", b"authenticated as ", b"not authenticated as ann"),
)
"""Group: the account."""

HANDED_ON = Form(
    re.compile(rb"Proxy session was successfully set up\. Session for ?(.{0,1024}?) will now be proxied"),
    reads=(
        b"Proxy session was successfully set up. Session forann@acme.example will now be proxied",
        b"Proxy session was successfully set up. Session for ACME\\ann will now be proxied",
    ),
    leaves=(
        b"Proxy session was successfully set up. Outbound session will now be proxied",
        b"Setting up client proxy session failed with error: 451 4.4.0 Temporary server error",
    ),
)
"""Group: the account, whose session a front end hands to a mailbox server."""

TAKES_OVER = Form(
    re.compile(rb"XPROXY (?:[A-Z]{1,32}=[^ ]{0,512} ){0,16}?SID=([0-9A-Fa-f]{1,32})(?= |$)", re.IGNORECASE),
    reads=(
        b"XPROXY SID=08DF000000000005 IP=192.0.2.70 PORT=50100 DOMAIN=pc.acme.example CAPABILITIES=0",
        b"XPROXY IP=192.0.2.70 SID=08DF000000000005",
    ),
    leaves=(
        b"XPROXYFROM SID=08DF000000000005 IP=192.0.2.70",
        b"XPROXYTO HOST=a",
        b"XPROXY SID= IP=192.0.2.70",
    ),
)
"""Group: the id that the session has at the front end."""

PROXIED_IP = Form(
    re.compile(rb"XPROXY (?:[A-Z]{1,32}=[^ ]{0,512} ){0,16}?IP=([^ ]{1,64})(?= |$)", re.IGNORECASE),
    reads=(b"XPROXY SID=08DF000000000005 IP=192.0.2.70 PORT=50100", b"XPROXY IP=[2001:db8::7]"),
    leaves=(b"XPROXY SID=08DF000000000005", b"XPROXY ZIP=1 SIP=2"),
)
"""Group: the client's address."""

SENDER = Form(
    re.compile(rb"MAIL FROM: ?(?:<([^>]{0,1024})>|([^ <]{1,1024})(?= |$))", re.IGNORECASE),
    reads=(
        b"MAIL FROM:<ann@acme.example>",
        b"MAIL FROM:<> SIZE=4096",
        b"mail from: <ann@acme.example> BODY=8BITMIME",
        b"MAIL FROM:ann@acme.example",
    ),
    leaves=(b"MAIL FROM:", b"RCPT TO:<ann@acme.example>", b"MAIL FROM:<ann@acme.example"),
)
"""Groups: the sender's address in angle brackets, or without them."""

CHUNK = Form(
    re.compile(rb"BDAT (\d{1,15})( LAST)?(?= |$)", re.IGNORECASE),
    reads=(b"BDAT 4096", b"BDAT 4096 LAST", b"bdat 0 last"),
    leaves=(b"BDAT", b"BDAT LAST", b"BDATA 1"),
)
"""Groups: bytes, whether it is the last."""

QUEUED = Form(
    re.compile(
        rb"250 2\.6\.0 (<[^>]{0,1024}>|[^ \[]{0,1024})(?: \[InternalId=(\d{1,20})[^\]]{0,512}\])?"
        rb"(?: (\d{1,15}) bytes in [^ ]{1,32} [0-9.]{1,16} [A-Za-z/]{1,8})? ?Queued mail for delivery"
    ),
    reads=(
        b"250 2.6.0 <1@pc.acme.example> [InternalId=3003, Hostname=EX1.acme.example] Queued mail for delivery",
        b"250 2.6.0 <1@pc.acme.example> [InternalId=110] Queued mail for delivery",
        b"250 2.6.0 <1@pc> [InternalId=7, Hostname=EX1] 1453 bytes in 0.194, 7.282 KB/sec Queued mail for delivery",
        b"250 2.6.0 <1@pc.acme.example> Queued mail for delivery",
    ),
    leaves=(
        b"250 2.6.0 CHUNK received OK, 4096 octets",
        b"250 2.1.0 Sender OK",
        b"550 5.7.1 <1@pc> Queued mail for delivery",
    ),
)
"""Groups: Message-ID, the server's own number of the message, its size."""

FORMS = {
    "SECURED": SECURED,
    "MECHANISM": MECHANISM,
    "FAILED": FAILED,
    "USER_NAME": USER_NAME,
    "AUTHENTICATED_AS": AUTHENTICATED_AS,
    "HANDED_ON": HANDED_ON,
    "TAKES_OVER": TAKES_OVER,
    "PROXIED_IP": PROXIED_IP,
    "SENDER": SENDER,
    "CHUNK": CHUNK,
    "QUEUED": QUEUED,
}
