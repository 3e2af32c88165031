"""The forms of Stalwart's text lines: `STAMP LEVEL Description (event.name) key = value, key = value`.

Source: crates/trc/src/serializers/text.rs of Stalwart 0.9 to 0.16. Values of text stand in quotes and have their line
ends and backslashes escaped, but not their quotes; words of the server's own had no quotes before 0.16. So nothing
behind foreign text is believed, unless the whole rest of the line has the one form that the server gives it. The keys
of the connection come first and hold nothing foreign.
"""

import re
from typing import Final

from insights.ingest.formats.forms import Form

_OWN = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (?:ERROR|WARN|INFO|DEBUG|TRACE) "

_RUNTIME = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}(?:Z|[+-]\d\d:\d\d) "

BEFORE = Form(
    re.compile(
        rb"(?:(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.+Z-]{8,22})"
        rb" [^ ]{1,255} stalwart[\w.-]{0,60}(?:\[\d{1,10}\])?: |<\d{1,3}>1 [^ ]{1,40} [^ ]{1,255} stalwart[\w.-]{0,60}"
        rb" [^ ]{1,128} [^ ]{1,32} - |[\w.-]{1,64} {1,20}\| (?:" + _RUNTIME + rb")?"
        rb"|" + _RUNTIME + rb"(?:std(?:out|err) F )?)(?=" + _OWN + rb")"
    ),
    reads=(
        b"Nov 20 10:00:00 mail stalwart[71]: 2026-11-20T10:00:00Z INFO x (a.b) ",
        b"<30>1 2026-11-20T10:00:00.1Z mail stalwart-mail 71 - - 2026-11-20T10:00:00Z INFO x (a.b) ",
        b"2026-11-20T10:00:00.123456+01:00 mail stalwart: 2026-11-20T09:00:00Z WARN x (a.b) ",
        b"stalwart-1  | 2026-11-20T10:00:00Z INFO x (a.b) ",
        b"stalwart-1  | 2026-11-20T10:00:00.123456789Z 2026-11-20T10:00:00Z INFO x (a.b) ",
        b"2026-11-20T10:00:00.123456789Z 2026-11-20T10:00:00Z INFO x (a.b) ",
        b"2026-11-20T10:00:00.123456789+01:00 stdout F 2026-11-20T10:00:00Z INFO x (a.b) ",
    ),
    leaves=(
        b"2026-11-20T10:00:00Z INFO x (a.b) ",
        b"Nov 20 10:00:00 mail other[71]: 2026-11-20T10:00:00Z INFO x (a.b) ",
        b"Nov 20 10:00:00 mail stalwart[71]: INFO x (a.b) ",
    ),
)
"""What syslog, the journal or a container's runtime writes before Stalwart's own stamp."""

COLOUR = Form(
    re.compile(rb"\x1b\[\d{1,2}(?:;\d{1,2}){0,2}m"),
    reads=(b"\x1b[37m", b"\x1b[32;1m", b"\x1b[0m"),
    leaves=(b"\x1b[2J", b"[37m"),
)

HEAD = Form(
    re.compile(rb"(?:ERROR|WARN|INFO|DEBUG|TRACE) [^(]{1,120}\(([a-z0-9-]{1,40}\.[a-z0-9-]{1,80})\)( |$)"),
    reads=(
        b'INFO TLS handshake (tls.handshake) listenerId = "smtp"',
        b"INFO Queued message submission for delivery (queue.authenticated-message-queued) ",
        b"DEBUG SMTP connection started (smtp.connection-start)",
    ),
    leaves=(b"INFO stalwart: started", b"INFO a (b) ", b"NOTICE a (b.c) "),
)

PEER = Form(
    re.compile(
        rb'(?:listenerId = "([^"]{0,100})", )?localPort = (\d{1,5}), remoteIp = ([0-9a-fA-F.:]{2,45}),'
        rb" remotePort = (\d{1,5})(?:, |$)"
    ),
    reads=(
        b'listenerId = "smtp", localPort = 25, remoteIp = 192.0.2.4, remotePort = 38509, listenerId = "smtp"',
        b"localPort = 587, remoteIp = 2001:db8::7, remotePort = 1",
    ),
    leaves=(
        b'accountName = "a", localPort = 25, remoteIp = 192.0.2.4, remotePort = 3',
        b"localPort = 25, remoteIp = x",
    ),
)

