"""What holds for every parser, whatever it is fed; the properties of each format ask for it with logs of their own."""

from __future__ import annotations

from collections.abc import Callable

from insights.ingest.record import Batch, joined
from insights.ingest.stream import LogStream
from tests.insights.ingest.test_stream_properties import content, cut, fed, lines_in


def each_line_is_counted_once(stream: Callable[[], LogStream], data: bytes) -> None:
    """Fail where lines are missing in the accounts or counted twice, or text that cannot be stored is given."""
    batch = joined(fed(stream(), [data]))
    assert batch.counts.lines == lines_in(data)
    for record in (*batch.submissions, *batch.failures):
        assert "\0" not in "".join(part for part in record if isinstance(part, str))


def no_cut_changes_anything(stream: Callable[[], LogStream], data: bytes, places: list[int]) -> None:
    """Fail where it matters how a log is cut, or that another reader goes on with the state of the one before."""
    whole = content(fed(stream(), [data]))
    batches: list[Batch] = []
    reader = stream()
    for chunk in cut(data, places):
        batches.append(reader.feed(chunk))
        state = reader.state()
        reader = stream()
        reader.restore(state)
        assert reader.state() == state
    assert content([*batches, reader.end_of_input()]) == whole
