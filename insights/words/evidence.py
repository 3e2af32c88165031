"""What the numbers of a report rest on, in sentences: the same on the screen, in mails and over the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.charts import Remarks
from insights.health.days import DayEvidence, Wholeness, runs
from insights.queries.evidence import Evidence
from insights.templatetags.figures import number, share_of
from insights.words.day_states import remark
from insights.words.tls_hints import TlsHint, tls_hint

MOST_SENTENCES = 6
MOST_SOURCES = 3


def tls_sentence(found: Evidence) -> str:
    """Say of how many messages the TLS version is not known, and which source does not tell it; "" of none."""
    if not found.tls_unknown:
        return ""
    told = _("TLS is not known for %(unknown)s of %(all)s messages (%(share)s): %(sources)s.")
    return told % {
        "unknown": number(found.tls_unknown),
        "all": number(found.messages),
        "share": share_of(found.tls_unknown, found.messages),
        "sources": _sources(found),
    }


def tls_hints(found: Evidence) -> list[TlsHint]:
    """Return what would make the logs of those sources tell more, each setting once."""
    hints: dict[str, TlsHint] = {}
    for one in found.tls:
        hint = tls_hint(one.format, known=one.messages - one.unknown, messages=one.messages)
        if hint is not None:
            hints.setdefault(hint.setting, hint)
    return list(hints.values())


def gap_sentences(days: Mapping[date, DayEvidence]) -> list[str]:
    """Say which days are not whole, the newest first, and from when on there is data."""
    told = [_gap(first, last) for first, last in runs(days)]
    newest = [sentence for sentence in reversed(told) if sentence]
    if len(newest) > MOST_SENTENCES:
        more = _("And %(count)s further gaps.") % {"count": number(len(newest) - MOST_SENTENCES + 1)}
        return [*newest[: MOST_SENTENCES - 1], more]
    return newest


def sentences(found: Evidence) -> list[str]:
    """Return everything that there is to say, TLS first; nothing where all is known."""
    tls = tls_sentence(found)
    return [*([tls] if tls else []), *gap_sentences(found.days)]


def remarks_of(days: Mapping[date, DayEvidence]) -> Remarks:
    """Return what a chart says of its days: of some nothing is known, others lack a source."""
    partial = {day: remark(one) for day, one in days.items() if one.wholeness == Wholeness.PARTIAL}
    unknown = {day: remark(one) or _("nothing received") for day, one in days.items() if day not in partial}
    return Remarks(unknown=unknown, partial=partial)


def _sources(found: Evidence) -> str:
    named = [
        _("%(source)s does not log it") % {"source": one.source}
        if one.unknown == one.messages
        else _("%(source)s does not log it for %(unknown)s of %(all)s")
        % {"source": one.source, "unknown": number(one.unknown), "all": number(one.messages)}
        for one in found.tls[:MOST_SOURCES]
    ]
    if len(found.tls) > MOST_SOURCES:
        more = len(found.tls) - MOST_SOURCES
        told = ngettext("and %(count)s further source", "and %(count)s further sources", more)
        named.append(told % {"count": number(more)})
    return ", ".join(named)


def _gap(first: DayEvidence, last: date) -> str:
    days = _days(first.day, last)
    if first.wholeness == Wholeness.BEFORE:
        return _("%(days)s: before the first line, so that nothing is known.") % {"days": days}
    told = {"days": days, "remark": remark(first)}
    if first.wholeness == Wholeness.MISSING:
        return _("%(days)s: %(remark)s. Nothing is known of what was sent there.") % told
    return _("%(days)s: %(remark)s. What the others sent is shown.") % told


def _days(first: date, last: date) -> str:
    if first == last:
        return date_format(first, "j F Y")
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{date_format(last, 'j F Y')}"
    return (
        f"{date_format(first, 'j F' if first.year == last.year else 'j F Y')} – {date_format(last, 'j F Y')}"
    )
