"""One log over several inputs: cut anywhere, with any line ends, again, or older than the one before."""

from __future__ import annotations

import pytest

from insights.ingest.errors import BadState, YearRequired
from insights.ingest.lines import MAX_LINE
from insights.ingest.record import Batch, LineCounts, SkipReason, joined
from insights.ingest.stream import LogStream
from tests.insights.ingest.formats.reading import CONNECT, DISCONNECT, TLS, client, log, queued, read, stream

REFUSED = "warning: unknown[203.0.113.9]: SASL LOGIN authentication failed: (reason unavailable), sasl_username=admin"
DATA = (
    log(CONNECT, TLS, client("A1"), stamp="Dec 31 23:59:58 mail ")
    + log(queued("A1"), DISCONNECT, REFUSED, REFUSED, stamp="Jan  1 00:00:02 mail ")
    + log(CONNECT, client("A2"), queued("A2"), REFUSED, stamp="Jan  1 00:00:03 mail ")
)


def in_parts(*parts: bytes, year: int | None = 2025) -> Batch:
    """Read inputs one after the other, each by a stream of its own with the state of the one before."""
    batches, state = [], b""
    for part in parts:
        reader = stream(year=year)
        if state:
            reader.restore(state)
        batches += [reader.feed(part), reader.end_of_input()]
        state = reader.state()
    return joined(batches)


def events(batch: Batch) -> tuple[object, ...]:
    """Return what matters of a batch."""
    return batch.submissions, batch.failures, batch.counts.as_dict()


WHOLE = in_parts(DATA)


def test_whole_log() -> None:
    assert [(r.queue_id, r.tls_version) for r in WHOLE.submissions] == [("A1", "TLS1.2"), ("A2", "none")]
    assert WHOLE.counts == LineCounts(event=5, evidence=6)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_any_cut_gives_the_whole(end: bytes) -> None:
    data = DATA.replace(b"\n", end)
    for cut in range(len(data) + 1):
        assert events(in_parts(data[:cut], data[cut:])) == events(WHOLE), cut


def test_two_cuts_give_the_whole() -> None:
    for cut in range(0, len(DATA) - 40, 7):
        for length in (1, 5, 16, 40):
            parts = DATA[:cut], DATA[cut : cut + length], DATA[cut + length :]
            assert events(in_parts(*parts)) == events(WHOLE), (cut, length)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50, 1_000])
def test_chunks_of_any_size_give_the_whole(size: int) -> None:
    reader = stream(year=2025)
    chunks = [DATA[start : start + size] for start in range(0, len(DATA), size)]
    assert events(joined([*(reader.feed(chunk) for chunk in chunks), reader.end_of_input()])) == events(WHOLE)


def test_priority_before_a_stamp_belongs_to_it() -> None:
    data = DATA.replace(b"Dec 31", b"<22>Dec 31").replace(b"Jan  1", b"<22>Jan  1")
    for cut in range(len(data) + 1):
        assert events(in_parts(data[:cut], data[cut:])) == events(in_parts(data)), cut


def test_unterminated_line_is_held_and_not_read() -> None:
    reader = stream()
    data = log(CONNECT, client("A1"))[:-9]
    batch = joined([reader.feed(data), reader.end_of_input()])
    assert (batch.counts.lines, reader.held_bytes) == (1, len(data) - data.index(b"\n") - 1)


def test_unterminated_line_before_a_line_of_its_own_is_complete() -> None:
    first, second = log(CONNECT, TLS, client("A1")), log(queued("A1"), DISCONNECT)
    batch = in_parts(first[:-1], second)
    assert (len(batch.submissions), batch.counts) == (1, LineCounts(event=1, evidence=4))


def test_input_that_begins_before_the_newest_time_starts_afresh() -> None:
    older = log(queued("A1"), DISCONNECT, stamp="Jun  2 10:40:57 mail ")
    batch = in_parts(log(CONNECT, TLS, client("A1")) + b"Jun  3 10:40:58 mail postfix/smtpd[1]: half", older)
    assert batch.submissions == []
    assert batch.counts.lines == 5


@pytest.mark.parametrize(
    "data", [DATA, log(REFUSED, REFUSED, CONNECT), log(CONNECT, client("A1"), queued("A1"), REFUSED)]
)
@pytest.mark.parametrize("year", [2025, None])
def test_input_that_comes_again_gives_the_same_events(data: bytes, year: int | None) -> None:
    reader = stream(year=2025)
    once = joined([reader.feed(data), reader.end_of_input()])
    again = stream(year=year)
    again.restore(reader.state())
    twice = joined([again.feed(data), again.end_of_input()])
    assert {r.id for r in twice.submissions} == {r.id for r in once.submissions}
    assert {r.id for r in twice.failures} == {r.id for r in once.failures}
    assert [r.occurred_at for r in twice.failures] == [r.occurred_at for r in once.failures]


