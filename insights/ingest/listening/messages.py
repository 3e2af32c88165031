"""What a syslog message says: the line that the parsers know, and who its sender says it is. Pure.

RFC 5424 becomes `stamp host program[pid]: text`, as files have it; RFC 3164 loses its `<PRI>`. An element
`[insights@… token="…"]` tells the sender (`Claim`), and stays in nothing that is kept: it is no part of the line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

_PRI = re.compile(rb"<[0-9]{1,3}>")
_PARTS = re.compile(rb"1 ([^ ]{1,64}) ([^ ]{1,255}) ([^ ]{1,128}) ([^ ]{1,128}) [^ ]{1,64} ")
_DATA = re.compile(rb'-|(?:\[(?:[^\]\\"]++|\\.|"(?:[^"\\]++|\\.)*+")*+\])++', re.DOTALL)
_NAME: Final = rb"[!#-<>-\\^-~]{1,32}"
_VALUE: Final = rb'(?:[^"\\\]]|\\.){0,1000}+'
_OURS = re.compile(rb'\[insights@[0-9]{1,10}((?: %b="%b"){0,20}+)\]' % (_NAME, _VALUE), re.DOTALL)
_PARAMETER = re.compile(rb' (%b)="(%b)"' % (_NAME, _VALUE), re.DOTALL)
_OPENING: Final = b"[insights@"
_ESCAPED = re.compile(rb'\\(["\\\]])')
_BOM: Final = b"\xef\xbb\xbf"
_NIL: Final = b"-"
_ENDS: Final = b"\r\n\0"
_BREAKS: Final = {b"\n": b"#012", b"\r": b"#015", b"\0": b"#000"}


class Claim(NamedTuple):
    """Who a sender says it is: a token, and what the token leaves open."""

    token: str
    source: str = ""
    tenant: str = ""
    format: str = ""


class Message(NamedTuple):
    """`line` as a file would have it, `text` what follows its head, both without the claim."""

    line: bytes
    text: bytes
    claim: Claim | None


def read_message(raw: bytes, *, peer: str, received: Callable[[], bytes]) -> Message:
    """Read one message, whatever it is; what is no syslog message is a line as it stands.

    `received` gives the stamp of a message of RFC 5424 that has none, and `peer` its host. A message that holds line
    breaks has `#012` for them, as rsyslog writes it: it is one line for the parsers.
    """
    raw = raw.rstrip(_ENDS)
    priority = _PRI.match(raw)
    if priority is None:
        line = _kept(raw)
        return Message(line, line, None)
    parts = _PARTS.match(raw, priority.end())
    data = _DATA.match(raw, parts.end()) if parts else None
    if parts is None or data is None or raw[data.end() : data.end() + 1] not in {b"", b" "}:
        line = _kept(raw[priority.end() :])
        return Message(line, line, None)
    stamp, host, program, pid = parts.groups()
    text = _kept(raw[data.end() + 1 :].removeprefix(_BOM))
    head = b"%b %b %b%b: " % (
        received() if stamp == _NIL else stamp,
        peer.encode() if host == _NIL else host,
        b"" if program == _NIL else program,
        b"[%b]" % pid if pid.isdigit() else b"",
    )
    return Message(head + text, text, _claim(data[0]))


def claim_of_beginning(beginning: bytes) -> Claim | None:
    """Return who sent a message of which only the beginning was kept."""
    found = _OURS.search(beginning)
    return _claim(found[0]) if found else None


def without_claim(raw: bytes) -> bytes:
    """Return a message without what its sender says of itself; all that follows where that has no end."""
    told = _OURS.sub(b"", raw)
    return told.partition(_OPENING)[0]


def _claim(data: bytes) -> Claim | None:
    found = _OURS.search(data) if _OPENING in data else None
    if found is None:
        return None
    said = {
        name.decode("ascii"): _ESCAPED.sub(rb"\1", value).decode("utf-8", "replace")
        for name, value in _PARAMETER.findall(found[1])
    }
    if "token" not in said:
        return None
    return Claim(said["token"], said.get("source", ""), said.get("tenant", ""), said.get("format", ""))


def _kept(text: bytes) -> bytes:
    """Return text as one line; a token at the wrong place is taken out as well."""
    if _OPENING in text:
        text = without_claim(text)
    if b"\n" in text or b"\r" in text or b"\0" in text:
        for character, written in _BREAKS.items():
            text = text.replace(character, written)
    return text
