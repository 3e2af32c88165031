"""The texts of Postfix lines that matter, each with lines it reads and lines it must not read.

Sources: smtpd.c, smtpd_sasl_glue.c, tls_misc.c, cleanup_message.c, cleanup_milter.c, global/opened.c. Every
pattern is bounded or has one way to match, so that a hostile line costs no more than its length.
"""

import re

from insights.ingest.formats.forms import MARKED, REPEATED, Form

_CLIENT = rb"([^\[ ]{0,255})\[([^\]]{0,128})\](?::\w{1,7})?"

ORIGIN = Form(
    re.compile(rb"client=[^\[ ]{0,255}\[([^\]]{0,128})\](?::\w{1,7})?, sasl_method=([^ ,]{1,100})$"),
    reads=(
        b"client=mail.example[192.0.2.4], sasl_method=PLAIN",
        b"client=unknown[192.0.2.9]:50412, sasl_method=DIGEST-MD5",
        b"client=unknown[2001:db8::1], sasl_method=XOAUTH2",
        b"client=localhost[unix:private/smtp], sasl_method=XCLIENT",
    ),
    leaves=(
        b"client=mail.example[192.0.2.4]",
        b"client=mail.example[192.0.2.4], sasl_sender=ann@acme.example",
        b"client=a b[192.0.2.4], sasl_method=PLAIN",
    ),
)

ANONYMOUS = Form(
    re.compile(rb"client=[^\[ ]{0,255}\[[^\]]{0,128}\](?::\w{1,7})?(?:, (?!sasl_[mu])|$)"),
    reads=(
        b"client=unknown[192.0.2.11]",
        b"client=localhost[127.0.0.1], sasl_sender=someone@acme.example",
        b"client=localhost[127.0.0.1], orig_client=mx.acme.example[192.0.2.50]",
    ),
    leaves=(b"client=mail.example[192.0.2.4], sasl_method=PLAIN, sasl_username=ann", b"client=x"),
)

SECURED = Form(
    re.compile(
        rb"(?:(?:Anonymous|Untrusted|Trusted|Verified) )?TLS connection (?:established|reused) from "
        rb"[^\[ ]{0,255}\[[^\]]{0,128}\](?::\w{1,7})?(?: to [^ :]{1,255})?: ([^ ]{1,32} with cipher .*)"
    ),
    reads=(
        b"Anonymous TLS connection established from x[192.0.2.4]: TLSv1.2 with cipher X (256/256 bits)",
        b"TLS connection established from unknown[192.0.2.57]: TLSv1 with cipher AES128-SHA (128/128 bits)",
        b"Trusted TLS connection reused from x[2001:db8::1]:587 to mail.acme.example: TLSv1.3 with cipher X",
    ),
    leaves=(
        b"setting up TLS connection from mail.example[192.0.2.4]",
        b"Verified TLS connection established to mx.example[192.0.2.4]:25: TLSv1.3 with cipher X",
    ),
)

ENDED = Form(
    re.compile(
        rb"(?:[0-9A-Za-z]{1,64}: )?(?:lost connection|timeout|too many errors) after "
        rb"([A-Z-]{1,32})(?: \(\d{1,20} bytes\))? from "
    ),
    reads=(
        b"lost connection after DATA (1031 bytes) from unknown[192.0.2.3]",
        b"NOQUEUE: lost connection after CONNECT from unknown[192.0.2.25]",
        b"timeout after END-OF-MESSAGE from unknown[192.0.2.25]",
        b"too many errors after RCPT from mail.example[192.0.2.11]",
    ),
    leaves=(b"improper command pipelining after AUTH from unknown[192.0.2.3]: QUIT",),
)

DIVERTED = Form(
    re.compile(rb"([0-9A-Za-z]{1,64}): (?:milter-)?(?:discard|hold): "),
    reads=(
        b"911F9246101: discard: header Subject: no from x[192.0.2.20]; from=<a@b> to=<c@d> helo=<pc>: policy",
        b"3915C2468C2: milter-hold: END-OF-MESSAGE from x[192.0.2.4]: milter triggers HOLD action; from=<>",
    ),
    leaves=(
        b"911F9246101: reject: header Subject: no from x[192.0.2.20]; from=<a@b> to=<c@d>: 5.7.1 no",
        b"D4F2023DB: placed on hold",
    ),
)

