"""A large table is sent whole, in bounded memory, in each of its forms."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from django.db import connection

from tenants.scope import tenant_scope
from tests.api import tenant_api
from tests.cast import Cast
from tests.factories import make_source

CLIENTS = 30_000
MOST = 6 << 20
_MANY = """
INSERT INTO insights_submissionday (id, tenant_id, day, source_id, account, sender_address, client_ip, tls_version,
    mechanism, sender_domain, auth_class, messages, recipients, recipients_exact, size_bytes, first_at, last_at)
SELECT gen_random_uuid(), %s, (now() AT TIME ZONE 'Europe/Berlin')::date, %s, 'account' || n || '@acme.example',
    'account' || n || '@acme.example', '192.0.2.1'::inet + n, 'TLS1.3', 'PLAIN', 'acme.example', 'basic', 1, 2, true,
    0, now(), now()
FROM generate_series(1, %s) AS n
"""


@pytest.fixture
def many(cast: Cast) -> Cast:
    """A tenant with very many clients today."""
    source = make_source(cast.acme)
    with tenant_scope([cast.acme.pk]), connection.cursor() as cursor:
        cursor.execute(_MANY, [cast.acme.pk, source.pk, CLIENTS])
    return cast


@pytest.mark.parametrize(
    ("form", "smallest"),
    [("json", 7 << 20), ("csv", 3 << 20), pytest.param("xlsx", 1 << 20, marks=pytest.mark.slow)],
)
def test_large_table_is_whole_and_memory_bounded(many: Cast, form: str, smallest: int) -> None:
    api = tenant_api(many.acme)
    api.get("/api/v1/tenants/acme/reports/tls-usage/")
    tracemalloc.start()
    try:
        response: Any = api.get(f"/api/v1/tenants/acme/reports/clients/?format={form}")
        size = sum(map(len, response.streaming_content))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size == int(response["Content-Length"]) > smallest
    assert peak < MOST, f"{peak:,} bytes"
