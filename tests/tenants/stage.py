"""One row of everything in a tenant, for pages that show every table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from insights.models import (
    Assignment,
    FollowedFile,
    GraphConnection,
    GraphTraceDay,
    ImportOverlap,
    IngestAnswer,
    LogImport,
    RollupCheck,
    SharedRule,
    SkippedLine,
    SyslogDrop,
    SyslogListener,
    SyslogSender,
)
from insights.models.shared import RuleKind
from insights.models.syslog import SenderKind
from reports.models import ReportRecipient, ReportRequest
from tenants.api_keys import make_key
from tenants.models import EventType, Tenant
from tenants.roles import Scope
from tenants.scope import tenant_scope
from tenants.webhooks import announce
from tenants.webhooks.manage import make_webhook
from tests.factories import fail_login, make_source, submit

AT = datetime(2026, 11, 17, 9, tzinfo=UTC)


def fill(tenant: Tenant, word: str) -> None:
    """Put a row into each tenant-owned table, every one with `word` in it where it has a text."""
    submit(tenant, at=AT, account=f"{word}@{word}.example", source=f"mx-{word}")
    fail_login(tenant, at=AT, account=word, source=f"mx-{word}")
    source = make_source(tenant, f"mx-{word}")
    make_key(name=f"{word} key", scopes=[Scope.INGEST], tenant=tenant)
    make_webhook(
        name=f"{word} hook", url=f"https://{word}.example/", events=[EventType.REPORT_SENT], tenant=tenant
    )
    with tenant_scope([tenant.pk]):
        announce(tenant, EventType.REPORT_SENT, lambda: {"name": f"{word} report"}, now=AT)
        first, second = (
            LogImport.objects.create(tenant=tenant, source=source, file_name=f"{word}-{number}.log")
            for number in (1, 2)
        )
        IngestAnswer.objects.create(
            tenant=tenant, caller=word, key=f"{word}-key", digest=bytes(32), answer={"source": word}
        )
        SkippedLine.objects.create(
            tenant=tenant, log_import=first, line_number=7, reason="not_a_log_line", text=f"{word} line"
        )
        ImportOverlap.objects.create(tenant=tenant, log_import=second, earlier=first, events=3)
        day = AT.date() - timedelta(days=RollupCheck.objects.count())
        RollupCheck.objects.create(tenant=tenant, day=day, checked_at=AT, differences=[{"account": word}])
        SharedRule.objects.create(
            tenant=tenant, kind=RuleKind.DOMAIN, value=f"{word}.example", customer=tenant
        )
        Assignment.objects.create(tenant=tenant, subject=f"{word}.example", events=3, created_at=AT)
        GraphConnection.objects.create(
            tenant=tenant, source=source, directory_id=uuid4(), client_id=uuid4(), last_error=f"{word} fails"
        )
        GraphTraceDay.objects.create(
            tenant=tenant, source=source, day=AT, account=f"{word}@{word}.example", messages=3, asked_at=AT
        )
        FollowedFile.objects.create(tenant=tenant, source=source, path=f"/var/log/{word}.log", saved_at=AT)
        SyslogSender.objects.create(
            tenant=tenant, source=source, kind=SenderKind.NAME, value=f"mx.{word}.example"
        )
        SyslogDrop.objects.create(tenant=tenant, source=source, day=AT, reason="queue_full", last_at=AT)
        request = ReportRequest.objects.create(
            tenant=tenant,
            name=f"{word} report",
            start_on=date(2026, 11, 11),
            end_on=date(2026, 11, 17),
            created_at=AT,
        )
        ReportRecipient.objects.create(
            tenant=tenant, request=request, address=f"boss@{word}.example", message_id=f"<{word}@mail>"
        )
    SyslogListener.objects.create(address=f"udp://{word}.example:514", began_at=AT, seen_at=AT)
