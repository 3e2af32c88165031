"""Take in an uploaded log: refuse at once what can never be read, keep the file, note the import to be run.

Queues nothing: who takes the upload in also asks for the import to be run.
"""

from __future__ import annotations

import unicodedata
from hashlib import sha256
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from django.core.files import File
from django.core.files.storage import default_storage

from insights.ingest.columns import refuse_other_columns
from insights.ingest.days import Days
from insights.ingest.formats import BY_COLUMNS, BY_DAYS, DOCUMENTS, FORMATS
from insights.ingest.inputs import open_log
from insights.ingest.recognition import Recognition, dump
from insights.ingest.stream import LogStream
from insights.ingest.totals import note_days, refuse_overlap
from insights.models import ImportStatus, LogImport, Source
from tenants.models import User

MAX_NAME: Final = 255
_END_KEPT: Final = 40
_NAMELESS: Final = "upload"
# Control and format characters (bidirectional overrides among them), lone surrogates, ends of lines.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def shown_file_name(name: str) -> str:
    """Return the last part of a file's name, of visible characters only and at most 255 of them.

    For people alone: files are stored under names of our own.
    """
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    shown = "".join(character for character in last if unicodedata.category(character) not in _UNSEEN).strip()
    if len(shown) > MAX_NAME:
        shown = f"{shown[: MAX_NAME - _END_KEPT - 1]}…{shown[-_END_KEPT:]}"
    return shown if shown.strip(".") else _NAMELESS


def look_at(
    path: Path, *, file_name: str, source: Source, year: int | None, days: Days | None = None
) -> None:
    """Read the head of an upload for `source`, which may be one that is not saved yet.

    Raises what reading the whole would end with: EmptyInput, BinaryInput, BrokenInput, for tables NoMapping and
    OtherColumns, for totals DaysRequired and OtherDays, or YearRequired when
    neither `year` nor the source's saved state nor an earlier import of the file gives it. Up to one query.
    """
    with open_log(path, name=file_name, unfolds=source.format in DOCUMENTS) as log:
        head = next(log.chunks())
    if source.format in BY_DAYS:
        refuse_overlap(source, days)
        return
    if source.format in BY_COLUMNS:
        refuse_other_columns(path, name=file_name, source=source)
        return
    if year is not None or source.parser_state is not None or _was_read_before(head, source):
        return
    parser = FORMATS[source.format](source_key=str(source.pk), zone=ZoneInfo(source.time_zone), year=None)
    LogStream(parser).feed(head)


def _was_read_before(head: bytes, source: Source) -> bool:
    digest = sha256(head.partition(b"\n")[0]).hexdigest()
    known = LogImport.objects.filter(source=source, head_digest=digest, year__isnull=False)
    return known.exclude(status=ImportStatus.REFUSED).exists()


def take_in(
    upload: File[bytes],
    *,
    file_name: str,
    source: Source,
    year: int | None,
    user: User | None,
    days: Days | None = None,
    seen: Recognition | None = None,
) -> LogImport:
    """Move the upload into the storage and return the import that waits to read it.

    Must run in the tenant's scope. The stored file goes again when its row cannot be written.
    """
    log_import = LogImport(
        tenant_id=source.tenant_id,
        source=source,
        file_name=file_name,
        size_bytes=upload.size,
        year=year,
        created_by=user,
    )
    if seen is not None:
        log_import.recognised = dump(seen)
    if days is not None and source.format in BY_DAYS:
        note_days(log_import, days)
    stored_file = default_storage.save(f"imports/{source.tenant_id}/{log_import.pk}", upload)
    try:
        log_import.stored_file = stored_file
        log_import.save()
    except BaseException:
        default_storage.delete(stored_file)
        raise
    return log_import


def can_retry(log_import: LogImport) -> bool:
    """Tell whether a failed import can go on from its own stored file."""
    return (
        log_import.status == ImportStatus.FAILED
        and bool(log_import.stored_file)
        and default_storage.exists(log_import.stored_file)
    )


def ask_again(log_import: LogImport) -> bool:
    """Let a failed import wait to go on where it stopped; False where it cannot. One query.

    Who asks queues the work once this is committed.
    """
    failed = LogImport.objects.filter(pk=log_import.pk, status=ImportStatus.FAILED)
    return can_retry(log_import) and bool(
        failed.update(status=ImportStatus.WAITING, message="", finished_at=None, attempts=0)
    )
