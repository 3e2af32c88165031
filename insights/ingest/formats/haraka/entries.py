"""Haraka's three ways to write a line (`format` of log.ini), read to one: `words key=value key=value`."""

import json
import re
from typing import Final, NamedTuple

from insights.ingest.formats.haraka.patterns import LOGFMT, PLAIN, UUID

_ABOUT: Final = frozenset((b"level", b"uuid", b"origin", b"source", b"message"))
_LEVEL: Final = b"level="
_JSON: Final = b"{"
_MAX_FIELDS: Final = 60
_ESCAPED = re.compile(rb'\\(["\\])')


class Entry(NamedTuple):
    """What one line says of a connection, and of its transaction of that number (b"" for none)."""

    uuid: bytes
    transaction: bytes
    origin: bytes
    text: bytes


def entry_of(body: bytes) -> Entry | None:
    """Return what a line says, None where it is of no connection; raises ValueError for broken JSON.

    In JSON and logfmt the members are written behind the message again, unquoted and in their order, so that the same
    patterns read them.
    """
    if body[:1] == b"[":
        found = PLAIN.pattern.match(body)
        return None if found is None else Entry(found[1], found[2] or b"", found[3], body[found.end() :])
    if body[:1] == _JSON:
        return _entry(_from_json(body))
    return _entry(_from_logfmt(body)) if body.startswith(_LEVEL) else None


def _from_json(body: bytes) -> dict[bytes, bytes]:
    try:
        members = json.loads(body)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(members, dict):
        return {}
    return {_bytes(name): b"" if value is None else _bytes(str(value)) for name, value in members.items()}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def _from_logfmt(body: bytes) -> dict[bytes, bytes]:
    members: dict[bytes, bytes] = {}
    at = 0
    while len(members) < _MAX_FIELDS and (found := LOGFMT.pattern.match(body, at)):
        at = found.end()
        members[found[1]] = found[3] if found[2] is None else _unescaped(found[2])
    return members


def _unescaped(quoted: bytes) -> bytes:
    return _ESCAPED.sub(rb"\1", quoted) if b"\\" in quoted else quoted


def _entry(members: dict[bytes, bytes]) -> Entry | None:
    named = UUID.pattern.match(members.get(b"uuid", b""))
    if named is None:
        return None
    origin = members.get(b"origin") or members.get(b"source", b"")
    told = [
        members.get(b"message", b""),
        *(b"%b=%b" % one for one in members.items() if one[0] not in _ABOUT),
    ]
    return Entry(named[1], named[2] or b"", origin, b" ".join(told).strip(b" "))
