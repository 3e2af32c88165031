"""The header of RFC 5424 rewritten as that of RFC 3164, so that parsers know one alone."""

import re

_RFC5424 = re.compile(
    rb"([^ ]{1,255}) ([^ ]{1,256}) ([^ ]{1,128}) [^ ]{1,64} "
    rb'(?:-|(?:\[(?:[^\]\\"]|\\.|"(?:[^"\\]|\\.)*")*\])+)(?: |$)(?:\xef\xbb\xbf)?'
)


def plain_header(rest: bytes) -> bytes | None:
    """Rewrite what follows the stamp of an RFC 5424 line to `host program[pid]: text`, or None."""
    found = _RFC5424.match(rest)
    if found is None:
        return None
    host, program, process = (b"" if part == b"-" else part for part in found.groups())
    suffix = b"[%s]" % process if process.isdigit() else b""
    return b"%s %s%s: %s" % (host, program, suffix, rest[found.end() :])
