"""Where built reports lie in the storage that web and worker share, one folder a build."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.core.files.storage import default_storage
from django.utils.text import slugify

from project.periods import DayRange

ROOT = "reports"


def folder_of(tenant_id: UUID, request_id: UUID, build: UUID) -> str:
    """Return the folder of one build of one request; no two builds share one."""
    return f"{ROOT}/{tenant_id}/{request_id}/{build}"


def download_name(name: str, *, tenant_slug: str, days: DayRange) -> str:
    """Return the name under which a person gets the file `name`: who and when, in ASCII."""
    suffix = name.rpartition(".")[2]
    return f"{slugify(tenant_slug) or 'report'}-smtp-auth-{days.start}-{days.last}.{suffix}"


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
