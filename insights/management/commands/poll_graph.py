"""Ask the directories of Microsoft 365 for their new sign-ins now."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from insights.connectors.graph.poll import Outcome, poll
from insights.models import GraphConnection
from tenants.models import Tenant
from tenants.scope import tenant_scope


class Command(BaseCommand):
    """`poll_graph [--tenant SLUG] [--json]`; exit 1 when a connection failed."""

    help = "Ask every connected Microsoft 365 directory for its new sign-ins, whether it is due or not."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--tenant", metavar="SLUG", help="of this customer alone")
        parser.add_argument("--json", action="store_true", help="print one object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask one after the other, and say what came of each."""
        told = [
            _told(tenant, source, poll_now(tenant.pk, connection_id))
            for tenant in _tenants(options["tenant"])
            for connection_id, source in _connections(tenant)
        ]
        has_failed = any(one["error"] for one in told)
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not has_failed, "connections": told}, ensure_ascii=False))
        else:
            for one in told:
                words = one["error"] or f"{one['sign_ins']} sign-ins, {one['stored']} new"
                words = "is being asked already" if one["is_busy"] else words
                self.stdout.write(f"{one['tenant']}: {one['source']}: {words}")
            if not told:
                self.stdout.write("No directory is connected.")
        if has_failed:
            sys.exit(1)


def poll_now(tenant_id: UUID, connection_id: UUID) -> Outcome:
    """Ask one directory."""
    return poll(tenant_id=tenant_id, connection_id=connection_id, clock=timezone.now, is_by_hand=True)


def _tenants(slug: str | None) -> list[Tenant]:
    if slug is None:
        return list(Tenant.objects.order_by("slug"))
    found = Tenant.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"There is no customer “{slug}”.", returncode=2)
    return [found]


def _connections(tenant: Tenant) -> list[tuple[UUID, str]]:
    with tenant_scope([tenant.pk]):
        rows = GraphConnection.objects.filter(is_enabled=True).order_by("source__name")
        return list(rows.values_list("pk", "source__name"))


def _told(tenant: Tenant, source: str, outcome: Outcome) -> dict[str, Any]:
    return {
        "tenant": tenant.slug,
        "source": source,
        "sign_ins": outcome.sign_ins,
        "stored": outcome.stored,
        "error": outcome.error,
        "trace_error": outcome.trace_error,
        "is_busy": outcome.is_busy,
    }
