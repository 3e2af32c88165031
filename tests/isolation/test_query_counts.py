"""Lists that no neighbouring test counts: as many queries for three rows as for one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from insights.models import LogImport, RollupCheck
from reports.models import ReportRecipient
from tenants.models import SenderDomain, Tenant, User
from tenants.scope import TenantOwned, tenant_scope
from tests.factories import fail_login, submit
from tests.insights.web.import_rows import make_import, make_overlap, make_samples
from tests.insights.web.week import NOW, days_ago
from tests.isolation.reading import content_of
from tests.isolation.routes import url_map
from tests.isolation.world import World
from tests.reports.orders import order

# Login, access, scope and frame are eight of them.
COUNTS = {
    "insights:domains": 12,
    "insights:import_unrecognised": 10,
    "insights:upload": 13,
    "reports:request": 12,
    "reports:request_new": 13,
}

ADMINISTRATION = 15
"""The most that a list of the administration may ask: login, scope, one tenant's own, filters, rows."""


def add_rows(world: World, slug: str) -> None:
    """Give a tenant two more rows of everything that is listed."""
    tenant, samples = world.tenant(slug), world.kwargs[slug]
    with tenant_scope([tenant.pk]):
        log_import = LogImport.objects.get(pk=samples["import_id"])
    for name in ("bert", "clara"):
        spoken: dict[str, Any] = {
            "account": f"{name}@{name}.example",
            "source": f"{name}-mx",
            "at": days_ago(1),
        }
        submit(tenant, **spoken)
        fail_login(tenant, **spoken)
        make_samples(log_import, f"{name} has no stamp")
        make_overlap(log_import, make_import(tenant, file_name=f"{name}.log", source=f"{name}-mx"), 1)
        _more_of(tenant, name, samples, world.people["alice"])


def _more_of(tenant: Tenant, name: str, samples: dict[str, Any], asker: User) -> None:
    address = f"{name}@{name}.example"
    with tenant_scope([tenant.pk]):
        SenderDomain.objects.update_or_create(
            tenant=tenant, domain=f"{name}.example", defaults={"is_accepted": True}
        )
        days = len(name)
        RollupCheck.objects.create(tenant=tenant, day=(NOW - timedelta(days=days)).date(), checked_at=NOW)
        ReportRecipient.objects.create(
            tenant=tenant, request_id=samples["request_id"], address=address, message_id=f"<{name}@test>"
        )
    order(tenant=tenant, name=name, asked_by=asker, addresses=[address])


def count(ask: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        content_of(ask())
    return len(queries)


def test_lists_cost_as_many_queries_for_three_rows_as_for_one(world: World) -> None:
    client, samples = world.client("alice"), world.kwargs["acme"]

    def counted() -> dict[str, int]:
        arguments = {route: {name: samples[name] for name in url_map()[route].arguments} for route in COUNTS}
        return {
            route: count(partial(client.get, reverse(route, kwargs=kwargs)))
            for route, kwargs in arguments.items()
        }

    assert counted() == COUNTS
    add_rows(world, "acme")
    assert counted() == COUNTS


def test_lists_of_the_administration_cost_as_many_queries_for_more_rows(world: World) -> None:
    client = world.client("root")
    admin.autodiscover()
    models = [model for model in admin.site._registry if issubclass(model, TenantOwned)]
    urls = [reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") for model in models]

    def counted() -> dict[str, int]:
        return {url: count(partial(client.get, url)) for url in urls}

    before = counted()
    add_rows(world, "acme")
    assert counted() == before
    assert max(before.values()) <= ADMINISTRATION
