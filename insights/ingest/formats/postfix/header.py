"""Who wrote a line: host, program and process id, out of what stands between time stamp and text."""

import re
from typing import Final, NamedTuple

_PROGRAM = re.compile(rb"([^\[\]: ]{1,256})(?:\[(\d{1,10})\])?:?")
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
