"""End an API key."""

from __future__ import annotations

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tenants.api_keys import revoke_key
from tenants.models import ApiKey

_PREFIX = re.compile(r"(?:sai_)?([A-Za-z0-9]{8})(?:_.*)?")


class Command(BaseCommand):
    """`revoke_api_key PREFIX`, with what the key begins with or all of it; exit 1 when there is no such key."""

    help = "End an API key: the next request with it is refused."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "key", help="what the key begins with, sai_ and eight characters; the whole key will do as well"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """End it, or say that there is none; one that was revoked before keeps its time."""
        said = _PREFIX.fullmatch(options["key"])
        key = ApiKey.objects.filter(prefix=said[1]).first() if said else None
        if key is None:
            raise CommandError("There is no key that begins so.", returncode=1)
        if key.revoked_at is not None:
            self.stdout.write(f"{key} was revoked before, at {key.revoked_at:%Y-%m-%d %H:%M} UTC.")
            return
        revoke_key(key, now=timezone.now())
        self.stdout.write(f"Revoked {key} of {key.tenant or key.provider}.")
