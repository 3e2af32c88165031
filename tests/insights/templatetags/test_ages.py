"""How long ago: in one unit, and never “0 minutes”."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from insights.templatetags.ages import ago

NOW = datetime(2026, 11, 17, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-30, "just now"), (0, "just now"), (59, "just now"), (60, "1\xa0minute ago"), (5_400, "1\xa0hour ago")],
)
def test_age_is_told_in_one_unit(seconds: int, words: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == words


def test_nothing_has_no_age() -> None:
    assert ago(None, NOW) == "–"
