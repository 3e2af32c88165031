"""The rules of a parser: it never raises, its counts add up, and neither cuts nor saved states change anything."""

from __future__ import annotations

import itertools
from datetime import date
from random import Random
from zlib import crc32
from zoneinfo import ZoneInfo

from insights.ingest.days import Days
from insights.ingest.formats import factory_of
from insights.ingest.record import (
    MAX_ACCOUNT,
    MAX_DETAIL,
    MAX_FAILED_ACCOUNT,
    MAX_HOST,
    MAX_MECHANISM,
    MAX_QUEUE_ID,
    MAX_SAMPLE,
    MAX_SAMPLES_PER_FEED,
    MAX_SENDER,
    Batch,
    joined,
)
from insights.ingest.stream import LogStream
from tests.insights.ingest.formats.columns.reading import TRACE
from tests.insights.ingest.formats.columns.test_ndjson import MAPPING as RECORDS

YEAR = 2026
CUTS = 4
MAPPINGS = {"csv": TRACE, "ndjson": RECORDS}
DAYS = Days(date(2026, 11, 17), date(2026, 11, 23))
"""What the columns of the samples are: without that nothing of a table is read."""


class RuleBroken(AssertionError):
    """A parser broke a rule that holds for all of them."""


def stream(name: str) -> LogStream:
    """Return a stream of a format that has read nothing."""
    factory = factory_of(name, mapping=MAPPINGS.get(name), days=DAYS)
    return LogStream(factory(source_key="a source", zone=ZoneInfo("Europe/Berlin"), year=YEAR))


def check(name: str, data: bytes) -> Batch:
    """Read the bytes as one log, whole and cut at some places; raise RuleBroken, or what the parser raises."""
    reader = stream(name)
    whole = joined([reader.feed(data), reader.end_of_input()])
    _check_counts(whole, data)
    _check_texts(whole)
    pieces = _read_in_pieces(name, data)
    _demand(_told(whole) == _told(pieces), "cut and saved in between it gives something else")
    _demand(
        whole.counts.as_dict() == pieces.counts.as_dict(),
        "cut and saved in between lines are counted otherwise",
    )
    return whole


def _read_in_pieces(name: str, data: bytes) -> Batch:
    """Read it through several processes, as it were: each takes up the state that the one before left."""
    dice = Random(crc32(data))
    edges = [0, *sorted(dice.randrange(len(data) + 1) for _ in range(CUTS)), len(data)]
    reader, batches = stream(name), []
    for begin, end in itertools.pairwise(edges):
        batches.append(reader.feed(data[begin:end]))
        state = reader.state()
        reader = stream(name)
        reader.restore(state)
        _demand(reader.state() == state, "a state that was taken up is another one")
    return joined([*batches, reader.end_of_input()])


def _check_counts(batch: Batch, data: bytes) -> None:
    counts = batch.counts
    numbers = [counts.event, counts.evidence, counts.other, *counts.unrecognised.values()]
    _demand(min(numbers) >= 0, "a count is negative")
    _demand(sum(numbers) == counts.lines == data.count(b"\n"), "the counts do not add up to the lines")
    events = len(batch.submissions) + len(batch.failures)
    # A held message is judged when its session is given up: the lines that it rests on are evidence then.
    _demand(events == 0 or counts.event + counts.evidence > 0, "events came of no line")
    _demand(
        len(batch.skipped) <= counts.unrecognised.total(), "there are more samples than unrecognised lines"
    )
    if counts.unrecognised.total() <= MAX_SAMPLES_PER_FEED:
        _demand(len(batch.skipped) == counts.unrecognised.total(), "an unrecognised line has no sample")


def _check_texts(batch: Batch) -> None:
    """Check what the database would refuse."""
    for one in batch.submissions:
        _demand(len(one.id) == 16, "an id is of another length")
        _check_lengths(
            (one.host, MAX_HOST), (one.queue_id, MAX_QUEUE_ID), (one.account, MAX_ACCOUNT),
            (one.sender_address, MAX_SENDER), (one.mechanism, MAX_MECHANISM),
        )  # fmt: skip
        _demand(one.messages >= 0 <= one.recipients and one.logins >= 0, "a number of a message is negative")
        _demand(one.size_bytes is None or one.size_bytes >= 0, "a size is negative")
    for failure in batch.failures:
        _check_lengths(
            (failure.host, MAX_HOST), (failure.account, MAX_FAILED_ACCOUNT),
            (failure.mechanism, MAX_MECHANISM), (failure.detail, MAX_DETAIL),
        )  # fmt: skip
    _check_lengths(*((sample.text, MAX_SAMPLE) for sample in batch.skipped))


def _check_lengths(*texts: tuple[str, int]) -> None:
    for text, most in texts:
        _demand(len(text) <= most and "\0" not in text, f"a text cannot be stored: {text[:80]!r}")
        text.encode()  # no lone surrogates


def _told(batch: Batch) -> list[tuple[object, ...]]:
    return sorted((tuple(record) for record in (*batch.submissions, *batch.failures)), key=repr)


def _demand(holds: bool, words: str) -> None:
    if not holds:
        raise RuleBroken(words)
