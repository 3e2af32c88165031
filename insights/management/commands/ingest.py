"""Import log files into a tenant."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import available_timezones

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from insights.ingest.formats import FORMATS
from insights.ingest.run import run_import
from insights.models import ImportStatus, LogImport, Source
from insights.models.source import MAX_NAME as MAX_SOURCE_NAME
from tenants.models import Tenant
from tenants.scope import tenant_scope


class Command(BaseCommand):
    """`ingest FILE... --tenant SLUG --source NAME [--format F] [--year Y] [--time-zone Z] [--json]`.

    Exit 0 when every file was read, 1 when one was refused or failed (those after it are not begun), 2 for wrong
    usage. The keys of `--json` are documented in docs/operations.md.
    """

    help = "Import mail server logs: plain, gzip or zstd."
    # The checks load every page of the product; scripts that call this often should not wait for them.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path, help="log files, oldest first")
        parser.add_argument("--tenant", required=True, metavar="SLUG", help="short name of the tenant")
        parser.add_argument(
            "--source", required=True, metavar="NAME", help="the mail server; created when new"
        )
        parser.add_argument(
            "--format",
            default="postfix",
            choices=sorted(FORMATS),
            help="which mail server writes the log (postfix)",
        )
        parser.add_argument(
            "--year", type=int, help="year of the very first line, where time stamps carry none"
        )
        parser.add_argument(
            "--time-zone", metavar="Z", help="zone of stamps without an offset (the tenant's)"
        )
        parser.add_argument("--json", action="store_true", help="print the accounting as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import the files in order and print the accounting."""
        for path in options["files"]:
            _refuse_unreadable(path)
        tenant, source = _destination(options)
        imports: list[LogImport] = []
        for path in options["files"]:
            # The year is the first file's; the next one goes on in it, or is older and finds its own.
            year = options["year"] if not imports else None
            imports.append(self._import(path, tenant=tenant, source=source, year=year, options=options))
            if imports[-1].status != ImportStatus.DONE:
                break
        not_begun = [_shown(str(path)) for path in options["files"][len(imports) :]]
        if options["json"]:
            self.stdout.write(json.dumps(accounting(tenant, source, imports, not_begun), ensure_ascii=False))
        else:
            for log_import in imports:
                self.stdout.write("\n".join(_in_words(log_import)))
        failed = imports[-1]
        if failed.status != ImportStatus.DONE:
            rest = f" Not begun: {', '.join(not_begun)}." if not_begun else ""
            self.stderr.write(f"{failed.file_name}: {failed.message}{rest}")
            sys.exit(1)

    def _import(
        self, path: Path, *, tenant: Tenant, source: Source, year: int | None, options: dict[str, Any]
    ) -> LogImport:
        size = path.stat().st_size
        with tenant_scope([tenant.pk]):
            log_import = LogImport.objects.create(
                tenant=tenant, source=source, file_name=_shown(path.name)[:255], size_bytes=size, year=year
            )
        silent = options["json"] or not sys.stderr.isatty()
        with tqdm(total=size, unit="B", unit_scale=True, desc=path.name, disable=silent) as bar:
            return run_import(
                tenant_id=tenant.pk,
                import_id=log_import.pk,
                path=path,
                clock=timezone.now,
                on_progress=partial(_show, bar),
                on_wait=lambda: self.stderr.write(f"Waiting: another import of “{source.name}” is running."),
            )


def _refuse_unreadable(path: Path) -> None:
    """Raise before anything is imported where a file cannot be opened."""
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}. Nothing was imported.", returncode=1) from error


def _shown(name: str) -> str:
    """Return the name of a file as text that can be printed and stored: it may hold any bytes."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def _destination(options: dict[str, Any]) -> tuple[Tenant, Source]:
    """Return the tenant, and the source, which is created when it is new."""
    zone = options["time_zone"]
    if zone and zone not in available_timezones():
        raise CommandError(
            f"--time-zone: “{zone}” is not an IANA time zone, for instance Europe/Berlin.", returncode=1
        )
    year = options["year"]
    if year is not None and not 1970 <= year <= timezone.now().year + 1:
        raise CommandError(f"--year: {year} is not between 1970 and next year.", returncode=1)
    if not 1 <= len(options["source"]) <= MAX_SOURCE_NAME:
        raise CommandError(f"--source: a name has 1 to {MAX_SOURCE_NAME} characters.", returncode=1)
    tenant = Tenant.objects.filter(slug=options["tenant"]).first()
    if tenant is None:
        raise CommandError(
            f"There is no tenant “{options['tenant']}”. Create it with `manage.py create_tenant`.",
            returncode=1,
        )
    with tenant_scope([tenant.pk]):
        source, _ = Source.objects.get_or_create(
            tenant=tenant,
            name=options["source"],
            defaults={"format": options["format"], "time_zone": zone or tenant.time_zone},
        )
    if source.format != options["format"]:
        raise CommandError(f"The source “{source.name}” is of format {source.format}.", returncode=1)
    if zone and source.time_zone != zone:
        raise CommandError(
            f"The source “{source.name}” has the time zone {source.time_zone}, not {zone}. "
            "Use another source name, or change the zone on its page while it holds no events.",
            returncode=1,
        )
    return tenant, source


def _show(bar: tqdm[NoReturn], running: LogImport) -> None:
    bar.update(running.bytes_read - bar.n)


def accounting(
    tenant: Tenant, source: Source, imports: list[LogImport], not_begun: list[str]
) -> dict[str, Any]:
    """Return the accounting of a run: the sums over its files, and each file's own."""
    files = [
        {
            "file": log_import.file_name,
            "import": str(log_import.pk),
            "status": str(log_import.status),
            "message": log_import.message,
            **log_import.accounting(),
        }
        for log_import in imports
    ]
    summed = ("lines", "event", "evidence", "other", "unrecognised", "events", "stored", "duplicate")
    reasons: dict[str, int] = {}
    for log_import in imports:
        for reason, number in log_import.unrecognised.items():
            reasons[reason] = reasons.get(reason, 0) + number
    kinds = {
        kind: {what: sum(file[kind][what] for file in files) for what in ("stored", "duplicate")}
        for kind in ("submissions", "failures")
    }
    return {
        "tenant": tenant.slug,
        "source": source.name,
        "format": source.format,
        "status": str(imports[-1].status),
        **{key: sum(file[key] for file in files) for key in summed},
        "unrecognised_by_reason": dict(sorted(reasons.items())),
        **kinds,
        "held_bytes": files[-1]["held_bytes"],
        "files": files,
        "not_begun": not_begun,
    }


def _in_words(log_import: LogImport) -> list[str]:
    numbers = log_import.accounting()
    lines = [
        f"{log_import.file_name}: {log_import.get_status_display().lower()}",
        (
            f"  {numbers['lines']:>12,} lines = {numbers['event']:,} event + {numbers['evidence']:,} evidence"
            f" + {numbers['other']:,} other + {numbers['unrecognised']:,} unrecognised"
        ),
        f"  {numbers['events']:>12,} events = {numbers['stored']:,} stored + {numbers['duplicate']:,} duplicate",
    ]
    lines += [
        f"  {number:>12,} unrecognised: {reason}"
        for reason, number in numbers["unrecognised_by_reason"].items()
    ]
    if numbers["held_bytes"]:
        lines.append(
            f"  {numbers['held_bytes']:>12,} bytes of an unfinished last line wait for the next import of this source"
        )
    return lines
