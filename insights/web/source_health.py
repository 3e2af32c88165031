"""One source: how it is fed, day by day, what it does not tell, and in words why a number is zero."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from insights.filters import RangeChoice, ViewState, read_state
from insights.health.days import DayState
from insights.health.pauses import Standing
from insights.health.verdict import NextStep
from insights.ingest.formats import BY_COLUMNS, DOCUMENTS
from insights.models import Source
from insights.queries.graph import connection_of
from insights.queries.health import HealthDay, SourceHealth, hosts_without_tls, source_health
from insights.queries.health_imports import samples_of
from insights.web.graph_state import standing
from insights.web.skip_words import REASONS, in_words
from insights.web.source_form import FORMAT_NAMES
from insights.web.syslog import part_of_source_page
from insights.words.clocks import clock_sentences
from insights.words.day_states import STATES, Words
from insights.words.tls_hints import TLS_HINT_BELOW, tls_hint
from insights.words.zero import zero_in_words
from project.tables import csv_lines
from tenants.access import tenant_view
from tenants.models import Tenant
from tenants.roles import Capability

SAMPLE_COLUMNS = ("file_name", "line_number", "reason", "text")
MOST_SAMPLES = 10_000
_DAYS = ("range", "start", "end")


class DayRow(NamedTuple):
    """A day with its words."""

    day: HealthDay
    words: Words

    @property
    def is_known(self) -> bool:
        """Whether its zeroes are zeroes: something was received, or nobody sent."""
        return self.day.state in {DayState.DATA, DayState.QUIET}


LIGHTS: dict[Standing, str] = {
    Standing.NO_LINE: "",
    Standing.SILENT: "state-bad",
    Standing.STALE: "state-warn",
    Standing.UP_TO_DATE: "state-good",
}


@require_safe
@tenant_view(Capability.VIEW)
def show(request: HttpRequest, tenant: Tenant, source_id: UUID) -> HttpResponse:
    """Show how a source is fed over the days that the query string names. The same queries for any data."""
    source = get_object_or_404(Source, pk=source_id)
    now = timezone.now()
    state = read_state(request.GET, tenant=tenant, now=now)
    found = source_health(source, tenant, state.days, now=now)
    days = [DayRow(one, STATES[one.state]) for one in found.by_day]
    zero = zero_in_words(found, zone=tenant.zone)
    context = {
        "nav_active": "sources",
        "now": now,
        **_range(state),
        "source": source,
        "is_by_columns": source.format in BY_COLUMNS and source.shared_from is None,
        "found": found,
        "light": LIGHTS[found.standing],
        "kind": FORMAT_NAMES.get(source.format, source.format),
        "lag": _lag(source),
        "lines": found.lines,
        "message_count": found.total("messages"),
        "messages_tls_known": found.total("messages_tls_known"),
        "logins": found.total("logins"),
        "failures": found.total("failures"),
        "days": days,
        "states": list(dict.fromkeys(row.words for row in days)),
        "missing": [row for row in days if row.words.light in {"state-warn", "state-bad"}],
        "zero": zero,
        "zero_url": _step_url(zero.step, found, tenant, state) if zero else "",
        "clocks": clock_sentences(found),
        "unrecognised": in_words(found.told.unrecognised),
        "samples": _samples(found.told.samples),
        **_tls(found),
        **_graph(source, tenant, now),
        **part_of_source_page(source, state.days),
    }
    return TemplateResponse(request, "insights/source_health.html", context)


@require_safe
@tenant_view(Capability.VIEW)
def unrecognised(request: HttpRequest, tenant: Tenant, source_id: UUID) -> HttpResponse:
    """Give the samples of all imports of these days as a file, at most ten thousand."""
    source = get_object_or_404(Source, pk=source_id)
    now = timezone.now()
    days = read_state(request.GET, tenant=tenant, now=now).days
    rows = (
        {
            "file_name": sample.log_import.file_name,
            "line_number": sample.line_number,
            "reason": sample.reason,
            "text": sample.text,
        }
        for sample in samples_of(source, tenant, days)[:MOST_SAMPLES]
    )
    name = f"unrecognised-{slugify(source.name) or 'source'}-{days.start}-{days.last}.csv"
    return HttpResponse(
        "".join(csv_lines(SAMPLE_COLUMNS, rows)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _range(state: ViewState) -> dict[str, Any]:
    return {
        "state": state,
        "problems": state.problems,
        "days_shown_instead": state.range.label if state.refused else "",
        "range_choice": state.range.value,
        "range_start": state.days.start,
        "range_end": state.days.last,
        "range_earliest": state.kept.start,
        "range_latest": state.kept.last,
    }


def _graph(source: Source, tenant: Tenant, now: datetime) -> dict[str, Any]:
    """Return how the connection stands that feeds the source; logs are fed by none, and nobody is asked."""
    connection = connection_of(source) if source.format in DOCUMENTS else None
    if connection is None:
        return {}
    here = {"slug": tenant.slug, "source_id": source.pk}
    shown = standing(connection, now=now) | {
        "kind": _("Sign-ins of Microsoft 365"),
        "zero_url": reverse("insights:graph", kwargs=here),
    }
    # Before anything was read the connection itself says why, and no log is to be uploaded.
    return shown if source.last_line_at is not None else shown | {"zero": None}


def _lag(source: Source) -> tuple[datetime, datetime] | None:
    """Return the newest line and when something came last, where the line was older by then."""
    if source.last_line_at is None or source.last_received_at is None:
        return None
    return min(source.last_line_at, source.last_received_at), source.last_received_at


def _tls(found: SourceHealth) -> dict[str, Any]:
    """Return the hosts with their share of known TLS versions, and what mends those that lack it."""
    lacking = hosts_without_tls(found.hosts, below=TLS_HINT_BELOW)
    hint = None
    if lacking:
        known, messages = (sum(getattr(one, name) for one in lacking) for name in ("tls_known", "messages"))
        hint = tls_hint(found.source.format, known=known, messages=messages)
    return {"hosts": found.hosts, "lacking": [one.host or "–" for one in lacking], "tls_hint": hint}


def _samples(samples: Sequence[Any]) -> list[dict[str, Any]]:
    labels: dict[str, str | Promise] = {str(reason): words.label for reason, words in REASONS.items()}
    return [{"line": line, "label": labels.get(line.reason, line.reason)} for line in samples]


def _step_url(step: NextStep, found: SourceHealth, tenant: Tenant, state: ViewState) -> str:
    """Return where the next step is done, "" where it is not done here."""
    here = {"slug": tenant.slug}
    asked = f"?source={found.source.pk}"
    upload = reverse("insights:upload", kwargs=here) + asked
    last = found.last_message_on
    days = {"range": RangeChoice.CUSTOM.value, "start": str(last), "end": str(last)}
    urls = {
        NextStep.CONNECT: upload,
        NextStep.READ_AGAIN: upload,
        NextStep.OTHER_LOG: upload,
        NextStep.CHECK_SENDER: reverse("insights:connect", kwargs=here) + asked,
        NextStep.KEEP_MORE_DAYS: reverse("insights:settings", kwargs=here),
        NextStep.LOOK_AT_SAMPLES: "#unrecognised",
        NextStep.CHECK_CLOCK: reverse("insights:source_edit", kwargs=here | {"source_id": found.source.pk}),
        NextStep.LOOK_AT_FAILURES: f"{reverse('reports:failures', kwargs=here)}?{state.query(*_DAYS)}",
        NextStep.SHOW_DAYS: f"?{urlencode(days)}" if last in state.kept else "",
    }
    return urls.get(step, "")
