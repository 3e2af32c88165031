"""Import log files into a tenant."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from insights.ingest.days import Days, DaysFault
from insights.ingest.errors import DaysRequired, NoMapping
from insights.ingest.formats import AUTO, BY_COLUMNS, BY_DAYS, FORMATS
from insights.ingest.run import run_import
from insights.ingest.shared.ledger import events_of_import
from insights.ingest.shared.places import is_inbox, make_inbox, shared_scope
from insights.ingest.sources import SourceBusy
from insights.ingest.totals import note_days
from insights.management.zones import refuse_other_zone
from insights.models import ImportStatus, LogImport, Source
from insights.models.source import MAX_NAME as MAX_SOURCE_NAME
from tenants.models import Provider, Tenant
from tenants.scope import tenant_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tqdm import tqdm

    from insights.ingest.formats.columns.mapping import ColumnMapping
    from insights.ingest.recognition import Recognition
    from insights.management.auto_format import Look


class Command(BaseCommand):
    """`ingest FILE... (--tenant SLUG | --provider SLUG) --source NAME [--format F] [--mapping M] [--year Y]
    [--first-day D] [--last-day D]
    [--time-zone Z] [--json]`.

    Exit 0 when every file was read, 1 when one was refused or failed (those after it are not begun), 2 for wrong
    usage. The keys of `--json` are documented in docs/operations.md.
    """

    help = "Import mail server logs: plain, gzip or zstd."
    # The checks load every page of the product; scripts that call this often should not wait for them.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path, help="log files, oldest first")
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--tenant", metavar="SLUG", help="short name of the tenant")
        whose.add_argument(
            "--provider", metavar="SLUG", help="short name of the provider whose shared server it is"
        )
        parser.add_argument(
            "--source", required=True, metavar="NAME", help="the mail server; created when new"
        )
        parser.add_argument(
            "--format",
            default="postfix",
            choices=[AUTO, *sorted(FORMATS)],
            help="which mail server writes the log (postfix), or auto to recognise it from the content",
        )
        parser.add_argument(
            "--mapping",
            type=Path,
            metavar="FILE.json",
            help="which column of a table is what (csv, ndjson); kept for the source. Keys: docs/columns.md",
        )
        parser.add_argument(
            "--year", type=int, help="year of the very first line, where time stamps carry none"
        )
        parser.add_argument(
            "--time-zone", metavar="Z", help="zone of stamps without an offset (the tenant's)"
        )
        parser.add_argument(
            "--first-day",
            type=date.fromisoformat,
            metavar="DATE",
            help="the first day (2026-11-17) of a file with totals, which does not say so itself (exchange-online)",
        )
        parser.add_argument(
            "--last-day", type=date.fromisoformat, metavar="DATE", help="its last day (the first one)"
        )
        parser.add_argument("--json", action="store_true", help="print the accounting as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import the files in order and print the accounting."""
        for path in options["files"]:
            _refuse_unreadable(path)
        mapping, days = _mapping(options), _days(options)
        tenant = _tenant(options)
        looks = _looks(options) if options["format"] == AUTO else []
        if not options["json"]:
            for look in looks:
                self.stdout.write(f"{look.file}: {look.words}")
        if looks and (refusal := _settle(looks, tenant, options)):
            self._refuse(refusal, looks, tenant, options)
        _refuse_without_days(options, days)
        source = _source(tenant, options)
        _map(source, mapping)
        imports: list[LogImport] = []
        for path in options["files"]:
            # The year is the first file's; the next one goes on in it, or is older and finds its own.
            year = options["year"] if not imports else None
            seen = looks[len(imports)].recognition if looks else None
            imports.append(
                self._import(
                    path, tenant=tenant, source=source, year=year, days=days, seen=seen, options=options
                )
            )
            if imports[-1].status != ImportStatus.DONE:
                break
        not_begun = [_shown(str(path)) for path in options["files"][len(imports) :]]
        if options["json"]:
            told = accounting(tenant, source, imports, not_begun)
            self.stdout.write(json.dumps(told | _recognised(looks), ensure_ascii=False))
        else:
            for path, log_import in zip(options["files"], imports, strict=False):
                words = [
                    *_in_words(log_import),
                    *_at_whom(tenant, log_import),
                    *_of_no_login(log_import, path),
                ]
                self.stdout.write("\n".join(words))
        failed = imports[-1]
        if failed.status != ImportStatus.DONE:
            rest = f" Not begun: {', '.join(not_begun)}." if not_begun else ""
            self.stderr.write(f"{failed.file_name}: {failed.message}{rest}")
            sys.exit(1)

    def _refuse(self, why: str, looks: list[Look], tenant: Tenant, options: dict[str, Any]) -> NoReturn:
        """End with the reason: nothing was imported, and no source was made."""
        if options["json"]:
            not_begun = [look.file for look in looks]
            unmade = Source(tenant=tenant, name=options["source"], format="")
            told = accounting(tenant, unmade, [], not_begun) | {"message": why}
            self.stdout.write(json.dumps(told | _recognised(looks), ensure_ascii=False))
        can_be_read = all(look.recognition for look in looks)
        next_step = "; give --format to read it all the same" if can_be_read else ""
        self.stderr.write(f"{why} Nothing was imported{next_step}.")
        sys.exit(1)

    def _import(
        self,
        path: Path,
        *,
        tenant: Tenant,
        source: Source,
        year: int | None,
        days: Days | None,
        seen: Recognition | None,
        options: dict[str, Any],
    ) -> LogImport:
        size = path.stat().st_size
        with tenant_scope([tenant.pk]):
            log_import = LogImport(
                tenant=tenant, source=source, file_name=_shown(path.name)[:255], size_bytes=size, year=year
            )
            if seen is not None:
                from insights.ingest.recognition import dump

                log_import.recognised = dump(seen)
            if days is not None:
                note_days(log_import, days)
            log_import.save(force_insert=True)
        with _bar(path, size, silent=options["json"] or not sys.stderr.isatty()) as show:
            return run_import(
                tenant_id=tenant.pk,
                import_id=log_import.pk,
                path=path,
                clock=timezone.now,
                on_progress=show,
                on_wait=lambda: self.stderr.write(f"Waiting: another import of “{source.name}” is running."),
            )


