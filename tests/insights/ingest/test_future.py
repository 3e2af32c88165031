"""Lines from the future move no watermark: not the source's newest line, not the parser's, not silence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from insights.detection.silence import quiet_from, watch_sources
from insights.ingest.formats import FORMATS
from insights.ingest.record import SkipReason
from insights.ingest.span import CLOCK_SKEW
from insights.ingest.stream import LogStream
from insights.models import LogImport, Source
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import imported, kept, source_of
from tests.insights.ingest.lines import message

NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LAST = NOW - 2 * HOUR


@pytest.mark.django_db
@pytest.mark.parametrize("ahead", [timedelta(hours=25), timedelta(days=3), timedelta(days=60)])
def test_line_beyond_the_tolerance_moves_nothing(cast: Cast, tmp_path: Path, ahead: timedelta) -> None:
    log = message(LAST, queue_id="A1") + message(NOW + ahead, queue_id="A2")
    log_import = imported(cast.acme, tmp_path, log, year=2026, now=NOW)
    assert log_import.unrecognised == {"in_the_future": 5}
    assert (log_import.lines_from_at, log_import.lines_until_at) == (LAST, LAST)
    source = source_of(cast.acme)
    assert (source.last_line_at, source.last_received_at) == (LAST, NOW)
    later = imported(cast.acme, tmp_path, message(NOW - HOUR, queue_id="A3"), now=NOW + HOUR)
    assert (later.submissions_stored, later.lines_unrecognised) == (1, 0)
    assert source_of(cast.acme).last_line_at == NOW - HOUR


@pytest.mark.parametrize("ahead", [timedelta(hours=25), timedelta(days=3)])
def test_line_beyond_the_tolerance_does_not_move_the_parser(ahead: timedelta) -> None:
    parser = FORMATS["postfix"](
        source_key="s", zone=ZoneInfo("UTC"), year=2026, earliest=None, latest=NOW + CLOCK_SKEW
    )
    stream = LogStream(parser)
    batch = stream.feed(message(LAST, queue_id="A1") + message(NOW + ahead, queue_id="A2"))
    batch.counts.add(stream.end_of_input().counts)
    assert batch.counts.unrecognised == {SkipReason.IN_THE_FUTURE: 5}
    assert parser.last_at == LAST


@pytest.mark.django_db
def test_clock_a_little_ahead_moves_the_newest_line_no_further_than_now(cast: Cast, tmp_path: Path) -> None:
    """Its events are taken, and what the server writes once its clock is right goes on from the saved state."""
    log = message(LAST, queue_id="A1") + message(NOW + 20 * HOUR, queue_id="A2")
    log_import = imported(cast.acme, tmp_path, log, year=2026, now=NOW)
    assert (log_import.submissions_stored, log_import.lines_until_at) == (2, NOW + 20 * HOUR)
    source = source_of(cast.acme)
    assert source.last_line_at == NOW
    after = imported(cast.acme, tmp_path, message(NOW + HOUR, queue_id="A3"), now=NOW + 2 * HOUR)
    assert after.submissions_stored == 1
    again = source_of(cast.acme)
    assert again.last_line_at == NOW + HOUR
    assert bytes(again.parser_state or b"") != bytes(source.parser_state or b"")
    assert len(kept(cast.acme).submissions) == 3


@pytest.mark.django_db
def test_source_that_sends_lines_of_the_future_alone_falls_silent(cast: Cast, tmp_path: Path) -> None:
    log = b"".join(
        message(NOW - timedelta(days=days), queue_id=f"B{days}", pid=100 + days) for days in (3, 2, 1, 0)
    )
    imported(cast.acme, tmp_path, log, year=2026, now=NOW)
    with tenant_scope([cast.acme.pk]):
        Source.objects.update(created_at=NOW - timedelta(days=9))
    for hours in (20, 30, 40, 52):
        now = NOW + hours * HOUR
        imported(
            cast.acme, tmp_path, log + message(now + 30 * HOUR, queue_id=f"F{hours}"), year=2026, now=now
        )
        source = source_of(cast.acme)
        assert (source.last_line_at, quiet_from(source)) == (NOW, min(now, NOW + 24 * HOUR))
        with tenant_scope([cast.acme.pk]):
            silent, _ = watch_sources(cast.acme, now=now)
        assert bool(silent) == (hours == 52)


@pytest.mark.django_db
def test_span_of_the_lines_is_that_of_the_log_not_of_its_events(cast: Cast, tmp_path: Path) -> None:
    quiet = b"Nov 16 02:00:00 mx postfix/master[1]: daemon started\n"
    tail = b"Nov 16 23:00:00 mx postfix/anvil[2]: statistics: max connection rate 1/60s\n"
    imported(cast.acme, tmp_path, quiet + message(LAST - 24 * HOUR, queue_id="A1") + tail, year=2026, now=NOW)
    with tenant_scope([cast.acme.pk]):
        (log_import,) = LogImport.objects.all()
    assert (log_import.lines_from_at, log_import.lines_until_at) == (
        datetime(2026, 11, 16, 2, tzinfo=UTC),
        datetime(2026, 11, 16, 23, tzinfo=UTC),
    )
