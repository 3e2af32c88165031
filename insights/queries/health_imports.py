"""What the imports of a source tell: lines by day and class, reasons, samples, programs, and what came twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce, TruncDate

from insights.models import ImportOverlap, ImportStatus, LogImport, SkippedLine, Source
from project.periods import DayRange
from tenants.models import Tenant

SAMPLES_SHOWN = 10
OVERLAPS_SHOWN = 10
FUTURE_SAMPLES = 50
_HAS_LINES = Q(lines_event__gt=0) | Q(lines_evidence__gt=0) | Q(lines_other__gt=0) | ~Q(unrecognised={})
_ACTIVE = (ImportStatus.WAITING, ImportStatus.RUNNING)


class LineSums(NamedTuple):
    """Lines by class, and what became of their events."""

    imports: int = 0
    events: int = 0
    evidence: int = 0
    other: int = 0
    unrecognised: int = 0
    stored: int = 0
    duplicate: int = 0

    @property
    def matched(self) -> int:
        """The lines that tell an event or are evidence for one."""
        return self.events + self.evidence

    @property
    def read(self) -> int:
        """All lines."""
        return self.events + self.evidence + self.other + self.unrecognised

    def __add__(self, other: object) -> LineSums:
        return (
            LineSums(*map(sum, zip(self, other, strict=True)))
            if isinstance(other, LineSums)
            else NotImplemented
        )


NO_LINES: Final = LineSums()


@dataclass(frozen=True, slots=True)
class Told:
    """What the imports of some days tell; but for `has_read`, which is about all of them.

    `programs` wrote the lines of imports in which nothing mattered. `events_undone` are those that undone imports had
    stored on these days.
    """

    by_day: dict[date, LineSums]
    unrecognised: dict[str, int]
    programs: dict[str, int]
    samples: list[SkippedLine]
    samples_ahead: list[SkippedLine]
    has_read: bool
    events_undone: int
    is_being_read: bool


@dataclass(frozen=True, slots=True)
class Overlaps:
    """How many events came again, and the pairs of imports with most of them."""

    events: int
    pairs: list[ImportOverlap]


def told_by_imports(source: Source, tenant: Tenant, days: DayRange) -> tuple[Told, Overlaps]:
    """Return what the imports of `source` tell; those that were undone are left out. Six queries."""
    imports = read_on(source.imports.order_by(), tenant, days).exclude(status=ImportStatus.UNDONE)
    by_day: dict[date, LineSums] = {}
    reasons: Counter[str] = Counter()
    programs: Counter[str] = Counter()
    for day, counts, skipped, wrote in _rows(imports):
        by_day[day] = by_day.get(day, NO_LINES) + counts
        reasons.update(skipped)
        programs.update(wrote)
    samples = samples_of(source, tenant, days)
    whole = source.imports.order_by().aggregate(
        read=Count("pk", filter=~Q(status=ImportStatus.UNDONE) & _HAS_LINES),
        active=Count("pk", filter=Q(status__in=_ACTIVE)),
        undone=Coalesce(
            Sum(F("submissions_stored") + F("failures_stored"), filter=_undone_on(days, tenant)), 0
        ),
    )
    told = Told(
        by_day=by_day,
        unrecognised=dict(reasons),
        programs=dict(programs.most_common()),
        samples=list(samples[:SAMPLES_SHOWN]),
        samples_ahead=list(samples.filter(reason="in_the_future")[:FUTURE_SAMPLES]),
        has_read=bool(whole["read"]),
        events_undone=whole["undone"],
        is_being_read=bool(whole["active"]),
    )
    return told, _overlaps(imports)


def read_on(imports: Any, tenant: Tenant, days: DayRange) -> Any:
    """Narrow imports to those of these days: accounts by the day (UTC) they sum up, files by when they were given."""
    return imports.annotate(
        read_on=Coalesce(F("received_on"), TruncDate("created_at", tzinfo=tenant.zone))
    ).filter(read_on__gte=days.start, read_on__lt=days.end)


def samples_of(source: Source, tenant: Tenant, days: DayRange) -> Any:
    """Return a query set of the samples of unrecognised lines, the newest import first; each knows its import."""
    imports = read_on(LogImport.objects.filter(source=source), tenant, days)
    return (
        SkippedLine.objects.filter(log_import__in=imports.exclude(status=ImportStatus.UNDONE).values("pk"))
        .select_related("log_import")
        .order_by("-log_import__created_at", "line_number")
    )


def _rows(imports: Any) -> Iterator[tuple[date, LineSums, dict[str, int], dict[str, int]]]:
    rows = imports.values_list(
        "read_on",
        "unrecognised",
        "programs",
        "lines_event",
        "lines_evidence",
        "lines_other",
        F("submissions_stored") + F("failures_stored"),
        F("submissions_duplicate") + F("failures_duplicate"),
    )
    for day, skipped, programs, events, evidence, other, stored, duplicate in rows:
        unread = sum(skipped.values())
        yield day, LineSums(1, events, evidence, other, unread, stored, duplicate), skipped, programs


def _undone_on(days: DayRange, tenant: Tenant) -> Q:
    begins, ends = days.instants(tenant.zone)
    return Q(status=ImportStatus.UNDONE, first_at__lt=ends, last_at__gte=begins)


def _overlaps(imports: Any) -> Overlaps:
    pairs = ImportOverlap.objects.filter(log_import__in=imports.values("pk"))
    events: int = pairs.aggregate(all=Sum("events", default=0))["all"]
    newest = pairs.select_related("log_import", "earlier").order_by("-events", "pk")[:OVERLAPS_SHOWN]
    return Overlaps(events, list(newest))
