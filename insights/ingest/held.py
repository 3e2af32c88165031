"""Uploads that wait for a person to say which column of their source is what: found, read at last, or put away."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from insights.ingest.columns import is_unmapped
from insights.ingest.first_rows.head import LOOKED_AT, Head, head_of
from insights.ingest.formats import BY_COLUMNS
from insights.ingest.inputs import open_log
from insights.ingest.tell import tell_import
from insights.models import ImportStatus, LogImport, Source

KEPT_FOR: Final = timedelta(days=14)
"""How long a file waits for its columns."""


def is_held(log_import: LogImport) -> bool:
    """Tell whether an upload waits for the columns of its source, which is at hand. No query."""
    is_waiting = log_import.status == ImportStatus.WAITING and bool(log_import.stored_file)
    return is_waiting and is_unmapped(log_import.source)


def uploads_waiting(source: Source) -> list[LogImport]:
    """Return the uploads that wait to be read into the source, the first to come first. One query."""
    waiting = LogImport.objects.filter(source=source, status=ImportStatus.WAITING)
    return list(waiting.exclude(stored_file="").order_by("created_at"))


def head_of_upload(log_import: LogImport) -> Head:
    """Return the first rows of a held upload. Raises what `LogInput.chunks` raises, and OSError where it is gone."""
    path = Path(default_storage.path(log_import.stored_file))
    data = b""
    with open_log(path, name=log_import.file_name) as log:
        for chunk in log.chunks():
            data += chunk
            if len(data) >= LOOKED_AT:
                break
    return head_of(data, log_import.source.format)


def put_away(log_import: LogImport, *, now: datetime) -> bool:
    """Refuse a held upload and delete its file once this is committed; False where it is not held any more."""
    words = _("It was put away before anybody had said which column is what.")
    return is_held(log_import) and bool(_refuse(LogImport.objects.filter(pk=log_import.pk), words, now=now))


def put_away_forgotten(*, now: datetime) -> int:
    """Refuse the uploads that have waited for their columns for `KEPT_FOR`; return how many.

    Must run in a tenant's scope. A query, and two for each of them.
    """
    old = LogImport.objects.filter(
        source__format__in=BY_COLUMNS, source__mapping__isnull=True, created_at__lt=now - KEPT_FOR
    ).exclude(stored_file="")
    words = _("Nobody had said in %(days)d days which column is what. Upload the file again.")
    return _refuse(old, words % {"days": KEPT_FOR.days}, now=now)


def _refuse(held: QuerySet[LogImport], words: str, *, now: datetime) -> int:
    ended = 0
    for log_import in held.filter(status=ImportStatus.WAITING).select_related("tenant", "source"):
        still = LogImport.objects.filter(pk=log_import.pk, status=ImportStatus.WAITING)
        if still.update(status=ImportStatus.REFUSED, message=words, finished_at=now):
            transaction.on_commit(partial(default_storage.delete, log_import.stored_file))
            log_import.refresh_from_db(fields=["status", "message", "finished_at"])
            tell_import(log_import, now=now)
            ended += 1
    return ended