REVOKED = Form(
    re.compile(
        rb"([0-9A-Za-z]{1,64}): (?:(?:milter-)?reject: |removed \(canceled\))"
        rb"|warning: ([0-9A-Za-z]{1,64}): .{0,200}?(?:limit exceeded|message rejected|write error)"
    ),
    reads=(
        b"5C1D0246928: reject: header Subject: x from y[192.0.2.13]; from=<a@b> to=<c@d>: 5.7.1 no",
        b"5C1D0246928: milter-reject: END-OF-MESSAGE from mail.example[192.0.2.13]: 5.7.1 spam; from=<a@b>",
        b"5C1D0246928: removed (canceled)",
        b"warning: 5C1D0246928: queue file size limit exceeded",
        b"warning: 5C1D0246928: message rejected: hopcount exceeded",
    ),
    leaves=(
        b"5C1D0246928: message-id=<1@acme.example>",
        b"5C1D0246928: warning: header Subject: limit exceeded from local; from=<a@b>",
        b"5C1D0246928: removed (discarded)",
    ),
)

REMOVED = Form(
    re.compile(rb"([0-9A-Za-z]{1,64}): removed \(discarded\)"),
    reads=(b"5C1D0246928: removed (discarded)",),
    leaves=(b"5C1D0246928: removed (canceled)", b"5C1D0246928: removed"),
)

REJECTED = Form(
    re.compile(rb"([0-9A-Za-z]{1,64}): (?:milter-)?reject: (?:DATA|BDAT|END-OF-MESSAGE) from "),
    reads=(b"1D8CC1CA0A7F: milter-reject: DATA from mail.example[192.0.2.151]: 550 5.7.1 no; from=<a@b>",),
    leaves=(
        b"2CF3B24632E: reject: RCPT from x[192.0.2.4]: 554 5.7.1 <c@d>: Relay access denied; from=<a@b>",
        b"NOQUEUE: reject: RCPT from x[192.0.2.4]: 554 5.7.1 <c@d>: Relay access denied; from=<a@b>",
    ),
)

FILTERED = Form(
    re.compile(rb"proxy-(accept|reject): "),
    reads=(
        b"proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok: queued as DF66E940333; from=<a@b> to=<c@d> proto=ESMTP",
        b"proxy-reject: END-OF-MESSAGE: 554 5.7.0 Reject, id=31619-02 - spam; from=<> to=<c@d>",
    ),
    leaves=(b"warning: lost connection with proxy 127.0.0.1:10024",),
)

QUEUED_AS = Form(
    re.compile(rb"queued as ([0-9A-Za-z]{1,64})\b"),
    reads=(b"queued as DF66E940333",),
    leaves=(b"queued for later",),
)

REFUSED = Form(
    re.compile(
        rb"warning: "
        + _CLIENT
        + rb": SASL (.{1,100}?) authentication (?:(aborted)(?:, .*)?|failed(?:: ?(.*))?)$"
    ),
    reads=(
        b"warning: x[192.0.2.47]: SASL LOGIN authentication failed: (reason unavailable), sasl_username=a b",
        b"warning: unknown[192.0.2.47]: SASL LOGIN authentication failed: UGFzc3dvcmQ6",
        b"warning: mail.example[192.0.2.84]: SASL Plain authentication failed:",
        b"warning: unknown[192.0.2.37]:55729: SASL LOGIN authentication failed: authentication failure",
        b"warning: unknown[192.0.2.94]: SASL LOGIN authentication aborted",
    ),
    leaves=(
        b"warning: SASL authentication failure: Password verification failed",
        b"warning: non-SMTP command from unknown[192.0.2.1]: SASL LOGIN authentication failed",
        b"warning: hostname bad.example does not resolve to address 192.0.2.44: Name or service not known",
    ),
)

LIMITED = Form(
    re.compile(rb"warning: AUTH command rate limit exceeded: \d{1,9} from " + _CLIENT + rb" for service "),
    reads=(b"warning: AUTH command rate limit exceeded: 11 from unknown[192.0.2.4] for service submission",),
    leaves=(b"warning: Connection rate limit exceeded: 31 from mail.example[192.0.2.3] for service smtpd",),
)

RECIPIENTS = Form(
    re.compile(rb"nrcpt=(\d{1,9}) \(queue active\)$"),
    reads=(b"nrcpt=1 (queue active)", b"nrcpt=25 (queue active)"),
    leaves=(b"(queue active)", b"nrcpt=1 (queue skipped)", b"nrcpt=1 (queue active) and more"),
)

__all__ = ["MARKED", "REPEATED", "Form"]
FORMS = {name: form for name, form in list(globals().items()) if isinstance(form, Form)}
"""Every form by its name."""
