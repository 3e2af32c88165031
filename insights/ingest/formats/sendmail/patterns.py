"""The texts of Sendmail's lines that matter, each with lines it reads and lines it must not read.

Sources: srvrsmtp.c, tls.c, headers.c (logsender), milter.c and collect.c of Sendmail 8.14 to 8.18. Every pattern is
bounded or has one way to match, so that a hostile line costs no more than its length.
"""

import re

from insights.ingest.formats.forms import Form

SECURED = Form(
    re.compile(rb"STARTTLS=server, relay=(.{1,400}?), version=([^ ,]{1,32}), verify="),
    reads=(
        b"STARTTLS=server, relay=x.example [192.0.2.83], version=TLSv1.2, verify=NOT, cipher=X, bits=256/256",
        b"STARTTLS=server, relay=[IPv6:2001:db8::7], version=TLSv1/SSLv3, verify=NO, cipher=AES128-SHA, bits=128/128",
        b"STARTTLS=server, relay=x.example [192.0.2.1] (may be forged), version=TLSv1.3, verify=OK, cipher=X",
    ),
    leaves=(
        b"STARTTLS=client, relay=mx.example., version=TLSv1.3, verify=OK, cipher=X, bits=256/256",
        b"STARTTLS=server, error: accept failed=-1, reason=unsupported protocol, SSL_error=1, relay=[192.0.2.1]",
        b"STARTTLS=server, cert-subject=/CN=x, cert-issuer=/CN=y, verifymsg=ok",
    ),
)

LOGGED_IN = Form(
    re.compile(
        rb"AUTH=server, relay=(.{1,400}?), authid=(.{0,600}), mech=([^ ,]{1,64})(?:, bits=\d{1,6})?\Z",
        re.DOTALL,
    ),
    reads=(
        b"AUTH=server, relay=x.example [192.0.2.83], authid=ann@acme.example, mech=LOGIN, bits=0",
        b"AUTH=server, relay=[192.0.2.83], authid=ann, mech=x, mech=PLAIN, bits=0",
        b"AUTH=server, relay=x.example [192.0.2.1] (may be forged), authid=ann lee, mech=DIGEST-MD5, bits=128",
    ),
    leaves=(
        b"AUTH=client, relay=mx.example., mech=PLAIN, bits=0",
        b"AUTH=server, authid=ann",
    ),
)

QUOTED = Form(
    re.compile(rb'<"(?:[^"\\]|\\.)*"', re.DOTALL),
    reads=(rb'<"smith, john"@acme.example>', rb'<"a\", size=1, class=0, nrcpts=9"@acme.example>'),
    leaves=(b"<ann@acme.example>", b'<"without an end'),
)

COUNTED = Form(
    re.compile(rb", size=(\d{1,15}), class=-?\d{1,9}, nrcpts=(\d{1,9})(?=, |$)"),
    reads=(b", size=538, class=0, nrcpts=1, msgid=<1@acme.example>", b", size=0, class=-60, nrcpts=25"),
    leaves=(b", size=big, class=0, nrcpts=1", b", size=538, class=0, nrcpts=1x"),
)

REFUSED = Form(
    re.compile(rb"AUTH failure \((.{0,128}?)\): (.{0,200}?) \((-?\d{1,4})\)(.*)\Z", re.DOTALL),
    reads=(
        b"AUTH failure (PLAIN): user not found (-20) SASL(-13): user not found: no, user=ann, relay=[192.0.2.1]",
        b"AUTH failure (login): authentication failure (-13) SASL(-13): authentication failure: checkpass failed",
        b"AUTH failure (NTLM): no mechanism available (-4)",
    ),
    leaves=(b"AUTH failure", b"AUTH warning: no mechanisms"),
)

SUSPECTED = Form(
    re.compile(rb"(.{1,400}?): possible SMTP attack: command=AUTH, count=\d{1,9}$"),
    reads=(
        b"[192.0.2.78]: possible SMTP attack: command=AUTH, count=5",
        b"x.example [192.0.2.41] (may be forged): possible SMTP attack: command=AUTH, count=6",
    ),
    leaves=(
        b"x.example [192.0.2.41]: possible SMTP attack: command=HELO/EHLO, count=3",
        b"possible SMTP attack",
    ),
)

DENIED = Form(
    re.compile(rb"ruleset=([^ ,]{1,64}), .*, reject="),
    reads=(
        b"ruleset=CheckSubject, arg1=buy now, relay=x [192.0.2.4], reject=553 5.0.0 no",
        b"ruleset=check_rcpt, arg1=<x@y.example>, relay=[192.0.2.4], reject=550 5.7.1 Relaying denied",
    ),
    leaves=(
        b"ruleset=check_rcpt, arg1=<x@y.example>, relay=[192.0.2.4], discard",
        b"reject=550 5.7.1 no",
    ),
)

TOO_LARGE = Form(
    re.compile(rb"message size \(\d{1,15}\) exceeds maximum \((\d{1,15})\)"),
    reads=(b"message size (20971520) exceeds maximum (10485760)",),
    leaves=(b"message size (20971520) is fine",),
)

FORMS = {name: form for name, form in list(globals().items()) if isinstance(form, Form)}
"""Every form by its name."""
