"""The numbers of the dashboard's widgets and of the flyout behind them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any, ClassVar

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from insights.api.filtering import checked, filter_schema
from insights.filters import EventFilters, SubmissionFilters
from insights.models import SubmissionDay
from insights.queries import (
    Selection,
    Summary,
    authentication,
    evidence,
    freshness,
    sending_volume,
    summary,
    tls_usage,
)
from insights.words.evidence import sentences
from project.tables import plain
from reports.api.summary_shapes import SUMMARY_EXAMPLE, SummarySerializer
from reports.build.snapshot import snapshot_of
from tenants.api.base import TenantApiView
from tenants.api.conditional import CONDITION, NOT_MODIFIED, conditional_json
from tenants.models import Tenant
from tenants.roles import Capability

_WITHOUT = frozenset({"search", "ordering"})
_OF_FAILURES = frozenset({"failures", "failures_wrong_credentials"})


class SummaryDetail(TenantApiView):
    """A period in numbers, beside the period of the same length before it."""

    capabilities: ClassVar = {"GET": Capability.VIEW}
    parameters: ClassVar = {"GET": SubmissionFilters.names() - _WITHOUT}

    def scope(self) -> AbstractContextManager[None]:
        """Read within one snapshot."""
        return snapshot_of(self.tenant.pk)

    @extend_schema(
        operation_id="summary_read",
        tags=["Reports"],
        summary="A period in numbers, beside the period before",
        description="What the dashboard shows, for the last seven days where nothing is asked: how many accounts, "
        "messages, recipients and clients there are, how many of them use old TLS or none or a password, and the same "
        "of the equally long period before. Accounts and clients are counted over the whole period. The numbers of "
        "failed logins are null where a filter is given that failed logins do not carry. `evidence` says what the "
        "numbers lack: days of which nothing was received, or not from every source, and messages whose TLS version no "
        "log tells.",
        parameters=[*filter_schema(SubmissionFilters, without=_WITHOUT), *CONDITION],
        responses={200: SummarySerializer, 304: NOT_MODIFIED},
        examples=[SUMMARY_EXAMPLE],
    )
    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Return the numbers. Seventeen queries."""
        filters = checked(
            request, SubmissionFilters, queryset=SubmissionDay.objects.none(), tenant=self.tenant
        )
        return conditional_json(request, _content(filters, self.tenant))


def _content(filters: EventFilters, tenant: Tenant) -> dict[str, Any]:
    selection = filters.selection()
    fresh, before = freshness(selection), selection.days.previous()
    asked = filters.asked()
    asked.pop("sender_domain", None)
    return {
        "tenant": tenant.slug,
        "time_zone": tenant.time_zone,
        "start": plain(selection.days.start),
        "end": plain(selection.days.last),
        "sender_domain": selection.sender_domain,
        "filters": asked,
        "before": {
            "start": plain(before.start),
            "end": plain(before.last),
            "is_known": fresh.first_day is not None and fresh.first_day < selection.days.start,
        },
        "numbers": _numbers(summary(selection), selection),
        "by_day": [_plain(asdict(day)) for day in sending_volume(selection)],
        "tls_usage": [_plain(asdict(share)) for share in tls_usage(selection)],
        "authentication": [_plain(asdict(share)) for share in authentication(selection)],
        "evidence": _evidence(selection, tenant),
        "freshness": {
            "sources": [{"name": one.name, "last_line_at": plain(one.last_line_at)} for one in fresh.sources],
            "first_day": plain(fresh.first_day),
            "last_day": plain(fresh.last_day),
            "tls_coverage": fresh.tls_coverage,
        },
    }


def _numbers(found: Summary, selection: Selection) -> dict[str, dict[str, int] | None]:
    numbers: dict[str, dict[str, int] | None] = {
        name: {"now": change["now"], "before": change["before"], "change": change["now"] - change["before"]}
        for name, change in asdict(found).items()
    }
    if not selection.tells_of_failures:
        numbers |= dict.fromkeys(_OF_FAILURES)
    return numbers


def _evidence(selection: Selection, tenant: Tenant) -> dict[str, Any]:
    found = evidence(selection, tenant, now=timezone.now())
    return {
        "sentences": sentences(found),
        "tls_unknown": [
            {"name": one.source, "unknown": one.unknown, "messages": one.messages} for one in found.tls
        ],
        "days_not_whole": [
            {
                "day": plain(day),
                "wholeness": str(one.wholeness),
                "missing": [{"name": name, "state": str(state)} for name, state in one.missing],
            }
            for day, one in found.days.items()
        ],
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in row.items()}