def _refuse_unreadable(path: Path) -> None:
    """Raise before anything is imported where a file cannot be opened."""
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}. Nothing was imported.", returncode=1) from error


def _days(options: dict[str, Any]) -> Days | None:
    """Return the days that were given; raise where they cannot be."""
    first, last = options["first_day"], options["last_day"] or options["first_day"]
    if first is None:
        if last is not None:
            raise CommandError("--last-day: needs --first-day.", returncode=1)
        return None
    days = Days(first, last)
    fault = days.fault(today=timezone.localdate())
    if fault is DaysFault.BEFORE_1970:
        raise CommandError("--first-day: is before 1970.", returncode=1)
    if fault is not None:
        raise CommandError("--last-day: is before the first day, or in the future.", returncode=1)
    if len(options["files"]) > 1:
        raise CommandError("--first-day: is of one file; import the files one by one.", returncode=1)
    return days


def _refuse_without_days(options: dict[str, Any], days: Days | None) -> None:
    """Raise before anything is made where a file of totals has no days, or another file has."""
    if options["format"] in BY_DAYS and days is None:
        raise CommandError(f"{DaysRequired().message} {DaysRequired().hint}", returncode=1)
    if days is not None and options["format"] not in BY_DAYS:
        raise CommandError(f"--first-day: is for --format {' and '.join(BY_DAYS)}.", returncode=1)


def _mapping(options: dict[str, Any]) -> ColumnMapping | None:
    """Return the mapping that a file describes; raise before anything is made where it cannot be."""
    path: Path | None = options["mapping"]
    if path is None:
        return None
    if options["format"] not in BY_COLUMNS:
        raise CommandError(f"--mapping: is for --format {' and '.join(BY_COLUMNS)}.", returncode=1)
    from insights.ingest.formats.columns.mapping import BadMapping, mapping_of

    try:
        return mapping_of(json.loads(path.read_bytes()))
    except OSError as error:
        raise CommandError(f"--mapping: {path}: {error.strerror}.", returncode=1) from error
    except BadMapping as error:
        raise CommandError(f"--mapping: {path}: {error}", returncode=1) from error
    except (ValueError, RecursionError) as error:
        raise CommandError(f"--mapping: {path} is no JSON.", returncode=1) from error


def _map(source: Source, mapping: ColumnMapping | None) -> None:
    """Keep the mapping of a source; refuse a table that has none."""
    if mapping is None:
        if source.format in BY_COLUMNS and source.mapping is None:
            raise CommandError(f"{NoMapping().message} {NoMapping().hint}", returncode=1)
        return
    from insights.ingest.columns import map_columns

    try:
        with tenant_scope([source.tenant_id]):
            map_columns(source, mapping)
    except SourceBusy as busy:
        raise CommandError(str(busy), returncode=1) from busy
    except ValidationError as error:
        raise CommandError(f"--mapping: {' '.join(error.messages)}", returncode=1) from error


