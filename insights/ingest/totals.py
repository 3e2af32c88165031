"""Imports of totals: of which days they are, and that no day of a source is counted in two of them."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from insights.ingest.days import Days
from insights.ingest.errors import DaysRequired, OtherDays
from insights.models import ImportStatus, LogImport, Source

_COUNTED = (ImportStatus.WAITING, ImportStatus.RUNNING, ImportStatus.DONE, ImportStatus.FAILED)


def note_days(log_import: LogImport, days: Days) -> None:
    """Let an import that is not saved yet be of these days: they are what its lines are from and until."""
    zone = ZoneInfo(log_import.source.time_zone)
    log_import.lines_from_at = datetime.combine(days.first, time(), tzinfo=zone)
    log_import.lines_until_at = datetime.combine(days.last, time(12), tzinfo=zone)


def days_of(log_import: LogImport) -> Days | None:
    """Return of which days an import of totals is, in the zone of its source; None where nobody said."""
    begins, ends = log_import.lines_from_at, log_import.lines_until_at
    if begins is None or ends is None:
        return None
    zone = ZoneInfo(log_import.source.time_zone)
    return Days(begins.astimezone(zone).date(), ends.astimezone(zone).date())


def refuse_overlap(source: Source, days: Days | None, *, besides: LogImport | None = None) -> None:
    """Raise DaysRequired without days, OtherDays where another import has some of them and some others. One query.

    The same days again are the same totals, and count nothing twice. Must run in the tenant's scope.
    """
    if days is None:
        raise DaysRequired
    others = LogImport.objects.filter(source=source, status__in=_COUNTED).select_related("source")
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    for other in others:
        theirs = days_of(other)
        if theirs is not None and theirs != days and theirs.overlap(days):
            raise OtherDays(
                f"“{source.name}” has totals of {theirs} already ({other.file_name}): with those of {days} messages "
                "would count twice.",
                hint="Undo that import first, or give a file of other days.",
            )
