"""What the page shows to paste, and the rows that came of it, compared with what was sent."""

from __future__ import annotations

from datetime import timedelta

from insights.models import Submission
from insights.web.snippets import Endpoint
from insights.web.syslog_snippets import Place, syslog_kits
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.factories import make_source
from tests.live.submitting import Said, Sent


def pasted(source: str, place: Place, token: str) -> str:
    """Return what the page shows for rsyslog, with names of its own: two of them stand in one configuration."""
    kit = syslog_kits(Endpoint("https://insights.example", "acme", source), place, token)[0]
    return kit.snippets[0].text.replace("insights_syslog", f"insights_{place.port}")


def compare(said: list[Said], found: dict[str, Submission], *, later: timedelta = timedelta(0)) -> None:
    """Compare every row with what was sent; a log's times are of whole seconds, or a moment `later`.

    time(2) may be some milliseconds behind the clock that the test reads, and say the second before.
    """
    assert {queue_id: told(row) for queue_id, row in found.items()} == {
        one.sent.queue_id: one.sent for one in said
    }
    late = [
        one
        for one in said
        if not one.after - timedelta(seconds=1.1) < found[one.sent.queue_id].occurred_at <= one.before + later
    ]
    assert late == []


def rows(tenant: Tenant, source: str) -> dict[str, Submission]:
    with tenant_scope([tenant.pk]):
        found = Submission.objects.filter(source_id=make_source(tenant, source).pk)
        return {row.queue_id: row for row in found}


def told(row: Submission) -> Sent:
    seen = (row.host, row.messages, row.recipients_exact, row.auth_class)
    assert seen == ("mx", 1, True, "basic"), seen
    return Sent(
        row.queue_id,
        row.account,
        row.sender_address,
        row.client_ip or "",
        row.tls_version,
        row.mechanism,
        row.recipients,
    )
