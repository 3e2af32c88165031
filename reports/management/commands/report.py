"""Print one of the report's tables for scripts: CSV, JSON or text, in the days of the tenant."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from insights.filters import EventFilters, FailureFilters, SubmissionFilters
from insights.models import SubmissionDay
from insights.queries import kept_days
from project.periods import DayRange
from reports.tables import KINDS, Kind, Totals, csv_lines, json_pieces, text_table
from tenants.models import Tenant
from tenants.scope import tenant_scope

FILTERS = {
    name: declared
    for name, declared in (SubmissionFilters.base_filters | FailureFilters.base_filters).items()
    if name not in {"start", "end"}
}
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
        for name, declared in FILTERS.items():
            parser.add_argument(
                _option(name), metavar="TEXT", help=declared.extra["help_text"].replace("%", "%%")
            )
        parser.add_argument("--format", choices=("json", "csv", "table"), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        kind = KINDS[options["kind"]]
        given = {name: options[name] for name in FILTERS if options[name] is not None}
        if strange := sorted(given.keys() - kind.parameters):
            raise CommandError(_not_here(kind, strange[0]), returncode=WRONG_USAGE)
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant “{options['tenant']}”.", returncode=REFUSED)
        days = _days(options["start"], options["end"])
        now = timezone.now()
        kept = kept_days(tenant, now=now)
        if days.start < kept.start:
            self.stderr.write(
                f"Days before {kept.start}, the first that is kept, are counted as far as their counts are still there."
            )
        with tenant_scope([tenant.pk]):
            filters = kind.filters(
                given, queryset=SubmissionDay.objects.none(), tenant=tenant, now=now, orderings=kind.orderings
            )
            if not filters.is_valid():
                name, messages = next(iter(filters.refused().items()))
                raise CommandError(f"{_option(name)} {messages[0]}", returncode=WRONG_USAGE)
            self._print(kind, filters, days, tenant, options["format"])

    def _print(self, kind: Kind, filters: EventFilters, days: DayRange, tenant: Tenant, form: str) -> None:
        selection = filters.selection().with_days(days)
        rows = kind.rows(selection, filters.order())
        if form == "json":
            for piece in json_pieces(
                kind, rows, selection=selection, tenant=tenant, narrowed=filters.asked()
            ):
                self.stdout.write(piece, ending="")
            self.stdout.write("")
        elif form == "csv":
            for lines in csv_lines(kind, rows):
                self.stdout.write(lines, ending="")
        else:
            totals = Totals(kind)
            for line in text_table(kind, totals.through(rows), totals.sums):
                self.stdout.write(line)


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _not_here(kind: Kind, name: str) -> str:
    if name == "ordering":
        return f"The table {kind.name} has an order of its own: leave --ordering out."
    if kind.filters is FailureFilters:
        return f"Failed logins have no {name.replace('_', ' ')}: leave {_option(name)} out."
    return f"Messages have no {name.replace('_', ' ')}: leave {_option(name)} out."


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
