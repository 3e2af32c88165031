"""Each way a line can begin leads to the same events: a file, a console in colours, syslog, the journal, containers."""

from __future__ import annotations

import re

import pytest

from insights.ingest.record import LineCounts, joined
from tests.insights.ingest.formats.stalwart.reading import (
    EHLO,
    SHAKE,
    line,
    log,
    login,
    queued,
    read,
    refused,
    stream,
)

EVENTS = (EHLO, SHAKE, login(), queued(), refused())
WHOLE = read(log(*EVENTS))


def coloured(text: str) -> str:
    """Return a line as a console shows it."""
    stamp, level, rest = text.split(" ", 2)
    words, name, keys = re.split(r"( \([a-z.-]+\) )", rest, maxsplit=1)
    keys = re.sub(r"(\w+) = ", "\x1b[36m\\1\x1b[0m = ", keys)
    return f"\x1b[37m{stamp}\x1b[0m \x1b[32;1m{level}\x1b[0m \x1b[37;1m{words}\x1b[0m{name}{keys}"


@pytest.mark.parametrize(
    "before",
    [
        "",
        "Nov 20 10:00:01 mail stalwart[71]: ",
        "<30>Nov  2 10:00:01 mail stalwart-mail[71]: ",
        "2026-11-20T11:00:01.123456+01:00 mail stalwart: ",
        "<30>1 2026-11-20T10:00:01.123Z mail stalwart 71 - - ",
        "stalwart  | ",
        "mail-stalwart-1 | ",
        "mail-stalwart-1 | 2026-11-20T10:00:01.123456789Z ",
        "2026-11-20T10:00:01.123456789Z ",
        "2026-11-20T10:00:01.123456789Z stdout F ",
    ],
)
@pytest.mark.parametrize("colours", [False, True])
def test_frame(before: str, colours: bool) -> None:
    texts = [coloured(line(event)) if colours else line(event) for event in EVENTS]
    data = "".join(f"{before}{text}\n" for text in texts).encode()
    assert read(data) == WHOLE
    begins = stream().parser.begins_at(data.partition(b"\n")[0])
    assert begins is not None
    assert begins.isoformat() == "2026-11-20T10:00:00+00:00"


@pytest.mark.parametrize(
    "text",
    [
        "Nov 20 10:00:01 mail other[71]: ",
        "Nov 20 10:00:01 mail postfix/smtpd[71]: warning: stalwart[1]: ",
        "2026-11-20T10:00:01Z mail other: ",
        "2026-11-20T10:00:01.123Z other stdout F ",
    ],
)
def test_what_another_program_says_is_not_believed(text: str) -> None:
    data = "".join(f"{text}{line(event)}\n" for event in EVENTS).encode()
    batch = read(data)
    assert (batch.submissions, batch.failures, batch.counts) == ([], [], LineCounts(other=5))
    assert stream().parser.begins_at(data.partition(b"\n")[0]) is None


@pytest.mark.parametrize(
    "text", [b"", b"{", b"{}", b"x", b"2026-11-20T10:00:00Z INFO x", b"\tlocalPort = 587"]
)
def test_line_that_begins_nothing(text: bytes) -> None:
    assert stream().parser.begins_at(text) is None


def test_json_begins_at_its_time() -> None:
    written = b'{"events":[{"createdAt":"2026-11-20T10:00:00Z","type":"auth.success","data":{}}]}'
    begins = stream().parser.begins_at(written)
    assert begins is not None
    assert begins.isoformat() == "2026-11-20T10:00:00+00:00"


@pytest.mark.parametrize("before", ["", "Nov 20 10:00:01 mail stalwart[71]: "])
def test_cut_anywhere_in_what_stands_before_the_stamp(before: str) -> None:
    data = "".join(f"{before}{coloured(line(event))}\n" for event in EVENTS).encode()
    for place in range(len(before) + 60):
        reader = stream()
        batches = [reader.feed(data[:place]), reader.end_of_input()]
        again = stream()
        again.restore(reader.state())
        assert joined([*batches, again.feed(data[place:]), again.end_of_input()]) == WHOLE, place
