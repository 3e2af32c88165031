"""Senders over syslog, what of theirs was dropped, and where the listener listens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Sum

from insights.models import Source, SyslogDrop, SyslogListener, SyslogSender
from project.periods import DayRange

LISTENS_WITHIN: Final = timedelta(minutes=2)
"""A listener says every ten seconds that it is there; without a word for so long it is taken for gone."""


def syslog_senders(source: Source) -> list[SyslogSender]:
    """Return the senders that are known without a token. One query."""
    return list(SyslogSender.objects.filter(source=source).select_related("created_by"))


def syslog_drops(source: Source, days: DayRange) -> list[SyslogDrop]:
    """Return what was dropped on these days (UTC), the newest first. One query."""
    return list(SyslogDrop.objects.filter(source=source, day__gte=days.start, day__lt=days.end))


def dropped_messages(source: Source, days: DayRange) -> int:
    """Return how many messages were dropped on these days (UTC). One query."""
    found = SyslogDrop.objects.filter(source=source, day__gte=days.start, day__lt=days.end)
    return found.aggregate(sum=Sum("messages"))["sum"] or 0


def syslog_listeners(*, now: datetime) -> list[SyslogListener]:
    """Return where messages are taken now; of no tenant, so without what strangers sent there. One query."""
    return list(SyslogListener.objects.filter(seen_at__gte=now - LISTENS_WITHIN).defer("refused"))
