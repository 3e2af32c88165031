"""The API behind gunicorn with two workers: events stored a second against COPY, and reports read by eight clients."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import local
from uuid import UUID, uuid4

from django.db import connections

from insights.models import Source
from tenants.api_keys import make_key
from tenants.models import Tenant
from tenants.roles import Scope
from tenants.scope import tenant_scope
from tests.factories import make_tenant
from tests.web_server import WebServer, web_server

SENDERS, READERS = 4, 8
RECORDS = 1000
USERS = 300
REPORTS = (
    "summary/",
    "reports/sending-volume/",
    "reports/tls-usage/",
    "reports/authentication/",
    "reports/senders/",
    "reports/clients/",
    "reports/failures/",
)
_COPY = (
    "COPY bench_copied (id, tenant_id, occurred_at, source_id, log_import_id, host, queue_id, account, sender_address,"
    " sender_domain, client_ip, tls_version, mechanism, auth_class, messages, recipients, recipients_exact, size_bytes)"
    " FROM STDIN"
)


def bench_api(*, batches: int, requests: int, runs: int) -> None:
    """Print records a second acknowledged, the ratio to COPY, and requests a second with the 95th percentile."""
    print(f"api: {batches} batches of {RECORDS:,} submissions, {SENDERS} senders; gunicorn with 2 workers")
    ours: list[float] = []
    theirs: list[float] = []
    with web_server() as server:
        tenant, key = _tenant(Scope.INGEST)
        _send(server, tenant, key, [_body(number, -1) for number in range(SENDERS * 2)])
        for run in range(runs):
            theirs.append(_copy(batches, run))
            tenant, key = _tenant(Scope.INGEST)
            ours.append(_send(server, tenant, key, [_body(number, run) for number in range(batches)]))
        records = batches * RECORDS
        print(f"  stored     {records / min(ours):>12,.0f} records/s  ({_all(ours)} s)")
        print(f"  COPY       {records / min(theirs):>12,.0f} records/s  ({_all(theirs)} s)")
        print(f"  ratio      {min(theirs) / min(ours):>12.2f}")
        _read(server, tenant, requests)


def _tenant(scope: Scope) -> tuple[Tenant, str]:
    tenant = make_tenant(f"bench-{uuid4().hex[:8]}", time_zone="Europe/Berlin")
    return tenant, make_key(name="bench", scopes=(scope,), tenant=tenant)[1]


def _records(batch: int, run: int) -> Iterator[dict[str, object]]:
    """Yield submissions of the last days: a few hundred users, each with one address and now and then another."""
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(days=7, hours=run)
    for one in range(RECORDS):
        number = batch * RECORDS + one
        user = number * 7919 % USERS
        yield {
            "occurred_at": (begin + timedelta(seconds=number * 2)).isoformat(),
            "account": f"user{user}@acme.example",
            "client_ip": f"198.51.{100 + (number % 50 == 0)}.{user % 250}",
            "tls_version": "TLS1.3" if user % 9 else "TLS1.2",
            "mechanism": "PLAIN" if user % 5 else "XOAUTH2",
            "recipients": 1 + number % 3,
            "size_bytes": 2_000 + number % 5_000,
            "host": "mx1",
            "queue_id": f"4X{number:X}",
        }


def _body(batch: int, run: int) -> bytes:
    return json.dumps(list(_records(batch, run))).encode()


def _send(server: WebServer, tenant: Tenant, key: str, bodies: Sequence[bytes]) -> float:
    """Send all batches; return the seconds until the last was acknowledged."""
    path = f"/api/v1/tenants/{tenant.slug}/submissions:batch?source=relay"
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    ask = _asker(server)

    def send(numbered: tuple[int, bytes]) -> None:
        number, body = numbered
        answer = json.loads(ask("POST", f"{path}{number % SENDERS}", body, headers))
        if answer["accepted"] != RECORDS:
            raise RuntimeError(answer)

    began = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(send, enumerate(bodies)))
    return time.perf_counter() - began


def _copy(batches: int, run: int) -> float:
    """Copy the same rows into a table of the same columns and key, a batch a transaction; return the seconds."""
    tenant, source = uuid4(), uuid4()
    rows = [[_row(one, tenant, source) for one in _records(batch, run)] for batch in range(batches)]
    connection = connections["owner"]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_copied")
        cursor.execute("CREATE TABLE bench_copied (LIKE insights_submission INCLUDING ALL)")
        began = time.perf_counter()
        for batch in rows:
            with cursor.copy(_COPY) as copy:
                for row in batch:
                    copy.write_row(row)
        seconds = time.perf_counter() - began
        cursor.execute("DROP TABLE bench_copied")
    return seconds


def _row(record: dict[str, object], tenant: UUID, source: UUID) -> tuple[object, ...]:
    account = record["account"]
    return (
        uuid4(), tenant, record["occurred_at"], source, None, record["host"], record["queue_id"], account, account,
        "acme.example", record["client_ip"], record["tls_version"], record["mechanism"], "basic", 1,
        record["recipients"], True, record["size_bytes"],
    )  # fmt: skip


def _read(server: WebServer, tenant: Tenant, requests: int) -> None:
    """Ask for every report again and again with several clients."""
    key = make_key(name="bench reader", scopes=(Scope.READ,), tenant=tenant)[1]
    headers = {"Authorization": f"Bearer {key}"}
    ask = _asker(server)
    with tenant_scope([tenant.pk]):
        sources = Source.objects.count()
    print(f"  reports: {READERS} clients, the last 7 days of {sources} sources, {requests} requests each")
    for report in REPORTS:
        path = f"/api/v1/tenants/{tenant.slug}/{report}?start=-7d&end=today"
        took: list[float] = []

        def get(_: int, path: str = path, took: list[float] = took) -> None:
            began = time.perf_counter()
            ask("GET", path, None, headers)
            took.append(time.perf_counter() - began)

        began = time.perf_counter()
        with ThreadPoolExecutor(READERS) as pool:
            list(pool.map(get, range(requests)))
        seconds = time.perf_counter() - began
        p95 = sorted(took)[int(len(took) * 0.95)]
        print(f"  {report:<26}{requests / seconds:>8,.0f} requests/s, p95 {p95 * 1000:>6,.0f} ms")


def _asker(server: WebServer) -> Callable[[str, str, bytes | None, dict[str, str]], bytes]:
    """Return what asks over a connection of each thread's own; raises for any answer but 200."""
    kept = local()

    def ask(method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        if not hasattr(kept, "connection"):
            kept.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        kept.connection.request(method, path, body, headers)
        answer = kept.connection.getresponse()
        content: bytes = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:500]!r}")
        return content

    return ask


def _all(seconds: Sequence[float]) -> str:
    return ", ".join(f"{one:.2f}" for one in seconds)
