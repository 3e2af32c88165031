"""The database's time for the report pages must not grow with the number of messages, only with that of clients."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from django.db import connection
from django.test import Client

from insights.partitions import make_partitions
from insights.rollups.fill import counted_days, rebuild_days
from tenants.models import Tenant
from tenants.roles import Role
from tenants.scope import tenant_scope
from tests.factories import join, make_source, make_tenant, make_user

CLIENTS = 300
DAYS = 90
SMALL = 50_000
PAGES = (
    "",
    "?panel=smtp-auth",
    "reports/smtp-auth/?range=90d",
    "reports/smtp-auth/?range=90d&view=tls",
    "reports/smtp-auth/?range=90d&view=auth",
    "reports/smtp-auth/details/?range=90d",
    "reports/smtp-auth/details/?range=90d&view=tls",
    "clients/?range=90d",
    "failed-logins/?range=90d",
)

# Every client sends on every day in both tenants, so that their roll-ups have the same rows.
_FILL = """
INSERT INTO insights_submission (id, tenant_id, occurred_at, source_id, host, queue_id, account, sender_address,
    sender_domain, client_ip, tls_version, mechanism, auth_class, messages, recipients, recipients_exact, size_bytes)
SELECT gen_random_uuid(), %(tenant)s, %(newest)s::timestamptz - (number / %(clients)s %% %(days)s) * interval '1 day'
        - (number %% 3600) * interval '1 second',
    %(source)s, 'mail', to_hex(number), name || '@acme.example', name || '@acme.example', 'acme.example',
    '192.0.2.0'::inet + (client %% 250), (ARRAY['TLS1.3', 'TLS1.2', 'TLS1.0', 'none'])[1 + client %% 4], 'PLAIN',
    'basic', 1, 1, true, 1000
FROM generate_series(%(first)s, %(last)s) AS number, LATERAL (SELECT number %% %(clients)s AS client) AS c,
    LATERAL (SELECT 'user' || client AS name) AS n
"""
_A_STATEMENT = 250_000


def bench_reading(*, messages: int, runs: int) -> None:
    """Print the database's time of each page for a small and a large tenant with the same clients."""
    owner = make_user("bench")
    small, large = (_tenant(name, count) for name, count in (("small", SMALL), ("large", messages)))
    for tenant in (small, large):
        join(owner, tenant, Role.OWNER)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE insights_submissionday")
    client = Client()
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    print(
        f"reading: database time of a page, {SMALL:,} and {messages:,} submissions of {CLIENTS} clients in {DAYS} days"
    )
    totals = [0.0, 0.0]
    for page in PAGES:
        # In turns, so that what else the machine does meets both.
        times: list[list[float]] = [[], []]
        for _ in range(2 * runs + 1):
            for which, tenant in enumerate((small, large)):
                times[which].append(_database_seconds(client, f"/t/{tenant.slug}/{page}"))
        both = [median(each[1:]) for each in times]
        totals = [total + seconds for total, seconds in zip(totals, both, strict=True)]
        ratio = both[1] / both[0]
        print(f"  {1000 * both[0]:>8.1f} ms {1000 * both[1]:>8.1f} ms  ratio {ratio:.2f}  /t/…/{page}")
    print(
        f"  {1000 * totals[0]:>8.1f} ms {1000 * totals[1]:>8.1f} ms  ratio {totals[1] / totals[0]:.2f}  all pages"
    )


def _tenant(name: str, count: int) -> Tenant:
    tenant = make_tenant(f"reading-{name}")
    source = make_source(tenant)
    newest = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
    make_partitions(newest - timedelta(days=DAYS + 1), newest)
    parameters: dict[str, Any] = {
        "tenant": tenant.pk,
        "source": source.pk,
        "newest": newest,
        "clients": CLIENTS,
        "days": DAYS - 1,
    }
    for first in range(0, count, _A_STATEMENT):
        with tenant_scope([tenant.pk]), connection.cursor() as cursor:
            cursor.execute(_FILL, parameters | {"first": first, "last": min(first + _A_STATEMENT, count) - 1})
    with tenant_scope([tenant.pk]):
        days = counted_days(tenant)
        if days is None:
            raise RuntimeError("The tenant was not filled.")
        rebuild_days(tenant, days)
    return tenant


def _database_seconds(client: Client, path: str) -> float:
    spent = 0.0

    def stopwatch(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal spent
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            spent += time.perf_counter() - began

    with connection.execute_wrapper(stopwatch):
        response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}.")
    return spent
