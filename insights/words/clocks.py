"""Hosts whose clock is ahead of ours, in sentences: from events in the future, and from lines that were refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.ingest.record import SkipReason
from insights.ingest.stamps import read_stamp
from insights.models import SkippedLine
from insights.queries.health import SourceHealth
from insights.templatetags.figures import number

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_WRONG_YEAR = timedelta(days=200)


def clock_sentences(found: SourceHealth) -> list[str]:
    """Return a sentence for each host whose clock is ahead; none where all are right."""
    zone = ZoneInfo(found.source.time_zone)
    told = [
        _("Host %(host)s is %(by)s ahead: its events are counted, on the day that it says.")
        % {"host": one.host or "–", "by": _length(one.by)}
        for one in found.ahead
    ]
    refused = found.told.unrecognised.get(SkipReason.IN_THE_FUTURE, 0)
    hosts = ahead_in(found.told.samples_ahead, zone)
    for host, by in sorted(hosts.items(), key=lambda one: (-one[1], one[0])):
        if by >= _WRONG_YEAR:
            told.append(
                _("Lines of host %(host)s are %(by)s ahead and left out: was the right year given?")
                % {"host": host, "by": _length(by)}
            )
        else:
            told.append(
                _("Host %(host)s is %(by)s ahead: lines more than a day ahead are left out.")
                % {"host": host, "by": _length(by)}
            )
    if refused and not hosts:
        told.append(
            ngettext(
                "%(lines)s line was left out, because it is dated in the future.",
                "%(lines)s lines were left out, because they are dated in the future.",
                refused,
            )
            % {"lines": number(refused)}
        )
    return told


def ahead_in(samples: Iterable[SkippedLine], zone: ZoneInfo) -> dict[str, timedelta]:
    """Return by how much the lines of each host were ahead of the clock when they were read, at most.

    A stamp without a year is taken for the first one after that moment.
    """
    found: dict[str, timedelta] = {}
    for sample in samples:
        read_at = sample.log_import.heartbeat_at or sample.log_import.created_at
        told = _host_and_instant(sample.text, read_at, zone)
        if told is not None and told[1] > read_at:
            found[told[0]] = max(found.get(told[0], timedelta(0)), told[1] - read_at)
    return found


def _host_and_instant(text: str, read_at: datetime, zone: ZoneInfo) -> tuple[str, datetime] | None:
    line = text.encode()
    stamp = read_stamp(line)
    if isinstance(stamp, SkipReason):
        return None
    host = line[stamp.end :].split(b" ", 1)[0].decode(errors="replace")
    wall = stamp.wall
    if stamp.offset is not None:
        wall -= timedelta(seconds=stamp.offset)
        zone = ZoneInfo("UTC")
    if not stamp.has_year:
        try:
            wall = wall.replace(year=read_at.year)
            if wall.replace(tzinfo=zone) <= read_at:
                wall = wall.replace(year=read_at.year + 1)
        except ValueError:
            return None
    return host, wall.replace(tzinfo=zone)


def _length(by: timedelta) -> str:
    """Write a length in its largest unit: “3 h”, “2 days”."""
    if by >= _DAY:
        days = round(by / _DAY)
        return ngettext("%(days)s day", "%(days)s days", days) % {"days": number(days)}
    if by >= _HOUR:
        return _("%(hours)s h") % {"hours": number(round(by / _HOUR))}
    return _("%(minutes)s min") % {"minutes": number(round(by / timedelta(minutes=1)))}
