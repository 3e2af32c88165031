"""Create a tenant, and its provider where that is new."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from tenants.models import Provider, Tenant


class Command(BaseCommand):
    """`create_tenant SLUG --name N --time-zone Z [--provider P]`; exit 1 when it is refused."""

    help = "Create a tenant: a customer whose mail is measured."
    # The checks load every page of the product; scripts that call this often should not wait for them.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("slug", help="short name, as it stands in addresses: letters, digits, hyphens")
        parser.add_argument("--name", required=True, help="name to show")
        parser.add_argument("--time-zone", required=True, help="IANA name, for instance Europe/Berlin")
        parser.add_argument("--provider", help="short name of the provider; created when there is none yet")
        parser.add_argument(
            "--retention-days", type=int, default=90, help="days that single events are kept (90)"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Create it, or say which value was refused and why."""
        provider = None
        if options["provider"]:
            provider, _ = Provider.objects.get_or_create(
                slug=options["provider"], defaults={"name": options["provider"]}
            )
        tenant = Tenant(
            slug=options["slug"],
            name=options["name"],
            time_zone=options["time_zone"],
            retention_days=options["retention_days"],
            provider=provider,
        )
        try:
            if provider is not None:
                provider.full_clean()
            tenant.full_clean()
        except ValidationError as error:
            reasons = "; ".join(
                f"{field.replace('_', '-')}: {' '.join(messages)}"
                for field, messages in error.message_dict.items()
            )
            raise CommandError(f"The tenant was not created. {reasons}", returncode=1) from error
        tenant.save()
        self.stdout.write(f"Created tenant {tenant.slug} ({tenant.name}, {tenant.time_zone}).")
