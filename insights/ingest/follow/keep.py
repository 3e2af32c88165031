"""Store what was read of a followed log, and where reading goes on, in one transaction: a crash repeats nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from insights.ingest.feeds.destinations import SourceWanted, hold_known_source, lose_patience
from insights.ingest.feeds.shippers import LogLines
from insights.ingest.feeds.stored_lines import Lines, Taken, store_lines
from insights.ingest.feeds.weeks import Weeks, with_weeks
from insights.ingest.follow.prints import Place, place_from_json
from insights.ingest.formats import BY_COLUMNS
from insights.ingest.journal import NoLine, unwrap
from insights.ingest.record import Skipped, SkipReason
from insights.ingest.texts import sample_of
from insights.models import FollowedFile, ImportKind, LineFeed, Source
from tenants.scope import tenant_scope


@dataclass(frozen=True, slots=True)
class Target:
    """The tenant and the source that a log is read into, and the name under which its place is kept."""

    tenant_id: UUID
    source_id: UUID
    path: str


@dataclass(frozen=True, slots=True)
class Way:
    """Where lines were read: from the place up to which the log was stored, to the one after them."""

    start: Place | None
    end: Place


class Overtaken(Exception):
    """Another process has followed the log meanwhile; `place` is where it stored."""

    def __init__(self, place: Place | None) -> None:
        super().__init__()
        self.place = place


def place_of(target: Target) -> Place | None:
    """Return where reading goes on; None for a log that was never followed. One query."""
    with tenant_scope([target.tenant_id]):
        return _kept(target)


def store_lines_of(
    target: Target,
    lines: Sequence[bytes],
    too_long: Sequence[tuple[int, bytes]],
    *,
    size: int,
    way: Way,
    clock: Callable[[], datetime],
) -> Taken | None:
    """Store complete lines with the place after them, and return what became of them once that is committed.

    None when they were stored before: the connection was lost while they were committed, and nobody heard of it. They
    are never read twice, because equal refused logins of one second are told apart by how often they were read.
    `too_long` has the index and the beginning of lines that were cut away; `size` is in bytes, unpacked. Raises
    Overtaken, Source.DoesNotExist when the source is gone, and django.db.OperationalError when the database or a lock
    is not to be had; then nothing is stored, or nobody knows.
    """
    return with_weeks(lambda weeks: _store(target, (lines, too_long), size, way, weeks, now=clock()))


def _store(
    target: Target,
    lines: tuple[Sequence[bytes], Sequence[tuple[int, bytes]]],
    size: int,
    way: Way,
    weeks: Weeks,
    *,
    now: datetime,
) -> Taken | None:
    with tenant_scope([target.tenant_id]):
        lose_patience()
        source, tenant = hold_known_source(Source.objects.get(pk=target.source_id))
        kept = _kept(target)
        if kept != way.start:
            if kept == way.end:
                return None
            raise Overtaken(kept)
        feed, _is_new = LineFeed.objects.get_or_create(tenant=tenant, source=source)
        wanted = Lines(wanted=SourceWanted(name=source.name), lines=_told(*lines, source=source), size=size)
        taken = store_lines(source, tenant, feed, wanted, weeks, kind=ImportKind.FOLLOWED, now=now)
        feed.save()
        FollowedFile.objects.update_or_create(
            tenant=tenant,
            source=source,
            path=target.path,
            defaults={"place": way.end.as_json(), "saved_at": now},
        )
        return taken


def _kept(target: Target) -> Place | None:
    kept = FollowedFile.objects.filter(source=target.source_id, path=target.path).first()
    return None if kept is None else place_from_json(kept.place)


def _told(lines: Sequence[bytes], too_long: Sequence[tuple[int, bytes]], *, source: Source) -> LogLines:
    """Return the lines that can be read, those that entries of the journal wrap among them, and the others."""
    bare = list(lines)
    cut = [NoLine(index, SkipReason.TOO_LONG, beginning) for index, beginning in too_long]
    without = sorted([*cut, *([] if source.format in BY_COLUMNS else unwrap(bare))])
    left_out = {one.place for one in without}
    return LogLines(
        [line for index, line in enumerate(bare) if index not in left_out],
        [index for index in range(len(bare)) if index not in left_out],
        [Skipped(one.place + 1, one.reason, sample_of(one.beginning)) for one in without],
    )
