"""Five daemons in one syslog: each line counts for the one whose it is, with the ids that its own format gives."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from insights.ingest.errors import BadState, YearRequired
from insights.ingest.formats import FORMATS
from insights.ingest.formats.mixed.parser import MEMBERS
from insights.ingest.record import Batch, LoginFailureRecord, SubmissionRecord, joined
from insights.ingest.stream import LogStream
from tests.insights.ingest import corpus

SAMPLES = Path(__file__).resolve().parents[4] / "samples"
FIVE = SAMPLES / "mixed" / "five-daemons.log"
NAMES = [member.name for member in MEMBERS]


def stream(name: str, *, year: int | None = 2026) -> LogStream:
    return LogStream(FORMATS[name](source_key="a source", zone=ZoneInfo("Europe/Berlin"), year=year))


def read(name: str, data: bytes) -> Batch:
    reader = stream(name)
    return joined([reader.feed(data), reader.end_of_input()])


def events(batch: Batch) -> list[SubmissionRecord | LoginFailureRecord]:
    return sorted((*batch.submissions, *batch.failures), key=lambda record: record.id)


def test_sample_is_counted_line_by_line() -> None:
    batch = read("mixed", FIVE.read_bytes())
    counts = batch.counts
    assert (len(batch.submissions), len(batch.failures)) == (11, 13)
    assert (counts.lines, counts.event, counts.evidence, counts.other) == (77, 22, 29, 22)
    assert counts.unrecognised == {"no_stamp": 1, "unknown_form": 2, "no_login": 1}
    assert [(sample.line_number, sample.reason) for sample in batch.skipped] == [
        (21, "no_stamp"),
        (72, "unknown_form"),
        (73, "no_login"),
        (77, "unknown_form"),
    ]


def test_each_event_is_the_one_that_its_own_format_gives() -> None:
    data = FIVE.read_bytes()
    alone = [read(name, data) for name in NAMES]
    assert [len(events(batch)) for batch in alone] == [4, 6, 4, 3, 7]
    assert events(read("mixed", data)) == events(joined(alone))


def test_no_line_counts_for_two_daemons() -> None:
    """Each line of every sample of the members, alone and after what came before it, is claimed at most once."""
    for folder in (*NAMES, "mixed"):
        for path in sorted((SAMPLES / folder).iterdir()):
            readers = [stream(name) for name in NAMES]
            for line in path.read_bytes().splitlines(keepends=True):
                counts = [reader.feed(line).counts for reader in readers]
                assert sum(count.event + count.evidence for count in counts) <= 1, line


@pytest.mark.parametrize("folder", NAMES)
def test_log_of_one_daemon_gives_the_same(folder: str) -> None:
    for path in sorted((SAMPLES / folder).glob("*.log")):
        data = path.read_bytes()
        alone, mixed = read(folder, data), read("mixed", data)
        of_others = [read(name, data).counts for name in NAMES if name != folder]
        assert set(events(alone)) <= set(events(mixed)), path.name
        assert mixed.counts.lines == alone.counts.lines
        assert mixed.counts.event == alone.counts.event + sum(counts.event for counts in of_others)
        assert mixed.counts.evidence == alone.counts.evidence + sum(counts.evidence for counts in of_others)


@corpus.needs_corpus
@pytest.mark.parametrize(
    ("name", "log"),
    [("postfix", "postfix/mail.log"), ("exim", "exim/mainlog"), ("sendmail", "sendmail/maillog")],
)
def test_corpus_of_one_daemon_gives_the_same(name: str, log: str) -> None:
    data = (corpus.FOLDER.parent / log).read_bytes()
    alone, mixed = read(name, data), read("mixed", data)
    assert events(mixed) == events(alone)
    assert (mixed.counts.event, mixed.counts.evidence) == (alone.counts.event, alone.counts.evidence)
    assert mixed.counts.unrecognised == alone.counts.unrecognised


def test_cut_and_saved_anywhere_it_gives_the_same() -> None:
    data = FIVE.read_bytes()
    whole = read("mixed", data)
    for size in (97, 501, 2_000):
        reader, batches = stream("mixed"), []
        for start, end in pairwise([*range(0, len(data), size), len(data)]):
            batches.append(reader.feed(data[start:end]))
            state = reader.state()
            reader = stream("mixed")
            reader.restore(state)
            assert reader.state() == state
        pieces = joined([*batches, reader.end_of_input()])
        assert events(pieces) == events(whole)
        assert Counter(pieces.counts.unrecognised) == whole.counts.unrecognised
        assert (pieces.counts.event, pieces.counts.evidence) == (whole.counts.event, whole.counts.evidence)


def test_read_again_it_gives_the_same_events_again() -> None:
    reader, data = stream("mixed"), FIVE.read_bytes()
    first = joined([reader.feed(data), reader.end_of_input()])
    again = joined([reader.feed(data), reader.end_of_input()])
    assert events(again) == events(first)


def test_year_is_asked_for() -> None:
    with pytest.raises(YearRequired):
        stream("mixed", year=None).feed(FIVE.read_bytes())


@pytest.mark.parametrize("state", [b"", b"[]", b"\xff", b'{"version": 9, "format": "mixed", "parsers": {}}'])
def test_a_state_of_another_kind_is_refused(state: bytes) -> None:
    with pytest.raises(BadState):
        stream("mixed").parser.restore(state)
    for name in NAMES:
        with pytest.raises(BadState):
            stream("mixed").parser.restore(stream(name).parser.state())
