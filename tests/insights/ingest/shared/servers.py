"""A shared server of provider north, and what must hold of it at any moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from insights.ingest.own_domains import decide_domain
from insights.ingest.shared.places import make_server
from insights.models import LogImport, Source, Submission
from insights.rollups.fill import compare, counted_days
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import events_of, kept
from tests.insights.ingest.lines import message, refused_login

ACCOUNTS = ("anna@acme.example", "gus@globex.example", "zed@nobody.example", "scanner")


def shared_server(cast: Cast, name: str = "hub") -> Source:
    """Return a shared server of north; acme and globex accept the domains of their names."""
    server = make_server(cast.north, name=name, format="postfix", time_zone="UTC")
    accept(cast.acme, "acme.example")
    accept(cast.globex, "globex.example")
    return server


def accept(tenant: Tenant, domain: str) -> None:
    """Let the tenant say that the domain is its own."""
    with tenant_scope([tenant.pk]):
        decide_domain(tenant, domain, is_accepted=True)


def mixed_log(at: datetime, accounts: Sequence[str] = ACCOUNTS, *, each: int = 2, first: int = 0) -> bytes:
    """Return a log in which every account sends `each` messages and is refused once, an hour apart."""
    lines = []
    for turn in range(each):
        for place, account in enumerate(accounts):
            number = turn * len(accounts) + place
            when = at + number * timedelta(hours=1)
            lines.append(message(when, queue_id=f"{0xB00000 + first + number:X}", account=account))
            if turn == 0:
                lines.append(refused_login(when + timedelta(minutes=1), account=account))
    return b"".join(lines)


def assert_shared(cast: Cast, inbox: Tenant, *, events: int) -> None:
    """Check that each event of the log lies at exactly one tenant, and that all counts equal their events."""
    tenants = [inbox, cast.acme, cast.globex]
    ids: Counter[object] = Counter()
    for tenant in tenants:
        ids.update(row[0] for kind in kept(tenant)[:2] for row in kind.elements())
        with tenant_scope([tenant.pk]):
            days = counted_days(tenant)
            assert days is None or compare(tenant, days) == []
            for share in LogImport.objects.filter(shared_import__isnull=False).exclude(status="undone"):
                rows = Submission.objects.filter(log_import_id=share.pk).count()
                assert rows == share.submissions_stored
    assert (ids.total(), max(ids.values(), default=1)) == (events, 1)
    assert events_of(cast.initech) == 0


def shares_of(log_import: LogImport, cast: Cast) -> dict[str, int]:
    """Return how many events each tenant's share of the import says that it stored."""
    scope = [log_import.tenant_id, cast.acme.pk, cast.globex.pk]
    with tenant_scope(scope):
        shares = LogImport.objects.filter(shared_import=log_import.pk).select_related("tenant")
        return {share.tenant.slug: share.submissions_stored + share.failures_stored for share in shares}
