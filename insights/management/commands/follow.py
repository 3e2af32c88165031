"""Follow log files that a mail server goes on writing."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from insights.ingest.errors import NoMapping
from insights.ingest.feeds.destinations import SourceWanted, hold_source
from insights.ingest.feeds.errors import FeedError
from insights.ingest.follow.chain import Watched
from insights.ingest.follow.keep import Target, place_of
from insights.ingest.follow.loop import Followed, Stopped, follow, follow_once, patiently
from insights.ingest.follow.tail import LINGER_SECONDS, Tail
from insights.ingest.formats import BY_LINE
from insights.management.zones import refuse_other_zone
from insights.models import Source
from insights.models.followed import MAX_PATH
from tenants.models import Tenant
from tenants.scope import tenant_scope

DEFAULT_FORMAT = "postfix"


class Command(BaseCommand):
    """`follow FILE... --tenant SLUG --source NAME [--format F] [--time-zone Z] [--from-start] [--once] [--interval S]`.

    Runs until SIGTERM or SIGINT and ends with 0 once everything that was read is stored; 1 when the source is gone or
    nothing can be followed. With `--once` it reads what is there and ends, with 1 when a file could not be read.
    """

    help = "Follow mail server logs through rotation, truncation and compression."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "files", nargs="+", metavar="FILE", help="a log, or a quoted pattern such as 'mail-*.log'"
        )
        parser.add_argument("--tenant", required=True, metavar="SLUG", help="short name of the tenant")
        parser.add_argument(
            "--source", required=True, metavar="NAME", help="the mail server; created when new"
        )
        parser.add_argument(
            "--format", choices=sorted(BY_LINE), help="which mail server writes the log (postfix)"
        )
        parser.add_argument(
            "--time-zone", metavar="Z", help="zone of stamps without an offset (the tenant's)"
        )
        parser.add_argument(
            "--from-start", action="store_true", help="read the rotated files first, if never followed before"
        )
        parser.add_argument("--once", action="store_true", help="read what is there, then end")
        parser.add_argument(
            "--interval", type=float, default=0.5, metavar="S", help="seconds between two looks (0.5)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Follow until told to stop."""
        if not 0.01 <= options["interval"] <= 3600:
            raise CommandError("--interval is between 0.01 and 3600 seconds.")
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        try:
            tenant, source, logs = patiently(
                lambda: self._prepared(options),
                stop=stop,
                say=self._say,
                waiting="The database does not answer",
            )
        except Stopped:
            return
        for log in logs:
            self._announce(log, tenant, source)
        try:
            if options["once"]:
                follow_once(logs, stop=stop, quiet_for=2 * LINGER_SECONDS, pause=0.1)
            else:
                follow(logs, stop=stop, interval=options["interval"])
        except Source.DoesNotExist as error:
            raise CommandError(f"The source “{source.name}” is not there any more.", returncode=1) from error
        except NoMapping as error:
            raise CommandError(f"{source.name}: {error.message} {error.hint}", returncode=1) from error
        lines, stored, duplicate = (
            sum(getattr(log, name) for log in logs) for name in ("lines", "stored", "duplicate")
        )
        self._say(f"{lines:,} lines read: {stored:,} events stored, {duplicate:,} known before.")
        if options["once"] and any(log.has_trouble for log in logs):
            sys.exit(1)

    def _prepared(self, options: dict[str, Any]) -> tuple[Tenant, Source, list[Followed]]:
        tenant, source = _destination(options)
        return tenant, source, [self._followed(given, tenant, source, options) for given in options["files"]]

    def _followed(self, given: str, tenant: Tenant, source: Source, options: dict[str, Any]) -> Followed:
        path = Path(given).absolute()
        target = Target(tenant.pk, source.pk, str(path))
        place = place_of(target)
        tail = Tail(
            Watched(path), place, monotonic=time.monotonic, whole=options["from_start"] and place is None
        )
        return Followed(target, tail, clock=timezone.now, say=self._say)

    def _announce(self, log: Followed, tenant: Tenant, source: Source) -> None:
        place = log.tail.place
        begin = "from its beginning" if place is None else f"from byte {place.offset}"
        self._say(f"{log.target.path}: followed {begin} into “{source.name}” of {tenant.slug}.")

    def _say(self, text: str) -> None:
        self.stdout.write(text.encode(errors="backslashreplace").decode())
        self.stdout.flush()


def _destination(options: dict[str, Any]) -> tuple[Tenant, Source]:
    """Return the tenant and the source, which is created when it is new."""
    zone = options["time_zone"]
    refuse_other_zone(zone)
    for given in options["files"]:
        if "\0" in given or len(str(Path(given).absolute())) > MAX_PATH:
            raise CommandError(f"{given[:80]!r} is no path of a file.", returncode=1)
    tenant = Tenant.objects.filter(slug=options["tenant"]).first()
    if tenant is None:
        raise CommandError(
            f"There is no tenant “{options['tenant']}”. Create it with `manage.py create_tenant`.",
            returncode=1,
        )
    wanted = SourceWanted(name=options["source"], format=options["format"], time_zone=zone)
    try:
        with tenant_scope([tenant.pk]):
            source, tenant = hold_source(tenant, wanted, default_format=DEFAULT_FORMAT)
    except FeedError as error:
        raise CommandError(
            f"--{(error.field or 'source').replace('_', '-')}: {error}", returncode=1
        ) from error
    return tenant, source
