"""Import logs through the real run and look at everything that came of it."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from insights.ingest.run import run_import
from insights.models import (
    ImportStatus,
    LogImport,
    LoginFailure,
    LoginFailureDay,
    Source,
    Submission,
    SubmissionDay,
)
from insights.rollups.fill import compare, counted_days
from tenants.models import Tenant
from tenants.scope import tenant_scope

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""The day after the real logs were written."""
SUBMISSION_COLUMNS = (
    "id", "occurred_at", "host", "queue_id", "account", "sender_address", "sender_domain", "client_ip",
    "tls_version", "mechanism", "auth_class", "messages", "recipients", "recipients_exact", "size_bytes", "logins",
)  # fmt: skip
FAILURE_COLUMNS = ("id", "occurred_at", "host", "account", "client_ip", "mechanism", "reason", "detail")
_OF_THE_ROW = {"id", "tenant_id", "source_id"}
_numbers = itertools.count(1)


class Kept(NamedTuple):
    """Every event and every roll-up row of a tenant, as plain values without what differs from run to run."""

    submissions: Counter[tuple[object, ...]]
    failures: Counter[tuple[object, ...]]
    submission_days: Counter[tuple[object, ...]]
    failure_days: Counter[tuple[object, ...]]

    @property
    def events(self) -> int:
        """How many single events there are."""
        return self.submissions.total() + self.failures.total()


def kept(tenant: Tenant, *, with_ids: bool = True) -> Kept:
    """Return what the tenant's tables hold; without ids where two sources are compared."""
    skipped = 0 if with_ids else 1
    submission_day = [field.name for field in SubmissionDay._meta.fields if field.name not in _OF_THE_ROW]
    failure_day = [field.name for field in LoginFailureDay._meta.fields if field.name not in _OF_THE_ROW]
    with tenant_scope([tenant.pk]):
        return Kept(
            Counter(Submission.objects.values_list(*SUBMISSION_COLUMNS[skipped:])),
            Counter(LoginFailure.objects.values_list(*FAILURE_COLUMNS[skipped:])),
            Counter(SubmissionDay.objects.values_list(*submission_day)),
            Counter(LoginFailureDay.objects.values_list(*failure_day)),
        )


def events_of(tenant: Tenant) -> int:
    """Return how many single events the tenant has."""
    with tenant_scope([tenant.pk]):
        return Submission.objects.count() + LoginFailure.objects.count()


def source_of(tenant: Tenant, name: str = "mx1", *, zone: str = "UTC", format: str = "postfix") -> Source:  # noqa: A002
    """Return the tenant's source of that name; a new one is of `format` and writes the stamps of `zone`."""
    with tenant_scope([tenant.pk]):
        source, _ = Source.objects.get_or_create(
            tenant=tenant, name=name, defaults={"time_zone": zone, "format": format}
        )
    return source


def waiting_import(tenant: Tenant, path: Path, *, source: Source, year: int | None = None) -> LogImport:
    """Note an import that nobody reads yet."""
    with tenant_scope([tenant.pk]):
        return LogImport.objects.create(
            tenant=tenant, source=source, file_name=path.name, size_bytes=path.stat().st_size, year=year
        )


def import_file(
    tenant: Tenant,
    path: Path,
    *,
    source: str = "mx1",
    zone: str = "UTC",
    year: int | None = None,
    now: datetime = NOW,
    format: str = "postfix",  # noqa: A002
) -> LogImport:
    """Import a file as the command does, at `now`; return the import, whose accounting must add up."""
    log_import = waiting_import(
        tenant, path, source=source_of(tenant, source, zone=zone, format=format), year=year
    )
    run_import(tenant_id=tenant.pk, import_id=log_import.pk, path=path, clock=lambda: now)
    with tenant_scope([tenant.pk]):
        log_import = LogImport.objects.get(pk=log_import.pk)
    assert_adds_up(log_import)
    return log_import


def import_bytes(
    tenant: Tenant,
    folder: Path,
    data: bytes,
    *,
    source: str = "mx1",
    zone: str = "UTC",
    year: int | None = None,
    now: datetime = NOW,
    format: str = "postfix",  # noqa: A002
) -> LogImport:
    """Import `data` as a file of its own."""
    path = folder / f"{next(_numbers)}.log"
    path.write_bytes(data)
    return import_file(tenant, path, source=source, zone=zone, year=year, now=now, format=format)


def imported(
    tenant: Tenant,
    folder: Path,
    data: bytes,
    *,
    source: str = "mx1",
    zone: str = "UTC",
    year: int | None = None,
    now: datetime = NOW,
    format: str = "postfix",  # noqa: A002
) -> LogImport:
    """Import `data`, which must be read to its end."""
    log_import = import_bytes(
        tenant, folder, data, source=source, zone=zone, year=year, now=now, format=format
    )
    assert log_import.status == ImportStatus.DONE, log_import.message
    return log_import


def assert_adds_up(log_import: LogImport) -> None:
    """Check the two sums of the accounting, and that nothing of a refused import counts."""
    numbers = log_import.accounting()
    assert numbers["lines"] == sum(numbers[kind] for kind in ("event", "evidence", "other", "unrecognised"))
    assert numbers["unrecognised"] == sum(numbers["unrecognised_by_reason"].values())
    assert numbers["events"] == numbers["stored"] + numbers["duplicate"]
    if log_import.status == ImportStatus.REFUSED:
        assert numbers["events"] == 0


def assert_recounted(tenant: Tenant) -> None:
    """Check that roll-ups equal their raw rows and, as long as all are kept, rows what the imports say."""
    with tenant_scope([tenant.pk]):
        tenant.refresh_from_db()
        days = counted_days(tenant)
        assert days is None or compare(tenant, days) == []
        for log_import in LogImport.objects.exclude(status=ImportStatus.UNDONE):
            if tenant.raw_from_on is not None:
                break
            rows = (
                Submission.objects.filter(log_import_id=log_import.pk).count(),
                LoginFailure.objects.filter(log_import_id=log_import.pk).count(),
            )
            assert rows == (log_import.submissions_stored, log_import.failures_stored)


def lines_in(data: bytes) -> int:
    """Return how many complete lines a log has."""
    return data.count(b"\n")
