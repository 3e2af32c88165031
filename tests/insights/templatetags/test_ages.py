"""How long ago: in one unit, and never “0 minutes”."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from insights.models import Source
from insights.templatetags.ages import ago, standing_of

NOW = datetime(2026, 11, 17, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-30, "just now"), (0, "just now"), (59, "just now"), (60, "1\xa0minute ago"), (5_400, "1\xa0hour ago")],
)
def test_age_is_told_in_one_unit(seconds: int, words: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == words


def test_nothing_has_no_age() -> None:
    assert ago(None, NOW) == "–"


@pytest.mark.parametrize(
    ("hours", "silent", "stands"),
    [(None, False, "no_line"), (3, False, "up_to_date"), (72, False, "stale"), (72, True, "silent")],
)
def test_source_stands_as_its_newest_line_says(hours: int | None, silent: bool, stands: str) -> None:
    at = None if hours is None else NOW - timedelta(hours=hours)
    source = Source(last_line_at=at, last_received_at=at, silent_since=at if silent else None)
    assert standing_of(source, NOW) == stands
