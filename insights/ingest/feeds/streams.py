"""Read lines with a source's saved state: go on where its log stands, or in an older log that is sent meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from insights.ingest.errors import BadState
from insights.ingest.formats import factory_of
from insights.ingest.local_time import wall_seconds
from insights.ingest.record import Batch
from insights.ingest.span import Span
from insights.ingest.stamps import Stamp, read_stamp
from insights.ingest.stream import LogStream
from insights.models import LineFeed, Source

log = structlog.get_logger(__name__)

DISORDER: Final = timedelta(minutes=1)
"""Lines that begin this much before the newest one read still go on from there: senders are not of one mind."""


def read_lines(
    lines: Sequence[bytes], *, source: Source, feed: LineFeed, span: Span, year: int | None
) -> tuple[Batch, datetime | None]:
    """Return what the lines tell, and the newest time read; the states are set on `source` and `feed`, not saved.

    The caller holds the source's lock. Lines that begin long before the newest one read are of an older log: it has
    sessions of its own, which are kept apart, so that the newer ones are not forgotten. `year` is that of the first
    stamp without one, by default the latest that is not in the future.
    """
    year = year or _year_of(lines, source, span)
    newest = _stream(source, span, year, source.parser_state)
    if _is_years_later(lines, newest, year, zone=ZoneInfo(source.time_zone)):
        newest = _stream(source, span, year, None)
    if not _is_older(lines, newest):
        batch = newest.feed_apart(lines)
        source.parser_state = newest.state()
        return batch, newest.parser.last_at
    older = _stream(source, span, year, feed.older_state)
    if feed.older_state is not None and _is_older(lines, older):
        older = _stream(source, span, year, None)
    batch = older.feed_apart(lines)
    last_at, newest_at = older.parser.last_at, newest.parser.last_at
    if last_at is not None and newest_at is not None and last_at > newest_at:
        source.parser_state, feed.older_state = older.state(), None
    else:
        feed.older_state = older.state()
    return batch, last_at


def _stream(source: Source, span: Span, year: int, state: bytes | memoryview | None) -> LogStream:
    def fresh() -> LogStream:
        return LogStream(
            factory_of(source.format, mapping=source.mapping)(
                source_key=str(source.pk),
                zone=ZoneInfo(source.time_zone),
                year=year,
                earliest=span.earliest,
                latest=span.latest,
            )
        )

    stream = fresh()
    if state is not None:
        try:
            stream.restore(bytes(state))
        except BadState:
            # Of an earlier version; half restored, it may not be used.
            log.warning("feed.state_dropped", source=str(source.pk))
            return fresh()
    return stream


def _is_older(lines: Sequence[bytes], stream: LogStream) -> bool:
    """Tell whether the first stamped line is from well before the newest one that `stream` has read."""
    newest = stream.parser.last_at
    if newest is None:
        return False
    first = next((at for line in lines if (at := stream.parser.begins_at(line)) is not None), None)
    return first is not None and first < newest - DISORDER


def _is_years_later(lines: Sequence[bytes], stream: LogStream, year: int, *, zone: ZoneInfo) -> bool:
    """Tell whether `stream` would take the first stamp without a year for one of an earlier year.

    So it does after a silence of about a year, because a file may be read again at any time. What was open is over.
    Years are those of the source's `zone`, whose new year is not that of UTC.
    """
    for line in lines:
        stamp, at = read_stamp(line), stream.parser.begins_at(line)
        if isinstance(stamp, Stamp) and at is not None:
            there = at.astimezone(zone)
            return not stamp.has_year and there + timedelta(days=180) < there.replace(
                year=year, day=min(there.day, 28)
            )
    return False


def _year_of(lines: Sequence[bytes], source: Source, span: Span) -> int:
    """Return the latest year that does not put the first stamp without one into the future."""
    latest = span.latest.astimezone(ZoneInfo(source.time_zone)).replace(tzinfo=None)
    stamps = (read_stamp(line) for line in lines)
    wall = next((one.wall for one in stamps if isinstance(one, Stamp) and not one.has_year), None)
    if wall is None:
        return latest.year
    for year in range(latest.year, latest.year - 8, -1):
        try:
            placed = wall.replace(year=year)
        except ValueError:  # a 29 February
            continue
        if wall_seconds(placed) <= wall_seconds(latest):
            return year
    return latest.year
