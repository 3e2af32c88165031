"""The texts of Haraka's lines that matter, after level, uuid and origin, with lines they must not read.

Source: logger.js, connection.js, plugins.js, plugins/tls.js and plugins/auth/*.js of Haraka 2.8 to 3.3. Every pattern
is bounded or has one way to match, so that a hostile line costs no more than its length.
"""

import re

from insights.ingest.formats.forms import Form

HEADER = Form(
    re.compile(rb"(?:([^ ]{1,255}) )?(?:[^ ]{1,64} )?[^\[\]: {}]{1,128}(?:\[\d{1,10}\])?: +(?=[\[{l])"),
    reads=(b"mail haraka[442]: [NOTICE] [-] [core] x", b"mail haraka: {}", b"haraka[1]: level=INFO uuid=-"),
    leaves=(b"[NOTICE] [-] [core] x", b"mail haraka[442]: Starting up", b"loglevel: INFO"),
)

PLAIN = Form(
    re.compile(rb"\[[A-Z]{4,8}\] \[([0-9A-Fa-f-]{36})(?:\.(\d{1,9}))?\] \[([^\] ]{1,100})\] +"),
    reads=(
        b"[NOTICE] [17DA77C9-EB21-4C84-A591-B7173A3E5B34] [core] connect ip=192.0.2.31",
        b"[INFO] [17DA77C9-EB21-4C84-A591-B7173A3E5B34.1] [core]  hook=mail",
    ),
    leaves=(
        b"[NOTICE] [-] [server] Listening on 127.0.0.2:587",
        b"[INFO] [17DA77C9-EB21-4C84-A591-B7173A3E5B34.1.1] [outbound] bouncing mail",
    ),
)

LOGFMT = Form(
    re.compile(rb'([A-Za-z_]{1,40})=(?:"((?:[^"\\]|\\.)*+)"|([^ "]*+))(?: |$)', re.DOTALL),
    reads=(b"level=NOTICE uuid=-", b'message="secured: a=\\"b\\"" x=1', b'msg=""'),
    leaves=(b"[NOTICE]", b'msg="a'),
)

UUID = Form(
    re.compile(rb"([0-9A-Fa-f-]{36})(?:\.(\d{1,9}))?$"),
    reads=(b"17DA77C9-EB21-4C84-A591-B7173A3E5B34", b"17DA77C9-EB21-4C84-A591-B7173A3E5B34.2"),
    leaves=(b"-", b"17DA77C9-EB21-4C84-A591-B7173A3E5B34.1.1"),
)

CONNECTED = Form(
    re.compile(rb'connect ip="?([^ "]{1,64})"? port="?\d{0,5}"? local_ip=[^ ]{1,66} local_port="?(\d{1,5})'),
    reads=(b"connect ip=192.0.2.31 port=54299 local_ip=198.51.100.2 local_port=587",),
    leaves=(b"connect ip=", b"connected"),
)

PROXIED = Form(
    re.compile(rb'HAProxy:? proto=[^ ]{1,9} src_ip="?([0-9A-Fa-f:.]{1,64})'),
    reads=(
        b"HAProxy proto=TCP4 src_ip=192.0.2.32:40112 dst_ip=198.51.100.25:587",
        b"HAProxy: proto=TCP6 src_ip=2001:db8::7:40112 dst_ip=x",
    ),
    leaves=(b"HAProxy", b"HAProxy proto=TCP4 src_ip=unknown"),
)

SECURED = Form(
    re.compile(rb"secured:(?: cipher=[^ ]{1,100} version=([^ ]{1,20}))?"),
    reads=(
        b"secured: cipher=TLS_AES_256_GCM_SHA384 version=TLSv1.3 verified=false",
        b"secured: verified=false",
    ),
    leaves=(b"unsecured", b"timeout setting up TLS"),
)

TRIED = Form(
    re.compile(
        rb'hook=unrecognized_command plugin=([^ ]{1,100}) function=[^ ]{1,100} params="?([^" ]{0,2000})"? retval='
    ),
    reads=(
        b'hook=unrecognized_command plugin=auth/flat_file function=f params=AUTH retval=OK msg=""',
        b'hook=unrecognized_command plugin=auth/flat_file function=f params="YW5u" retval=OK msg=""',
    ),
    leaves=(b'hook=mail plugin=auth/flat_file function=f params="" retval=DENY msg=""',),
)

TICKET = Form(
    re.compile(rb"ticket: <"),
    reads=(b"ticket: <e2798.1a20cc26358@mail>",),
    leaves=(b"tickets",),
)

LOGIN = Form(
    re.compile(
        rb'AUTH user="(.{0,1300}?)"(?: host="[^"]{0,255}")?(?: method="?([A-Za-z0-9_-]{1,64})"?)?'
        rb'(?: success=(true|false)$| error=".{0,1000}$)',
        re.DOTALL,
    ),
    reads=(
        b'AUTH user="ann@acme.example" success=true',
        b'AUTH user="ann@acme.example" host="192.0.2.9" success=false',
        b'AUTH user="ann@acme.example" method=CRAM-MD5 success=true',
        b'AUTH user="ann" error="not in required format"',
    ),
    leaves=(b'AUTH user="ann"', b'AUTH user="ann" success=maybe'),
)

DELAYED = Form(
    re.compile(rb"delaying (?:response )?for \d{1,9} seconds$"),
    reads=(b"delaying for 1 seconds", b"delaying response for 4 seconds"),
    leaves=(b"delaying", b"not delaying excluded plugin: x"),
)

SENDER = Form(
    re.compile(rb"sender <"),
    reads=(b'sender <ann@acme.example> code=CONT msg=""', b'sender <> code=CONT msg=""'),
    leaves=(b"sender ", b"recipient <x@rcpt.example> code=OK"),
)

SIZED = Form(
    re.compile(rb" size=(\d{1,15}) rcpts=\"?(\d{1,9})/\d{1,9}/\d{1,9}\"? delay="),
    reads=(b' size=40 rcpts=2/0/0 delay=0 code=CONT msg=""',),
    leaves=(b" size=40", b" size=40 rcpts=2 delay=0"),
)

QUEUED = Form(
    re.compile(rb"queue code=([A-Z]{1,20})(?: |$)"),
    reads=(
        b'queue code=OK msg="Message Queued (17DA77C9-EB21-4C84-A591-B7173A3E5B34.1)"',
        b"queue code=CONT msg=",
    ),
    leaves=(b"queue code=", b"queued"),
)

DISCONNECTED = Form(
    re.compile(
        rb'disconnect ip="?([^ "]{0,64})"? rdns=[^ ]{0,300} helo=[^ ]{0,2100} relay=([YN]) early=[YN]'
        rb" esmtp=[YN] tls=([YN]) "
    ),
    reads=(
        b"disconnect ip=192.0.2.31 rdns=NXDOMAIN helo=pc relay=Y early=N esmtp=Y tls=Y pipe=N errors=0 txns=2",
        b'disconnect ip=192.0.2.31 rdns="x" helo="x\\"relay=Y" relay=N early=N esmtp=Y tls=N pipe=N errors=0',
    ),
    leaves=(b"disconnect ip=192.0.2.31 rdns=NXDOMAIN", b"disconnected"),
)

FORMS = {name: form for name, form in list(globals().items()) if isinstance(form, Form)}
"""Every form by its name."""
