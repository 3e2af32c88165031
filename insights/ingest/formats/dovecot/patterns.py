"""The texts of Dovecot's submission service that matter, with lines they must not read.

Source: login-common/client-common.c and client-common-auth.c, submission/submission-client.c and
submission-backend-relay.c (cmd-data.c) of Dovecot 2.3.0 to 2.4.4; 2.2 has no such service. Every pattern is bounded or
has one way to match, so that a hostile line costs no more than its length.
"""

import re

from insights.ingest.formats.forms import Form

SERVICE = Form(
    re.compile(rb"(?:([^ (]{1,255}) )?(submission(?:-login$|\(.*))", re.DOTALL),
    reads=(
        b"submission-login",
        b"submission(ann@acme.example)<71><GiU4>",
        b"mail submission(scanner 2)<71><GiU4>",
    ),
    leaves=(
        b"mail dovecot",
        b"imap-login",
        b"imap(ann@acme.example)<71><GiU4>",
        b"postfix/submission/smtpd[71]",
    ),
)

DAEMON = Form(
    re.compile(rb"(?:([^ ]{1,255}) )?(?:[^ ]{1,64} )?[^\[\]: /()<>]{1,128}(?:\[(\d{1,10})\])?:?"),
    reads=(b"dovecot", b"mail dovecot", b"mail dovecot[442]", b"mail dovecot[442]:"),
    leaves=(b"mail postfix/submission/smtpd[71]", b"imap(ann@acme.example)<71><GiU4>"),
)

SEVERITY = Form(
    re.compile(rb"(?:Info|Debug|Warning|Error|Fatal|Panic): "),
    reads=(b"Info: Login: user=<ann@acme.example>",),
    leaves=(b"Login: user=<ann@acme.example>",),
)

LOGIN = Form(
    re.compile(rb"(?:Login|Logged in): "),
    reads=(b"Login: user=<ann@acme.example>", b"Logged in: user=<ann@acme.example>"),
    leaves=(
        b"Login failed: Plaintext authentication disabled: user=<>",
        b"Login aborted: Connection closed (no auth attempts in 0 secs): user=<>",
    ),
)

SECURITY = Form(
    re.compile(
        rb"(?:[A-Za-z_-]{1,20}=)?<?"
        rb"(?:(SSLv3|TLSv1(?:\.[0-9])?) with cipher |(?:TLS|TLS handshaking)(?=[:>]|$)|TSL$|secured(?=>|$)|\(proxied\))"
    ),
    reads=(
        b"TLS",
        b"TLS: Connection closed",
        b"tls=TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)",
        b"TLSv1 with cipher ECDHE-RSA-AES256-SHA (256/256 bits)",
        b"secured",
        b"(proxied)",
    ),
    leaves=(b"", b"rip=192.0.2.4", b"TLSv1.3", b"securedly", b"server=<TLSx>"),
)

PREFIX = Form(
    re.compile(rb"submission\((.{1,2000})\)(?:<(\d{1,10})>)?(?:<([^<>]{1,200})>)?$", re.DOTALL),
    reads=(
        b"submission(ann@acme.example)<21407><nl+jiwFhsJzAAAIf>",
        b"submission(scanner (2)@acme.example)<21407><nl+jiwFhsJzAAAIf>",
        b"submission(ann@acme.example)<21407>",
        b"submission(ann@acme.example)",
    ),
    leaves=(b"submission-login", b"submission()<21407><x>", b"submission[ann]"),
)

RELAYED = Form(
    re.compile(
        rb">, size=(\d{1,15}), id=([\x21-\x2b\x2d-\x7e]{1,64}), nrcpt=(\d{1,9}), reply=`",
    ),
    reads=(
        b">, size=21, id=O6HaNIVLBWufUwAAg+zDdQ:T2, nrcpt=2, reply=`250 2.0.0 Ok: queued as 4AA091855DA0'",
    ),
    leaves=(
        b">, size=21, id=O6HaNIVLBWufUwAAg+zDdQ, rcpt=1/2, reply=`250 2.0.0 Ok'",
        b">, size=21, nrcpt=1, reply=`554 5.7.1 refused'",
    ),
)

REASON = Form(
    re.compile(rb"\(([A-Za-z][A-Za-z0-9' ]{2,60}?)(?:, (\d{1,9}) attempts?\b|, (?=\d|waited |client )|\))"),
    reads=(
        b"(auth failed, 3 attempts in 18 secs)",
        b"(auth failed, 1 attempts)",
        b"(client didn't finish SASL auth, waited 0 secs)",
        b"(internal failure, 1/1 successful auths in 0 secs)",
        b"(tried to use disallowed plaintext auth)",
        b"(sent invalid base64 in response)",
        b"(no auth attempts in 0 secs)",
        b"(cert required, client didn't start TLS)",
    ),
    leaves=(b"(auth_failed)", b"(size=1003)", b"()"),
)

FORMS = {name: form for name, form in list(globals().items()) if isinstance(form, Form)}
"""Every form by its name."""
