"""Each way of writing a time, and what looks like one but is not of that form."""

from __future__ import annotations

import pytest

from insights.ingest.formats.columns.mapping import TimeFormat
from insights.ingest.formats.columns.times import stamp_of

ISO, NAMED = TimeFormat.ISO, TimeFormat.NAMED_MONTH
DAY, MONTH = TimeFormat.DAY_FIRST, TimeFormat.MONTH_FIRST


@pytest.mark.parametrize(
    ("written", "form", "read"),
    [
        ("2026-11-20T10:00:00Z", ISO, "2026-11-20T10:00:00Z "),
        ("2026-11-20 10:00:00.123456789", ISO, "2026-11-20T10:00:00.123456789 "),
        ("2026-11-20 10:00 +0100", ISO, "2026-11-20T10:00:00+01:00 "),
        (" 2026-11-20T10:00:00,5-05 ", ISO, "2026-11-20T10:00:00.5-05:00 "),
        ("1763632800", TimeFormat.EPOCH_S, "2025-11-20T10:00:00.000000Z "),
        ("1763632800.25", TimeFormat.EPOCH_S, "2025-11-20T10:00:00.250000Z "),
        ("1763632800123", TimeFormat.EPOCH_MS, "2025-11-20T10:00:00.123000Z "),
        ("1763632800123456", TimeFormat.EPOCH_US, "2025-11-20T10:00:00.123456Z "),
        ("03/04/2026 9:05", DAY, "2026-04-03T09:05:00 "),
        ("03/04/2026 9:05", MONTH, "2026-03-04T09:05:00 "),
        ("3.4.2026, 09:05:07", DAY, "2026-04-03T09:05:07 "),
        ("11/20/2026 12:00:01 AM", MONTH, "2026-11-20T00:00:01 "),
        ("11/20/2026 12:30:00 pm", MONTH, "2026-11-20T12:30:00 "),
        ("Fri, 20 Nov 2026 10:00:00 +0000", NAMED, "2026-11-20T10:00:00+00:00 "),
        ("20/Nov/2026:10:00:00 -0500", NAMED, "2026-11-20T10:00:00-05:00 "),
        ("2 November 2026 10:00", NAMED, "2026-11-02T10:00:00 "),
    ],
)
def test_time_is_brought_to_one_form(written: str, form: TimeFormat, read: str) -> None:
    assert stamp_of(written.encode(), form) == read.encode()


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("", ISO),
        ("20.11.2026 10:00:00", ISO),
        ("2026-11-20", ISO),
        ("2026-11-20T10:00:00Z and more", ISO),
        ("2026-11-20T10:00:00", TimeFormat.EPOCH_S),
        ("-5", TimeFormat.EPOCH_S),
        ("99999999999999999", TimeFormat.EPOCH_S),
        ("1e9", TimeFormat.EPOCH_MS),
        ("2026/11/20 10:00", DAY),
        ("20.11/2026 10:00", DAY),
        ("20.11.26 10:00", DAY),
        ("11/20/2026 13:00 PM", MONTH),
        ("20 Foo 2026 10:00", NAMED),
        ("9" * 100, TimeFormat.EPOCH_US),
    ],
)
def test_what_is_not_of_the_form_is_no_time(written: str, form: TimeFormat) -> None:
    assert stamp_of(written.encode(), form) is None
