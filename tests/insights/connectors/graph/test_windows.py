"""What is asked for next, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from insights.connectors.graph.schedule import next_after_failure, next_after_success
from insights.connectors.graph.windows import windows

NOW = datetime(2026, 11, 24, 12, 0, 7, 500, tzinfo=UTC)
SHARP = NOW.replace(microsecond=0)
OVERLAP = timedelta(hours=6)


def test_new_connection_begins_thirty_days_back_a_day_at_a_time() -> None:
    spans = list(windows(None, overlap=OVERLAP, now=NOW))
    assert (len(spans), spans[0].since, spans[-1].until) == (30, SHARP - timedelta(days=30), SHARP)
    assert all(one.until == following.since for one, following in pairwise(spans))


def test_asking_again_looks_back_over_the_overlap() -> None:
    (span,) = windows(SHARP - timedelta(minutes=10), overlap=OVERLAP, now=NOW)
    assert (span.since, span.until) == (SHARP - timedelta(hours=6, minutes=10), SHARP)


def test_after_long_silence_nothing_is_asked_that_microsoft_does_not_keep() -> None:
    first = next(windows(SHARP - timedelta(days=200), overlap=OVERLAP, now=NOW))
    assert first.since == SHARP - timedelta(days=30)


def test_watermark_ahead_of_the_clock_asks_for_the_overlap_or_nothing() -> None:
    assert list(windows(SHARP + timedelta(days=2), overlap=OVERLAP, now=NOW)) == []


@pytest.mark.parametrize(
    ("failures", "asked", "minutes"),
    [(1, None, 10), (2, None, 20), (4, None, 80), (6, None, 320), (7, None, 360), (5000, None, 360), (1, 45, 45),
     (1, 9999, 360), (3, 5, 40)],
)  # fmt: skip
def test_failures_are_asked_again_later_each_time(failures: int, asked: int | None, minutes: int) -> None:
    wait = None if asked is None else timedelta(minutes=asked)
    assert next_after_failure(failures, now=NOW, retry_after=wait) == NOW + timedelta(minutes=minutes)


def test_success_is_asked_again_soon_and_at_once_where_more_is_there() -> None:
    assert next_after_success(now=NOW, is_all_read=True) == NOW + timedelta(minutes=10)
    assert next_after_success(now=NOW, is_all_read=False) == NOW
