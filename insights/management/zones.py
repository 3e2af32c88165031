"""The option --time-zone of commands."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from tenants.models.tenant import validate_time_zone


def refuse_other_zone(zone: str | None) -> None:
    """Raise CommandError for a --time-zone that is none."""
    try:
        if zone:
            validate_time_zone(zone)
    except ValidationError as error:
        raise CommandError(f"--time-zone: {' '.join(error.messages)}", returncode=1) from error
