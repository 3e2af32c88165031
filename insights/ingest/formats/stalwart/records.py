"""Stalwart's events as JSON, `{"createdAt": …, "type": …, "data": {…}}`, by themselves or as a webhook posts them.

Source: crates/trc/src/serializers/json.rs of Stalwart 0.16. Here every value is whole: nothing can imitate another.
"""

from collections.abc import Mapping
from typing import Any, Final

from insights.ingest.formats.json_records import text_in
from insights.ingest.formats.stalwart.event import HANDSHAKE, INPUT, QUEUED, Event, Peer, Queued
from insights.ingest.json_values import value_of

_NAME_MOST: Final = 100
_SIZE_MOST: Final = 2**62
_PORTS: Final = 65_536


def records_in(line: bytes) -> list[Mapping[str, Any]] | None:
    """Return the records that a line holds, none where it holds something else, None where it is no JSON object."""
    value = value_of(line)
    if not isinstance(value, Mapping):
        return None
    events = value.get("events")
    found = events if isinstance(events, list) else [value]
    return [one for one in found if isinstance(one, Mapping) and _is_record(one)]


def stamp_of(record: Mapping[str, Any]) -> bytes:
    """Return when a record was written, as a line would begin; b"" where that has no year."""
    written = text_in(record, "createdAt")
    return written + b" " if written[4:5] == b"-" else b""


def event_of(record: Mapping[str, Any]) -> Event:
    """Return the event of a record."""
    data = record["data"]
    name, account = text_in(record, "type")[:_NAME_MOST], text_in(data, "accountName")
    if name in QUEUED:
        return Event(name, _peer(data), account, queued=_queued(data))
    if name == HANDSHAKE:
        told = text_in(data, "version")
    elif name == INPUT:
        told = _mechanism(text_in(data, "contents")[:100])
    else:
        told = text_in(data, "reason")
    return Event(name, _peer(data), account, told)


def _is_record(value: Mapping[str, Any]) -> bool:
    return (
        isinstance(value.get("type"), str)
        and isinstance(value.get("data"), Mapping)
        and isinstance(value.get("createdAt"), str)
    )


def _peer(data: Mapping[str, Any]) -> Peer | None:
    local, remote, address = data.get("localPort"), data.get("remotePort"), text_in(data, "remoteIp")
    if not address or not isinstance(local, int) or not isinstance(remote, int):
        return None
    if not 0 <= local < _PORTS or not 0 <= remote < _PORTS:
        return None
    return Peer(text_in(data, "listenerId")[:100], b"%d" % local, address[:45], b"%d" % remote)


def _queued(data: Mapping[str, Any]) -> Queued | None:
    number, to, size = data.get("queueId"), data.get("to"), data.get("size")
    if not isinstance(number, int) or not 0 <= number < 2**64:
        return None
    sender = text_in(data, "from")
    is_list = isinstance(to, list) and len(to) > 0
    return Queued(
        b"%d" % number,
        b"" if sender == b"<>" else sender,
        len(to) if isinstance(to, list) and is_list else 1,
        is_list,
        size if isinstance(size, int) and 0 <= size < _SIZE_MOST else 0,
    )


def _mechanism(contents: bytes) -> bytes:
    words = contents.split(b"\r", 1)[0].split(b" ", 2)
    return words[1][:20] if len(words) > 1 and words[0].upper() == b"AUTH" else b""
