"""How accounts and senders were written first, and from which domains mail came, at each customer alone."""

from __future__ import annotations

from uuid import UUID

from django.db import connection


def place_names(relation: str, *, writer: UUID) -> None:
    """Keep how the names of submissions in `relation` were written, as the tenant `writer` has it. One statement.

    The inbox has it for all of its servers; `relation` has tenant_id, account, sender_address, sender_domain and
    occurred_at, and is a name of our own.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NAMES.format(relation=relation), [writer, writer])


def place_domains(relation: str, *, inbox: UUID) -> None:
    """Keep the sender domains of submissions in `relation` at their tenants, but for the inbox. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_DOMAINS.format(relation=relation), [inbox])


_NAMES = """
INSERT INTO insights_nameshown AS known (id, tenant_id, name, shown, first_at)
SELECT gen_random_uuid(), used.tenant_id, written.name, written.shown, written.first_at
FROM (
    SELECT tenant_id, account AS name FROM {relation} WHERE tenant_id <> %s
    UNION SELECT tenant_id, sender_address FROM {relation}
) AS used
JOIN insights_nameshown AS written ON written.tenant_id = %s AND written.name = used.name
WHERE used.tenant_id <> written.tenant_id AND NOT EXISTS (
    SELECT FROM insights_nameshown AS kept
    WHERE kept.tenant_id = used.tenant_id AND kept.name = used.name AND kept.first_at <= written.first_at)
ON CONFLICT (tenant_id, name) DO UPDATE SET shown = excluded.shown, first_at = excluded.first_at
WHERE excluded.first_at < known.first_at
"""

_DOMAINS = """
INSERT INTO tenants_senderdomain AS known (id, tenant_id, domain, is_accepted, first_seen_at)
SELECT gen_random_uuid(), tenant_id, sender_domain, false, min(occurred_at)
FROM {relation}
WHERE sender_domain <> '' AND tenant_id <> %s
GROUP BY tenant_id, sender_domain
ON CONFLICT (tenant_id, domain) DO UPDATE SET first_seen_at = excluded.first_seen_at
WHERE known.first_seen_at IS NULL OR excluded.first_seen_at < known.first_seen_at
"""
