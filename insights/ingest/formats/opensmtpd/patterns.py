"""The texts of OpenSMTPD's lines that matter, after session id and `smtp `, with lines they must not read.

Source: smtp_session.c of OpenSMTPD 6.4 to 7.x. Every pattern is bounded or has one way to match, so that a hostile
line costs no more than its length.
"""

import re

from insights.ingest.formats.forms import Form

SESSION = Form(
    re.compile(rb"([0-9a-f]{16}) smtp ([a-z-]{1,32})(?: |$)"),
    reads=(
        b"f274cf34b7d0786b smtp connected address=192.0.2.4 host=mail.acme.example",
        b"f274cf34b7d0786b smtp disconnected reason=quit",
    ),
    leaves=(
        b"f274cf35d39a7d0b mda delivery evpid=78e5c402920bcc4f from=<a@b.example> result=Ok stat=Delivered",
        b"f274cf34b7d0786b smtp event=connected address=192.0.2.4 host=x",
        b"smtp-in: New session 08d856b172f69c5c from host x [local]",
    ),
)

CONNECTED = Form(
    re.compile(rb"address=\[?([^ \]]{1,64})\]? host="),
    reads=(
        b"address=192.0.2.4 host=mail.acme.example",
        b"address=[2001:db8::7] host=<unknown>",
        b"address=local host=x",
    ),
    leaves=(b"address= host=x", b"host=x"),
)

SECURED = Form(
    re.compile(rb"ciphers=([^ :]{1,32}):"),
    reads=(b"ciphers=TLSv1.3:TLS_AES_256_GCM_SHA384:256", b"ciphers=TLSv1:AES128-SHA:128"),
    leaves=(b"ciphers=", b"ciphers=none"),
)

LOGIN = Form(
    re.compile(rb"user=(.{0,1300}) result=(ok|permfail|tempfail)$"),
    reads=(b"user=ann@acme.example result=ok", b"user= result=permfail", b"user=a result=ok result=tempfail"),
    leaves=(b"user=ann result=maybe", b"result=ok"),
)

TAKEN = Form(
    re.compile(rb"msgid=([0-9a-f]{8}) size=(\d{1,15}) nrcpt=(\d{1,9}) proto="),
    reads=(b"msgid=78e5c402 size=1118 nrcpt=1 proto=ESMTP",),
    leaves=(b"msgid=78e5c402 size=1118 nrcpt=many proto=ESMTP",),
)

ENVELOPE = Form(
    re.compile(rb"evpid=([0-9a-f]{8})[0-9a-f]{8} from=<([^>]{0,2000})> to=<"),
    reads=(
        b"evpid=78e5c402920bcc4f from=<ann@acme.example> to=<b@c.example>",
        b"evpid=78e5c402920bcc4f from=<> to=<b@c.example>",
    ),
    leaves=(b"evpid=78e5c402 from=<ann@acme.example> to=<b@c.example>",),
)

FAILED = Form(
    re.compile(
        rb'command="AUTH ([A-Za-z0-9_-]{1,64})[^"]{0,12000}" result="((\d)\d\d [^"]{0,500})"?$', re.IGNORECASE
    ),
    reads=(
        b'command="AUTH LOGIN" result="503 5.5.1 Invalid command: Command not supported"',
        b'command="AUTH PLAIN (...)" result="535 Authentication failed"',
        b'command="auth plain AGFubgB0b3Atc2VjcmV0" result="504 5.5.4 no"',
    ),
    leaves=(
        b'command="DATA" result="451 Try again later"',
        b'command="RCPT TO:<AUTH LOGIN>" result="550 Invalid recipient"',
    ),
)

OLDER = Form(
    re.compile(
        rb"[0-9a-f]{16} smtp event=(?:authentication|message) "
        rb"|smtp-in: (?:Accepted (?:message|authentication) |Authentication (?:temporarily )?failed )"
    ),
    reads=(
        b"08d856b172f69c5c smtp event=message address=192.0.2.4 host=x msgid=4296f490 from=<a@b> to=<c@d>",
        b"smtp-in: Accepted message 4296f490 on session 08d856b172f69c5c: from=<a@b>, to=<c@d>, size=1746",
        b"smtp-in: Authentication failed for user ann on session 08d856b172f69c5c",
    ),
    leaves=(
        b"smtp-in: New session 08d856b172f69c5c from host x [local]",
        b"08d856b172f69c5c smtp event=connected address=192.0.2.4 host=x",
    ),
)

FORMS = {name: form for name, form in list(globals().items()) if isinstance(form, Form)}
"""Every form by its name."""
