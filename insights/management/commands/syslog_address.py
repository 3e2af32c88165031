"""Give a source an address of the syslog listener to itself, or take it back: the operator's, because ports are."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from insights.ingest.listening.registration import known_by, register_sender
from insights.ingest.sources import find_source
from insights.models import SenderKind, SyslogSender
from tenants.models import Tenant
from tenants.scope import tenant_scope


class Command(BaseCommand):
    """`syslog_address ADDRESS --tenant T (--source NAME [--network A…] | --remove)`; exit 1 when it is refused."""

    help = "Let everything that comes to an address of the listener be lines of a source, or end that."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "address", metavar="ADDRESS", help="udp://, tcp:// or tls://, an IP address and a port"
        )
        parser.add_argument("--tenant", required=True, help="short name of the tenant")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--source", help="name of the source that the lines are of; it must be there")
        what.add_argument("--remove", action="store_true", help="listen there no more")
        parser.add_argument(
            "--network",
            action="append",
            default=[],
            help="address or network that may send there; may be repeated; none: any",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Give the address, or take it back, and say so."""
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant “{options['tenant']}”.", returncode=1)
        try:
            address = known_by(SenderKind.ADDRESS, options["address"])
            with tenant_scope([tenant.pk]):
                self._remove(address) if options["remove"] else self._give(address, options)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=1) from error

    def _give(self, address: str, options: dict[str, Any]) -> None:
        source = find_source(options["source"])
        if source is None:
            raise CommandError(f"There is no source “{options['source']}”.", returncode=1)
        register_sender(source, kind=SenderKind.ADDRESS, value=address, networks=options["network"])
        self.stdout.write(f"What comes to {address} is of the source “{source.name}”.")

    def _remove(self, address: str) -> None:
        gone, _by_model = SyslogSender.objects.filter(kind=SenderKind.ADDRESS, value=address).delete()
        if not gone:
            raise CommandError(f"{address} is no address of this tenant's.", returncode=1)
        self.stdout.write(f"{address} is nobody's now.")
