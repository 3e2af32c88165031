"""Print one of the report's tables for scripts: CSV, JSON or text, in the days of the tenant."""

from __future__ import annotations

import argparse
import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from insights.filters import NO_DOMAIN, domain_asked
from insights.queries import Selection, kept_days
from project.periods import DayRange
from reports.tables import KINDS, Kind, csv_lines, payload, text_table
from tenants.models import Tenant
from tenants.scope import tenant_scope

LONGEST_DAYS = 3_660
REFUSED = 1
WRONG_USAGE = 2


class Command(BaseCommand):
    """Exit 0 when done, 1 when refused (the reason is on stderr), 2 when called wrongly."""

    help = "Print a table of a tenant's report: KIND is one of " + ", ".join(KINDS) + "."
    # The checks load every page of the product; scripts that call this often should not wait for them.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", metavar="KIND", choices=sorted(KINDS))
        parser.add_argument("--tenant", required=True, metavar="SLUG", help="short name of the tenant")
        parser.add_argument(
            "--start", required=True, type=_day, metavar="YYYY-MM-DD", help="first day, in the tenant's zone"
        )
        parser.add_argument(
            "--end", required=True, type=_day, metavar="YYYY-MM-DD", help="last day, included"
        )
        parser.add_argument(
            "--sender-domain",
            metavar="DOMAIN",
            help=f"only senders there; “{NO_DOMAIN}” for those without one",
        )
        parser.add_argument("--format", choices=("json", "csv", "table"), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        kind = KINDS[options["kind"]]
        if options["sender_domain"] is not None and not kind.has_domain:
            raise CommandError(
                "Failed logins have no sender: leave --sender-domain out.", returncode=WRONG_USAGE
            )
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant “{options['tenant']}”.", returncode=REFUSED)
        days = _days(options["start"], options["end"])
        kept = kept_days(tenant, now=timezone.now())
        if days.start < kept.start:
            self.stderr.write(
                f"Days before {kept.start}, the first that is kept, are counted as far as their counts are still there."
            )
        selection = Selection(days=days, sender_domain=domain_asked(options["sender_domain"] or ""))
        with tenant_scope([tenant.pk]):
            self._print(kind, selection, tenant, options["format"])

    def _print(self, kind: Kind, selection: Selection, tenant: Tenant, form: str) -> None:
        if form == "json":
            self.stdout.write(json.dumps(payload(kind, selection, tenant=tenant)))
        elif form == "csv":
            for lines in csv_lines(kind, kind.rows(selection, "")):
                self.stdout.write(lines, ending="")
        else:
            for line in text_table(kind, kind.rows(selection, ""), kind.totals(selection)):
                self.stdout.write(line)


def _days(start: date, end: date) -> DayRange:
    """Return the days as they were asked for: a script may ask for a whole month before it is over."""
    if end < start:
        raise CommandError(f"--end {end} is before --start {start}.", returncode=REFUSED)
    days = DayRange.inclusive(start, end)
    if len(days) > LONGEST_DAYS:
        raise CommandError(
            f"{start} to {end} are {len(days):,} days; ask for at most {LONGEST_DAYS:,} at once.",
            returncode=REFUSED,
        )
    return days


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a day; write it like 2026-11-17") from None
