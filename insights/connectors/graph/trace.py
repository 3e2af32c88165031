"""Count the messages that message trace has from accounts with SMTP AUTH logins: an upper bound (docs/adr/0010).

A day is asked for once it has been over for as long as sign-ins may be late, account by account, so that nothing is
fetched of people who never used SMTP AUTH. Nothing of a message is kept but that it was there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any, Final

from django.db.models import Sum

from insights.connectors.graph.client import GraphClient
from insights.connectors.graph.questions import messages_of
from insights.ingest.formats.entra.sign_ins import stamp_of
from insights.models import GraphConnection, GraphTraceDay, SubmissionDay
from insights.queries import today_of
from project.periods import midnight
from tenants.models import Tenant
from tenants.scope import tenant_scope

OLDEST: Final = 9
"""Days before today that are asked for: a span may have ten days, and what was missed for longer stays unknown."""
NEWEST: Final = 2
ACCOUNTS_AT_ONCE: Final = 40
"""Microsoft allows 100 requests in five minutes."""


def count_messages(connection: GraphConnection, client: GraphClient, *, now: datetime) -> int:
    """Count for the accounts and days that are due, forty at most; return for how many. Raises GraphError."""
    with tenant_scope([connection.tenant_id]):
        tenant = Tenant.objects.get(pk=connection.tenant_id)
        due = _due(connection, tenant, now=now)
    for day, account in due:
        messages = _messages(client, account, day, tenant)
        with tenant_scope([connection.tenant_id]):
            GraphTraceDay.objects.update_or_create(
                tenant=tenant,
                source_id=connection.source_id,
                day=day,
                account=account,
                defaults={"messages": messages, "asked_at": now},
            )
    return len(due)


def _due(connection: GraphConnection, tenant: Tenant, *, now: datetime) -> Sequence[tuple[date, str]]:
    today = today_of(tenant, now=now)
    days = (today - timedelta(days=OLDEST), today - timedelta(days=NEWEST))
    source = connection.source_id
    known = set(GraphTraceDay.objects.filter(source=source, day__range=days).values_list("day", "account"))
    used = (
        SubmissionDay.objects.filter(source_id=source, day__range=days)
        .order_by("day", "account")
        .values_list("day", "account")
        .annotate(logged_in=Sum("logins"))
        .filter(logged_in__gt=0)
    )
    return [
        (day, account) for day, account, _logins in used if (day, account) not in known and "@" in account
    ][:ACCOUNTS_AT_ONCE]


def _messages(client: GraphClient, account: str, day: date, tenant: Tenant) -> int:
    """Return how many different messages there are; a trace has a row for each recipient."""
    since, until = midnight(day, tenant.zone), midnight(day + timedelta(days=1), tenant.zone)
    question = messages_of(account, since, until)
    pages = client.pages(question.path, question.parameters, permission=question.permission)
    rows = chain.from_iterable(page.values for page in pages)
    return len({_identity(row) for row in rows if _is_within(row, since, until)} - {""})


def _identity(row: Any) -> str:
    found = row.get("messageId") or row.get("id") if isinstance(row, dict) else None
    return found if isinstance(found, str) else ""


def _is_within(row: Any, since: datetime, until: datetime) -> bool:
    """Tell whether a message is of the day: Graph's end of a span belongs to it, ours does not."""
    written = row.get("receivedDateTime") if isinstance(row, dict) else None
    at = stamp_of(written) if isinstance(written, str) else None
    return at is not None and since <= at < until
