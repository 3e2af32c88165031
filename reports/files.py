"""Where built reports lie in the storage that web and worker share, one folder a build."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.text import slugify

from project.periods import DayRange
from reports.models import DETAILS_CSV, DETAILS_XLSX, ReportRequest

ROOT = "reports"
CONTENT_TYPES = {
    DETAILS_CSV: "text/csv; charset=utf-8",
    DETAILS_XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The files of a report that people may have, and what they are."""


def folder_of(tenant_id: UUID, request_id: UUID, build: UUID) -> str:
    """Return the folder of one build of one request; no two builds share one."""
    return f"{ROOT}/{tenant_id}/{request_id}/{build}"


def download_name(name: str, *, tenant_slug: str, days: DayRange) -> str:
    """Return the name under which a person gets the file `name`: who and when, in ASCII."""
    suffix = name.rpartition(".")[2]
    return f"{slugify(tenant_slug) or 'report'}-smtp-auth-{days.start}-{days.last}.{suffix}"


def stored_file(request: ReportRequest, name: str, *, now: datetime) -> File[bytes]:
    """Return one of a report's built files, open; raise FileNotFoundError when there is none, or not any more."""
    if name not in CONTENT_TYPES or not request.has_files(now=now):
        raise FileNotFoundError(name)
    return default_storage.open(request.stored_name(name))


def remove_folder(folder: str) -> None:
    """Delete a folder of reports with everything in it; nothing happens when it is not there.

    Refuses any place that is not below the reports' own.
    """
    if not folder:
        return
    if not folder.startswith(f"{ROOT}/") or ".." in folder:
        raise ValueError(f"“{folder}” is no folder of reports.")
    with suppress(FileNotFoundError):
        folders, names = default_storage.listdir(folder)
        for name in names:
            default_storage.delete(f"{folder}/{name}")
        for name in folders:
            remove_folder(f"{folder}/{name}")
        default_storage.delete(folder)


def requests_with_files(tenant_id: UUID) -> list[str]:
    """Return the ids of the tenant's requests that have a folder, as the folders are named."""
    with suppress(FileNotFoundError):
        return default_storage.listdir(f"{ROOT}/{tenant_id}")[0]
    return []


def remove_request_files(tenant_id: UUID, request_id: str) -> None:
    """Delete every build of a request."""
    remove_folder(f"{ROOT}/{tenant_id}/{request_id}")
