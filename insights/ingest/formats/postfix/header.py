"""Who wrote a line: host, program and process id, out of what stands between time stamp and text."""

import re
from typing import Final, NamedTuple

_PROGRAM = re.compile(rb"([^\[\]: ]{1,256})(?:\[(\d{1,10})\])?:?")
_RFC5424 = re.compile(
    rb"([^ ]{1,255}) ([^ ]{1,256}) ([^ ]{1,128}) [^ ]{1,64} "
    rb'(?:-|(?:\[(?:[^\]\\"]|\\.|"(?:[^"\\]|\\.)*")*\])+)(?: |$)(?:\xef\xbb\xbf)?'
)
_LONGEST: Final = 600


class Writer(NamedTuple):
    """The process that wrote a line. `path` is the syslog name (R9: anything), `daemon` its last element."""

    host: bytes
    path: tuple[bytes, ...]
    daemon: bytes
    pid: bytes


def read_writer(head: bytes) -> Writer | None:
    """Read `[host ]name/daemon[pid]`, what stands between a line's stamp and its first colon and blank.

    None when it is not the head of a Postfix process, whose program always has a slash.
    """
    if len(head) > _LONGEST:
        return None
    words = head.split(b" ")
    found = _PROGRAM.fullmatch(words[-1])
    if found is None or len(words) > 3:
        return None
    *path, daemon = found[1].split(b"/")
    if not path:
        return None
    return Writer(words[0] if len(words) > 1 else b"", tuple(path), daemon, found[2] or b"")


def plain_header(rest: bytes) -> bytes | None:
    """Rewrite what follows the stamp of an RFC 5424 line to `host program[pid]: text`, or None."""
    found = _RFC5424.match(rest)
    if found is None:
        return None
    host, program, process = (b"" if part == b"-" else part for part in found.groups())
    suffix = b"[%s]" % process if process.isdigit() else b""
    return b"%s %s%s: %s" % (host, program, suffix, rest[found.end() :])