def test_missing_year_is_asked_for_before_anything_is_read() -> None:
    reader = stream(year=None)
    with pytest.raises(YearRequired):
        reader.feed(DATA)
    assert stream(year=None).feed(b"no stamp\n") == ([], [], [], LineCounts())


def test_lines_are_numbered_within_their_input() -> None:
    reader = stream()
    first = joined([reader.feed(log(CONNECT) + b"odd\n"), reader.feed(b"\nodder\n"), reader.end_of_input()])
    second = joined([reader.feed(log(CONNECT) + b"oddest\n"), reader.end_of_input()])
    found = [(s.line_number, s.reason, s.text) for s in (*first.skipped, *second.skipped)]
    assert found == [
        (2, SkipReason.NO_STAMP, "odd"),
        (3, SkipReason.EMPTY, ""),
        (4, SkipReason.NO_STAMP, "odder"),
        (2, SkipReason.NO_STAMP, "oddest"),
    ]


def test_samples_are_bounded_and_counts_are_complete() -> None:
    batch = read(log(CONNECT) + b"x" * 5_000 + b"\n" + b"odd\n" * 5_000)
    assert (len(batch.skipped), len(batch.skipped[0].text)) == (100, 500)
    assert batch.counts.unrecognised == {SkipReason.NO_STAMP: 5_001}


def test_samples_hold_no_password_and_no_control_characters() -> None:
    batch = read(log(CONNECT) + b'failed-command command="AUTH PLAIN AGFubgBzZWNyZXQ=" \x1b[31m\n')
    assert [s.text for s in batch.skipped] == ['failed-command command="AUTH PLAIN [removed] \\x1b[31m']


def test_nul_bytes_are_told() -> None:
    assert read(log(CONNECT) + b"\0\0\n").counts.unrecognised == {SkipReason.BINARY: 1}


def in_chunks(data: bytes, size: int) -> tuple[Batch, LogStream]:
    """Read one input in chunks of a size."""
    reader = stream()
    chunks = [data[start : start + size] for start in range(0, len(data), size)]
    return joined([*(reader.feed(chunk) for chunk in chunks), reader.end_of_input()]), reader


@pytest.mark.parametrize("length", [MAX_LINE, MAX_LINE + 1, MAX_LINE + 2, MAX_LINE * 2, MAX_LINE * 9])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_overlong_line_is_one_line_however_it_comes(length: int, end: bytes) -> None:
    long = b"Jun  3 10:40:57 mail " + b"x" * (length - 21) + end
    data = (log(CONNECT) * 3).replace(b"\n", end) + long + log(CONNECT, TLS).replace(b"\n", end) + long
    batches = [
        in_chunks(data, size)[0] for size in (len(data), 1_000_000, 100_000, MAX_LINE + 1, 40_000, 4_096)
    ]
    expected = {SkipReason.TOO_LONG: 2} if length > MAX_LINE else {}
    assert [batch.counts.unrecognised for batch in batches] == [expected] * 6
    assert [batch.counts.evidence for batch in batches] == [5] * 6
    assert [batch.skipped for batch in batches] == [batches[0].skipped] * 6


def test_line_without_an_end_does_not_fill_memory() -> None:
    _, reader = in_chunks(log(CONNECT) + b"x" * 3_000_000, 100_000)
    assert reader.held_bytes < 3_000
    assert len(reader.state()) < 50_000


def test_consumed_bytes_say_where_to_go_on() -> None:
    reader = stream(year=2025)
    before = reader.feed(DATA[:500])
    assert reader.consumed_bytes == 500
    resumed = stream(year=2025)
    resumed.restore(reader.state())
    after = [resumed.feed(DATA[resumed.consumed_bytes :]), resumed.end_of_input()]
    assert events(joined([before, *after])) == events(WHOLE)


@pytest.mark.parametrize(
    "state", [b"", b"{}", b"[]", b"null", b'{"version": 1}', b'{"version": 99}', b"\xff"]
)
def test_state_that_is_none_is_refused(state: bytes) -> None:
    with pytest.raises(BadState):
        stream().restore(state)
    with pytest.raises(BadState):
        stream().parser.restore(state)


def test_state_stays_small_whatever_is_left_open() -> None:
    lines = b"".join(
        b"Jun  3 10:40:57 mail postfix/smtpd[%d]: connect from x[192.0.2.1]\n"
        b"Jun  3 10:40:57 mail postfix/smtpd[%d]: A%d: client=x[192.0.2.1], sasl_method=PLAIN, sasl_username=%b\n"
        b"Jun  3 10:40:57 host%d postfix/smtpd[1]: connect from x[192.0.2.1]\n" % (n, n, n, b"u" * 300, n)
        for n in range(30_000)
    )
    reader = stream()
    reader.feed(lines)
    assert len(reader.state()) < 10_000_000
    assert reader.feed(log(CONNECT, client("A1"), queued("A1"))).counts.event == 1
