"""The texts of Exim lines that matter, each with lines it reads and lines it must not read.

Sources: receive.c (`<=`), smtp_in.c (refusals), host.c (`H=`), log.c (frames), all of 4.99. Every pattern is bounded
or has one way to match, so that a hostile line costs no more than its length.
"""

import re

from insights.ingest.formats.forms import Form

_HOST = rb"(?:[^ ()\[\]]{1,255} )?(?:\(.{0,600}?\) )?\[([^\[\] ]{1,64})\](?::\d{1,5})?"
_WHERE = rb"(?: I=\[[^\] ]{1,64}\](?::\d{1,5})?)?(?: TFO\*?)?(?: U=[^ ]{1,128})?(?: Ci=[^ ]{1,64})?"
_CERTIFICATE = rb'(?: CV=[^ ]{1,16})?(?: DN="[^"]{0,2048}")?(?: SNI=[^ ]{1,512})?'
_ADDRESS = rb'(?:[^" ]++|"(?:[^"\\]++|\\.)*+")++'
_FIELD_AFTER_SIZE = rb"(?=$| (?:(?:M8S|DKIM|DMARC|RT|Q|id\*?|T)=|ARC|from <|for ))"

ARRIVED = Form(
    re.compile(
        rb"(" + _ADDRESS + rb")(?: R=[^ ]{1,256})?(?: DS)?(?: H=" + _HOST + rb")?" + _WHERE + rb"(?: P=([^ ]{1,64}))?"
        rb"(?: L[*.]?-?)?(?: SPF=[^ ]{1,512})?(?: X=([^ ]{1,512}))?" + _CERTIFICATE
        + rb"(?: A=([^ :]{1,64})(?::(.{0,2000}?))?)?(?: PRDR)?(?: PRX=([^ ]{1,128}))?(?: K)? S=(\d{1,15}|sss)"
        + _FIELD_AFTER_SIZE
    ),
    reads=(
        (b"ann@acme.example H=pc.acme.example ([10.0.0.5]) [192.0.2.10]:50123 I=[192.0.2.1]:587 Ci=31337 P=esmtpsa "
        b"L. X=TLS1.3:TLS_AES_256_GCM_SHA384:256* CV=no SNI=mail.acme.example A=dovecot_login:ann@acme.example "
        b'PRDR PRX=192.0.2.2 K S=2841 M8S=8 DKIM=acme.example RT=0.213s Q=fast id=1@pc T="Hi S=1" for bob@b.example'),
        b"<> H=(printer) [2001:db8::7] P=esmtpa A=plain:scan S=391",
        b"<> R=1xVd04-0001NP-2Q U=Debian-exim P=local S=4115",
        b"ann@acme.example H=(pc) [192.0.2.10] P=esmtpa A=plain:ann S=sss for bob@b.example",
        b'"a b H=x [1.2.3.4]"@acme.example H=[192.0.2.3] P=utf8esmtpsa X=TLS1.2:ECDHE:256 A=login:a b S=1 id=x@y',
    ),
    leaves=(
        b"ann@acme.example H=pc.acme.example P=esmtpa A=plain:ann S=391",
        b"ann@acme.example H=[192.0.2.10] P=esmtpa A=plain:ann",
        b'"ann@acme.example H=[192.0.2.10] P=esmtpa A=plain:ann S=391',
    ),
)  # fmt: skip
"""Groups: sender, client address, protocol, TLS cipher, authenticator, its id, proxy, size (`sss` in the logs of Exim's
own test suite, which blots sizes out)."""

RECIPIENTS = Form(
    re.compile(
        rb'(?:(?! T="| id)(?: [A-Z][A-Za-z0-9]{0,11}(?:=[^ ]*+)?))*+(?: id\*?=' + _ADDRESS + rb")?"
        rb'(?: T="(?:[^"\\]++|\\.)*+")?(?: from <(?:[^">]++|"(?:[^"\\]++|\\.)*+")*+>)?(?: for (.*))?$'
    ),
    reads=(
        b' M8S=0 DKIM=a.example RT=1s id=1@a T="what for \\"you\\" for x" from <a@b> for c@d e@f',
        b" id*=1@a for c@d",
        b"",
    ),
    leaves=(b" id=1@a and so on", b' T="no end for c@d'),
)
"""What may follow the size; group: the recipients."""

ONE_ADDRESS = Form(re.compile(_ADDRESS), reads=(b"a@b", b'"a b"@c'), leaves=(b" a@b", b'"a b@c'))

REFUSED = Form(
    re.compile(
        rb"([^ :]{1,64}) authenticator failed for (?:(?:H=)?" + _HOST + _WHERE
        + rb"|(?:U=)?[^ \[\]:]{1,128}(?: Ci=[^ ]{1,64})?): (\d{3}) (.*)$"
    ),
    reads=(
        b"plain_server authenticator failed for (pc) [203.0.113.9]: 535 Incorrect authentication data (set_id=a b)",
        (b"LOGIN authenticator failed for H=mx.bad.example (User) [203.0.113.9]:21298 I=[192.0.2.1]:465 Ci=30416: 535 "
        b"Incorrect authentication data"),
        b"plain authenticator failed for U=root: 435 Unable to authenticate at present (set_id=ann): no answer",
    ),
    leaves=(
        b"plain authenticator failed H=192.0.2.9 [192.0.2.9] 535 Incorrect authentication data",
        b"plain authenticator failed for [203.0.113.9] 535 Incorrect authentication data",
    ),
)  # fmt: skip
"""Groups: authenticator, client address, code, answer."""

