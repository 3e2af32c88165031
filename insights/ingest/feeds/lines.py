"""Take a request's log lines in: answered before, or stored now, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from insights.ingest.feeds.answers import (
    Answer,
    Asked,
    answered_before,
    keep_answer,
    lines_read_before,
    remember_lines,
)
from insights.ingest.feeds.destinations import hold_source, lose_patience
from insights.ingest.feeds.stored_lines import Lines, Taken, store_lines
from insights.ingest.feeds.weeks import Weeks, with_weeks
from insights.models import ImportKind, LineFeed, Source
from tenants.models import Tenant
from tenants.scope import tenant_scope

DEFAULT_FORMAT: Final = "postfix"


def take_lines(tenant: Tenant, lines: Lines, asked: Asked, *, clock: Callable[[], datetime]) -> Answer:
    """Store what the lines tell and return the answer, when it is committed.

    Raises FeedError for a request that cannot be, django.db.OperationalError when a lock is not to be had for long;
    then nothing is stored.
    """
    return with_weeks(lambda weeks: _take(tenant, lines, asked, weeks, now=clock()))


def _take(tenant: Tenant, lines: Lines, asked: Asked, weeks: Weeks, *, now: datetime) -> Answer:
    with tenant_scope([tenant.pk]):
        lose_patience()
        if first := answered_before(tenant.pk, asked, now=now):
            return first
        source, tenant = hold_source(tenant, lines.wanted, default_format=DEFAULT_FORMAT)
        feed, _is_new = LineFeed.objects.get_or_create(tenant=tenant, source=source)
        # A line may come twice: two refused logins within a second. Several lines in the same order are the same ones.
        is_telling = len(lines.lines.lines) > 1
        answer = lines_read_before(feed, asked.digest) if is_telling else None
        if answer is None:
            taken = store_lines(source, tenant, feed, lines, weeks, kind=ImportKind.LINES, now=now)
            answer = Answer(_told(source, taken))
            if is_telling:
                remember_lines(feed, asked.digest, answer.body)
            feed.save()
        keep_answer(tenant.pk, asked, answer.body)
        return answer


def _told(source: Source, taken: Taken) -> dict[str, Any]:
    counts = taken.counts
    return {
        "source": source.name,
        "import": str(taken.account.pk),
        "lines": counts.lines,
        "event": counts.event,
        "evidence": counts.evidence,
        "other": counts.other,
        "unrecognised": counts.unrecognised.total(),
        "accepted": taken.stored,
        "duplicate": taken.duplicate,
        "rejected": [
            {"index": one.line_number - 1, "field": "", "reason": str(one.reason)} for one in taken.skipped
        ],
    }
