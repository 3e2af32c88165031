"""Which programs wrote the lines of a log, by their syslog tags: said where none of them told of a login. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Final

from insights.ingest.inputs import open_log
from insights.ingest.journal import bare
from insights.ingest.record import SkipReason
from insights.ingest.stamps import read_stamp

LINES_LOOKED_AT: Final = 50_000
_BYTES_LOOKED_AT: Final = 16 * 1024 * 1024
_NAMED: Final = 20
_TAG = re.compile(rb"[\w.-][\w./-]{0,63}")


def programs_in(lines: Iterable[bytes]) -> dict[str, int]:
    """Return how many of the lines each program wrote, the busiest 20 programs."""
    return dict(Counter(name for line in lines if (name := _program_of(line))).most_common(_NAMED))


def programs_at_head(path: Path, *, name: str) -> dict[str, int]:
    """Return the same of a file's first `LINES_LOOKED_AT` lines; raises what `LogInput.chunks` raises."""
    return programs_in(islice(_head_lines(path, name), LINES_LOOKED_AT))


def added(known: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """Return the sums of two counts, the busiest 20 programs."""
    return dict((Counter(known) + Counter(more)).most_common(_NAMED))


def _head_lines(path: Path, name: str) -> Iterator[bytes]:
    rest, taken = b"", 0
    with open_log(path, name=name) as log:
        for chunk in log.chunks():
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines
            taken += len(chunk)
            if taken > _BYTES_LOOKED_AT:
                return


def _program_of(line: bytes) -> str:
    """Return `postfix/smtp` of `STAMP HOST postfix/smtp[12]: …`, also in RFC 5424's form or in the journal's; or ""."""
    line = bare(line)
    stamp = read_stamp(line)
    if isinstance(stamp, SkipReason):
        return ""
    words = line[stamp.end : stamp.end + 400].split(b" ", 2)
    tag = _TAG.match(words[1]) if len(words) > 1 else None
    if tag is None or not (stamp.rfc5424 or words[1][tag.end() : tag.end() + 1] in {b"[", b":"}):
        return ""
    return tag[0].decode("ascii", "replace")