def _shown(name: str) -> str:
    """Return the name of a file as text that can be printed and stored: it may hold any bytes."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def _looks(options: dict[str, Any]) -> list[Look]:
    from insights.management.auto_format import look_at

    return [look_at(path, shown=_shown(path.name)) for path in options["files"]]


def _settle(looks: list[Look], tenant: Tenant, options: dict[str, Any]) -> str:
    """Set the format that the files are read as; return why there is none, else ""."""
    from insights.management.auto_format import settled

    with tenant_scope([tenant.pk]):
        own = Source.objects.filter(name=options["source"]).values_list("format", flat=True).first()
    log_format, why = settled(looks, source=options["source"], own=own)
    options["format"] = log_format
    return why


def _recognised(looks: list[Look]) -> dict[str, Any]:
    """Return the key of `--json` that `--format auto` adds."""
    return {"recognised": [look.plain() for look in looks]} if looks else {}


def _tenant(options: dict[str, Any]) -> Tenant:
    """Return the tenant; raise CommandError for it and for options that cannot be."""
    zone = options["time_zone"]
    refuse_other_zone(zone)
    year = options["year"]
    if year is not None and not 1970 <= year <= timezone.now().year + 1:
        raise CommandError(f"--year: {year} is not between 1970 and next year.", returncode=1)
    if not 1 <= len(options["source"]) <= MAX_SOURCE_NAME:
        raise CommandError(f"--source: a name has 1 to {MAX_SOURCE_NAME} characters.", returncode=1)
    if slug := options.get("provider"):
        provider = Provider.objects.filter(slug=slug).first()
        if provider is None:
            raise CommandError(f"There is no provider “{slug}”.", returncode=1)
        return make_inbox(provider, time_zone=zone or "UTC")
    tenant = Tenant.objects.filter(slug=options["tenant"]).first()
    if tenant is None:
        raise CommandError(
            f"There is no tenant “{options['tenant']}”. Create it with `manage.py create_tenant`.",
            returncode=1,
        )
    return tenant


def _source(tenant: Tenant, options: dict[str, Any]) -> Source:
    """Return the source, which is created when it is new."""
    zone = options["time_zone"]
    with tenant_scope([tenant.pk]):
        source, _ = Source.objects.get_or_create(
            tenant=tenant,
            name=options["source"],
            defaults={"format": options["format"], "time_zone": zone or tenant.time_zone},
        )
    if source.shared_from is not None:
        raise CommandError(
            f"The source “{source.name}” is fed by the provider's shared server. Use --provider, or another name.",
            returncode=1,
        )
    if source.format != options["format"]:
        raise CommandError(f"The source “{source.name}” is of format {source.format}.", returncode=1)
    if zone and source.time_zone != zone:
        raise CommandError(
            f"The source “{source.name}” has the time zone {source.time_zone}, not {zone}. "
            "Use another source name, or change the zone on its page while it holds no events.",
            returncode=1,
        )
    return source


@contextmanager
def _bar(path: Path, size: int, *, silent: bool) -> Iterator[Callable[[LogImport], None] | None]:
    """Draw how far the file was read; give what moves it, None where nobody looks."""
    if silent:
        yield None
        return
    from tqdm import tqdm

    with tqdm(total=size, unit="B", unit_scale=True, desc=path.name) as bar:
        yield partial(_show, bar)


def _show(bar: tqdm[NoReturn], running: LogImport) -> None:
    bar.update(running.bytes_read - bar.n)


def accounting(
    tenant: Tenant, source: Source, imports: list[LogImport], not_begun: list[str]
) -> dict[str, Any]:
    """Return the accounting of a run: the sums over its files, and each file's own. Without any it was refused."""
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
        "format": source.format or None,
        "status": str(imports[-1].status if imports else ImportStatus.REFUSED),
        **{key: sum(file[key] for file in files) for key in summed},
        "unrecognised_by_reason": dict(sorted(reasons.items())),
        **kinds,
        "held_bytes": files[-1]["held_bytes"] if files else 0,
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


def _at_whom(tenant: Tenant, log_import: LogImport) -> list[str]:
    """Return at which customers the events of a shared server's import are, and how many wait."""
    if not is_inbox(tenant):
        return []
    within = shared_scope(tenant)
    with tenant_scope(within):
        lying = events_of_import(log_import.pk)
    if not lying:
        return []
    slugs = dict(Tenant.objects.filter(pk__in=within).exclude(pk=tenant.pk).values_list("pk", "slug"))
    customers = sorted((slug, lying[pk]) for pk, slug in slugs.items() if pk in lying)
    return [
        *(f"  {events:>12,} at {slug}" for slug, events in customers),
        f"  {lying.get(tenant.pk, 0):>12,} in the inbox",
    ]


def _of_no_login(log_import: LogImport, path: Path) -> list[str]:
    """Return what to say of a log that was read and tells of no login: what else it looks like."""
    matched = log_import.lines_event + log_import.lines_evidence
    if log_import.status != ImportStatus.DONE or not log_import.lines or matched:
        return []
    from insights.ingest.recognition import may_be_read_as
    from insights.management.auto_format import look_at

    look = look_at(path, shown=log_import.file_name)
    seen = look.recognition
    is_another = seen and seen.format and not may_be_read_as(seen, log_import.source.format)
    hint = f" {look.words} To read it as that, give --format auto and another source." if is_another else ""
    return [f"  None of its lines is about a login, read as {log_import.source.format}.{hint}"]
