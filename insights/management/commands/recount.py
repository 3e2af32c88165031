"""Compare the roll-ups with the raw rows they were made from."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from insights.rollups.fill import Difference, compare, counted_days
from tenants.models import Tenant
from tenants.scope import tenant_scope


class Command(BaseCommand):
    """`recount [--tenant SLUG] [--json]`; exit 0 when all is equal, 1 with the differences if any."""

    help = "Compare roll-ups with raw rows; exit 1 and print the differences if there are any."
    # The checks load every page of the product; scripts that call this often should not wait for them.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--tenant", help="short name of one tenant; all of them by default")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare and print; nothing is changed."""
        tenants = Tenant.objects.order_by("slug")
        if options["tenant"]:
            tenants = tenants.filter(slug=options["tenant"])
            if not tenants:
                raise CommandError(f"There is no tenant “{options['tenant']}”.", returncode=1)
        found: dict[str, list[Difference]] = {}
        for tenant in tenants:
            with tenant_scope([tenant.pk]):
                days = counted_days(tenant)
                found[tenant.slug] = compare(tenant, days) if days else []
                if not options["json"]:
                    span = f"{days.start} to {days.last}" if days else "no days"
                    self.stdout.write(f"{tenant.slug}: {span}, {len(found[tenant.slug])} differences")
        differing = {slug: items for slug, items in found.items() if items}
        if options["json"]:
            listed = {slug: [item.as_json() for item in items] for slug, items in found.items()}
            self.stdout.write(json.dumps({"differences": listed, "equal": not differing}))
        else:
            for slug, items in differing.items():
                for item in items:
                    self.stdout.write(f"{slug}: {json.dumps(item.as_json())}")
        if differing:
            sys.exit(1)
