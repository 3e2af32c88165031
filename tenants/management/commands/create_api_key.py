"""Make an API key; its text is printed once and kept nowhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from tenants.api_keys import make_key
from tenants.key_reach import check_key
from tenants.models import Provider, Tenant
from tenants.roles import Scope

_OPTIONS = {"scopes": "scope", "networks": "network", "expires_at": "days", "tenants": "only"}


class Command(BaseCommand):
    """`create_api_key (--tenant T | --provider P) --name N --scope S…`; exit 1 when it is refused.

    Standard output has the key alone, so that a script can take it; who and where is told on standard error.
    """

    help = "Make an API key of a tenant, or of a provider for all or some of its tenants, and print it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        place = parser.add_mutually_exclusive_group(required=True)
        place.add_argument("--tenant", help="short name of the tenant whose key it is")
        place.add_argument(
            "--provider", help="short name of the provider whose key it is, for all its tenants"
        )
        parser.add_argument(
            "--only",
            action="append",
            metavar="TENANT",
            help="of a provider: for this tenant; may be repeated",
        )
        parser.add_argument("--name", required=True, help="where it is used, for instance “mx1 rsyslog”")
        parser.add_argument(
            "--scope",
            action="append",
            required=True,
            choices=Scope.values,
            help="what it may do; may be repeated",
        )
        parser.add_argument(
            "--network",
            action="append",
            default=[],
            help="address or network that may use it; may be repeated",
        )
        parser.add_argument("--days", type=int, help="how long it works; without it, until it is revoked")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, or say which value was refused and why."""
        now = timezone.now()
        try:
            expires_at = None if options["days"] is None else now + timedelta(days=options["days"])
        except OverflowError as error:
            raise CommandError(
                "The key was not made. days: a key ends within ten years.", returncode=1
            ) from error
        try:
            place = self._place(options)
            check_key(networks=options["network"], expires_at=expires_at, now=now)
            key, text = make_key(
                name=options["name"],
                scopes=options["scope"],
                networks=options["network"],
                expires_at=expires_at,
                **place,
            )
        except ValidationError as error:
            reasons = "; ".join(
                f"{_OPTIONS.get(field, field)}: {' '.join(messages)}"
                for field, messages in error.message_dict.items()
            )
            raise CommandError(f"The key was not made. {reasons}", returncode=1) from error
        end = f"until {expires_at:%Y-%m-%d %H:%M} UTC" if expires_at else "until it is revoked"
        self.stderr.write(
            f"{key.name} ({', '.join(key.scopes)}) of {key.tenant or key.provider} works {end}."
        )
        self.stderr.write("The key is shown this once:")
        self.stdout.write(text)

    def _place(self, options: dict[str, Any]) -> dict[str, Any]:
        if options["tenant"] is not None:
            if options["only"]:
                raise ValidationError({"tenants": "this goes with --provider."})
            return {"tenant": _named(Tenant, "tenant", options["tenant"])}
        provider = _named(Provider, "provider", options["provider"])
        only = options["only"]
        return {
            "provider": provider,
            "tenants": None if only is None else [_named(Tenant, "tenants", slug) for slug in only],
        }


def _named(model: type[Tenant | Provider], field: str, slug: str) -> Tenant | Provider:
    found = model.objects.filter(slug=slug).first()
    if found is None:
        raise ValidationError({field: f"there is none called {slug}."})
    return found
