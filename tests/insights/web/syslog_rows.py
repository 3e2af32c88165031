"""Senders over syslog, dropped messages and listeners, as tests of pages need them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from insights.models import SenderKind, Source, SyslogDrop, SyslogListener, SyslogSender
from tenants.scope import tenant_scope
from tests.insights.web.week import NOW


def make_sender(
    source: Source, value: str, *, kind: SenderKind = SenderKind.NAME, **more: Any
) -> SyslogSender:
    """Return a sender of the source."""
    with tenant_scope([source.tenant_id]):
        return SyslogSender.objects.create(
            tenant_id=source.tenant_id, source=source, kind=kind, value=value, **more
        )


def make_drop(
    source: Source, *, reason: str = "queue_full", days: int = 1, messages: int = 7, last_from: str = ""
) -> SyslogDrop:
    """Return what was dropped so many days ago."""
    at = NOW - timedelta(days=days)
    with tenant_scope([source.tenant_id]):
        return SyslogDrop.objects.create(
            tenant_id=source.tenant_id,
            source=source,
            day=at.date(),
            reason=reason,
            messages=messages,
            last_at=at,
            last_from=last_from,
        )


def make_listener(address: str, *, seen: timedelta = timedelta(), **more: Any) -> SyslogListener:
    """Return a listener that said so long ago that it is there."""
    return SyslogListener.objects.create(
        address=address, began_at=NOW - timedelta(hours=1), seen_at=NOW - seen, **more
    )
