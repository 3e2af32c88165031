"""The one rule of silence: how fresh a source is, from what is kept with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from insights.health.pauses import Standing, has_returned, pause_began, standing

NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("line", "received", "silent", "expected"),
    [
        (None, None, None, Standing.NO_LINE),
        (None, 0, None, Standing.NO_LINE),
        (0, 0, None, Standing.UP_TO_DATE),
        (-48, -48, None, Standing.UP_TO_DATE),
        (-49, -49, None, Standing.STALE),
        (-49, None, None, Standing.STALE),
        (-49, 0, None, Standing.STALE),  # old lines only
        (-30, -30, -30, Standing.SILENT),
        (-300, -300, -300, Standing.SILENT),
        (-1, -1, -30, Standing.UP_TO_DATE),  # it sends again, which was not told yet
        (-29, -1, -30, Standing.UP_TO_DATE),  # what it kept comes first
        (-60, -1, -30, Standing.SILENT),  # an old log is no return
        (-30, None, -30, Standing.SILENT),
    ],
)
def test_standing_goes_by_what_is_kept(
    line: int | None, received: int | None, silent: int | None, expected: Standing
) -> None:
    def at(hours: int | None) -> datetime | None:
        return None if hours is None else NOW + hours * HOUR

    found = standing(last_line_at=at(line), last_received_at=at(received), silent_since=at(silent), now=NOW)
    assert found == expected


def test_pause_begins_at_the_last_receipt_or_a_day_after_the_newest_line() -> None:
    assert pause_began(None, NOW) is None
    assert pause_began(NOW, None) == NOW
    assert pause_began(NOW, NOW - 3 * HOUR) == NOW
    assert pause_began(NOW, NOW - 30 * HOUR) == NOW - 6 * HOUR


def test_return_is_recent() -> None:
    assert has_returned(NOW - 50 * HOUR, NOW - 26 * HOUR, NOW)
    assert not has_returned(NOW - 50 * HOUR, NOW - 27 * HOUR, NOW)
    assert not has_returned(NOW, NOW, NOW)