_MORE = rb'(?:, [A-Za-z0-9]{1,30} = (?:"[^"]*+"|[^", ][^",]{0,60}))*+$'

ACCOUNT = Form(
    re.compile(rb'accountName = "([^"]*+)"' + _MORE),
    reads=(
        b'accountName = "ann@acme.example"',
        b'accountName = "ann@acme.example", accountId = 7, id = 3, details = "Authenticated with app password"',
        b'accountName = "bob", accountId = 7, type = "individual"',
    ),
    leaves=(b'accountName = "a"b@acme.example", accountId = 7', b'accountId = 7, accountName = "x"'),
)
"""The whole of what a login says. A name with a quote in it is not believed."""

TYPED = Form(
    re.compile(rb'(?:.{0,400}?, )??accountName = "([^"]*)'),
    reads=(
        b'accountName = "ann", accountId = 7',
        b'details = "x", accountName = "ann"',
        b'accountName = "a" b"',
    ),
    leaves=(b'reason = "x"', b'oldAccountName = "x"'),
)
"""The name of a refused login is foreign text whatever it is: it is read up to its first quote."""

REASON = Form(
    re.compile(rb'(?:.{0,400}?, )??reason = (?:"([^"]*)|([^",]{1,100}))'),
    reads=(
        b'reason = "Account not found", remoteIp = 192.0.2.4',
        b'accountName = "a", reason = "x"',
        b"reason = Account not found",
    ),
    leaves=(b'accountName = "a"',),
)

VERSION = Form(
    re.compile(rb'(?:listenerId = "[^"]{0,100}", )?version = "(TLSv1_[0-3])", '),
    reads=(
        b'listenerId = "smtp", version = "TLSv1_2", details = "TLS_X"',
        b'version = "TLSv1_3", details = "x"',
    ),
    leaves=(b'details = "x", version = "TLSv1_2", ', b'version = "TLSv1_9", '),
)

AUTH = Form(
    re.compile(rb'size = \d{1,9}, contents = "(?i:AUTH) ([A-Za-z0-9-]{1,20})(?: |\\r)'),
    reads=(
        b'size = 40, contents = "AUTH PLAIN AGFubgBzZWNyZXQ=\\r\\n"',
        b'size = 12, contents = "auth login\\r\\n"',
    ),
    leaves=(b'size = 40, contents = "EHLO AUTH PLAIN x"', b'contents = "AUTH PLAIN x"'),
)

QUEUED = Form(
    re.compile(
        rb'queueId = (\d{1,20}), from = (.*)"\], size = (\d{1,15})'
        rb"(?:, [A-Za-z]{1,20} = (?:\(null\)|[0-9TZ:+.-]{1,40})){0,8}+$"
    ),
    reads=(
        b'queueId = 313394020497752067, from = "ann@acme.example", to = ["x@rcpt.example"], size = 1543',
        b'queueId = 3, from = "a", to = ["x"], size = 1, nextRetry = 2026-11-20T10:00:00Z, nextDsn = (null)',
        b'queueId = 3, from = "<>", to = ["x@rcpt.example", "y@rcpt.example"], size = 1',
        b'queueId = 3, from = <>, to = ["x@rcpt.example"], size = 1',
    ),
    leaves=(
        b'queueId = 3, from = "a", to = ["x"], size = 1, details = "x"',
        b'queueId = 3, from = "a", to = [], size = 1',
        b'from = "a", to = ["x"], size = 1',
    ),
)
"""The first group is the server's, the last two the server's again; between them stand sender and recipients."""

QUOTED = Form(
    re.compile(rb'(?:"[^"]{0,200}"@)?[^"]{1,320}$'),
    reads=(b"ann@acme.example", b'"john doe"@acme.example'),
    leaves=(b'"john', b'doe"@acme.example', b'a", "b@x', b""),
)
"""An address that is whole: quotes stand around its local part or nowhere."""

FORMS: Final = {
    "BEFORE": BEFORE, "COLOUR": COLOUR, "HEAD": HEAD, "PEER": PEER, "ACCOUNT": ACCOUNT, "TYPED": TYPED,
    "REASON": REASON, "VERSION": VERSION, "AUTH": AUTH, "QUEUED": QUEUED, "QUOTED": QUOTED,
}  # fmt: skip
