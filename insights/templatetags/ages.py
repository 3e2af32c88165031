"""How long ago something was, in one unit: enough to tell fresh from stale, short enough for a table."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from insights.health.pauses import standing
from insights.models import Source

_MINUTE = timedelta(minutes=1)
register = template.Library()


@register.filter
def ago(instant: datetime | None, now: datetime) -> str:
    """Write “7 minutes ago”, or “just now”; “–” for None. A clock that is ahead of ours counts as now."""
    if instant is None:
        return "–"
    if now - instant < _MINUTE:
        return _("just now")
    return _("%(age)s ago") % {"age": timesince(min(instant, now), now, depth=1)}


@register.filter
def standing_of(source: Source, now: datetime) -> str:
    """Return how fresh a source is: a `Standing`."""
    return standing(
        last_line_at=source.last_line_at,
        last_received_at=source.last_received_at,
        silent_since=source.silent_since,
        now=now,
    )
