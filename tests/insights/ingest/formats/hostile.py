"""Lines of JSON of 64 KiB that are made to take long."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from insights.ingest.lines import MAX_LINE
from insights.ingest.record import Batch
from insights.ingest.texts import sample_of

SECONDS_EACH = 0.5
"""Of the processor; such a line takes a hundredth of it."""
_FILLERS = (
    "a",
    " ",
    '"',
    "\\",
    "[",
    "{",
    "=",
    ",",
    "\x00",
    "é",
    "AUTH PLAIN ",
    "command=",
    "<",
    "A" * 16 + "=",
)


def hostile_records(record: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the record with each text in it, in turn, as long as a line may be; and broken in the middle of it."""
    for path in _texts_in(record):
        for filler in _FILLERS:
            room = (MAX_LINE - len(json.dumps(record)) - 200) // len(json.dumps(filler)[1:-1])
            line = json.dumps(_changed(record, path, filler * room)).encode()
            yield line
            yield line[: len(line) // 2]
    for opening in ("[", '{"a":', "1", '{"type":"Reception","nodeid":'):
        yield (opening * ((MAX_LINE - 100) // len(opening))).encode()


def slowest(read: Callable[[bytes], Batch], record: Mapping[str, Any]) -> float:
    """Return the seconds that the slowest of the hostile lines took, read and made a sample of; each is counted."""
    took = [0.0]
    for line in hostile_records(record):
        began = time.process_time()
        assert read(line + b"\n").counts.lines == 1
        sample_of(line)
        took.append(time.process_time() - began)
    return max(took)


def _texts_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, str):
        yield path
    elif isinstance(value, Mapping):
        for name in value:
            yield from _texts_in(value[name], (*path, name))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _texts_in(one, (*path, index))


def _changed(record: Mapping[str, Any], path: tuple[str | int, ...], text: str) -> Any:
    whole: Any = json.loads(json.dumps(record))
    value = whole
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = text
    return whole