UNWANTED = Form(
    re.compile(rb'SMTP protocol error in "[Aa][Uu][Tt][Hh]\b[ \t]*([A-Za-z0-9_-]{0,64})'),
    reads=(
        b'SMTP protocol error in "AUTH LOGIN" H=(pc) [203.0.113.9] AUTH command used when not advertised',
        b'SMTP protocol error in "auth plain AGE=" H=(pc) [203.0.113.9] PLAIN authentication mechanism not supported',
    ),
    leaves=(b'SMTP protocol error in "AUTHOR x" H=(pc) [203.0.113.9] unrecognized command',),
)

WHO_AND_WHY = Form(
    re.compile(
        _HOST
        + _WHERE
        + rb" (AUTH command used when not advertised|[^ ]{1,64} authentication mechanism not supported)$"
    ),
    reads=(b"pc.example (pc) [203.0.113.9]:1 I=[192.0.2.1]:25 AUTH command used when not advertised",),
    leaves=(b"(pc) [203.0.113.9] already authenticated",),
)
"""What stands behind the last `" H=` of such a line. Groups: client address, reason."""

DENIED = Form(
    re.compile(
        rb"(?:DS )?H=" + _HOST + _WHERE + rb"(?: X=[^ ]{1,512})?" + _CERTIFICATE
        + rb" {1,2}(?:temporarily )?rejected AUTH ([A-Za-z0-9_-]{1,64})(?: [^ ]*?)?(?:: (.*))?$"
    ),
    reads=(
        b"H=(pc) [203.0.113.9] X=TLS1.2:ECDHE:256 CV=no rejected AUTH LOGIN: no logins from there",
        b"H=[203.0.113.9]:4711 temporarily rejected AUTH PLAIN AGEAYg==",
    ),
    leaves=(b"H=(pc) [203.0.113.9] F=<a@b> rejected RCPT <AUTH@x>: no",),
)  # fmt: skip
"""Groups: client address, mechanism, reason."""

OWN_STAMP = Form(
    re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?(?: [+-]\d{4})? "),
    reads=(b"2026-11-23 22:58:48 x", b"2026-11-23 22:58:48.123 +0100 x"),
    leaves=(b"2026-11-23T22:58:48 x", b"2026-11-23 22:58:48"),
)

PART = Form(
    re.compile(rb"\[(\d{1,4})[/\\]\d{1,4}\] "),
    reads=(b"[1/2] 2026-11-23 22:58:48 x", b"[2\\3] Envelope-from: <a@b>"),
    leaves=(b"[1487] 1Ov4tU-0000Nz-Rm Completed",),
)
"""What precedes the parts of a line that is too long for syslog. Group: which of them."""

HEADER = Form(
    re.compile(
        rb"(?:([^ \[\]]{1,255}) )?(?:[a-z0-9]{1,16}\.[a-z]{1,16} )?([^ \[\]:]{1,128})(?:\[(\d{1,10})\])?: "
        rb"(?:\[(?:ID \d{1,12} )?[a-z0-9]{1,16}\.[a-z]{1,16}\] )?"
    ),
    reads=(
        b"mx1 exim[1234]: x",
        b"exim4: x",
        b"mx1 mail.info exim[1]: x",
        b"mx1 exim[1]: [ID 197553 mail.info] x",
    ),
    leaves=(b"login authenticator failed for (pc) [203.0.113.9]: 535 no", b"1xVczr-0001LF-1F Completed"),
)
"""Groups: host, program, process id."""

NESTED = Form(
    re.compile(
        rb"(?:<\d{1,3}>)?[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d " + HEADER.pattern.pattern
        + rb"(\[1[/\\]\d{1,4}\] )?(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)"
    ),
    reads=(b"<22>Nov 23 22:58:48 mx1 exim[5099]: 2026-11-23 22:58:48 1xVczr-0001LF-1F Completed",),
    leaves=(b"Nov 23 22:58:48 mx1 exim[5099]: 1xVczr-0001LF-1F Completed",),
)  # fmt: skip
"""A syslog head without a year, before a stamp of Exim's own, which has one. Last group: it is the first of parts."""

OF_REJECTED = Form(
    re.compile(rb"Envelope-(?:from|to): |[ \t]|\*\*\* truncated|[A-Za-z*] [!-9;-~]{1,200}:"),
    reads=(
        b"Envelope-to: <a@b>",
        b"    <c@d>",
        b"P Received: from x",
        b"\tby mx",
        b"  Subject: x",
        b"*** truncated ***",
    ),
    leaves=(b"2026-11-23 22:58:48 x", b"Dear all,", b"From: x"),
)
"""Lines that the reject log has below a rejected message: its envelope and its header."""

FORMS = {name: form for name, form in list(globals().items()) if isinstance(form, Form)}
"""Every form by its name."""
