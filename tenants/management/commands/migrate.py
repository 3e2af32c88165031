"""Migrate as the owner of the tables: the running role may not change them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    """Django's migrate, on the connection of DATABASE_OWNER_URL."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Make `owner` the default database."""
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse to run where no owner is known."""
        if "owner" not in connections.databases:
            raise CommandError(
                "DATABASE_OWNER_URL is not set: migrations need the owner of the tables, "
                "not the running role of DATABASE_URL."
            )
        super().handle(*args, **options)
