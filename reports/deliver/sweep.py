"""Find what was left lying: requests that are due and in nobody's hands, and files that nobody may fetch any
more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q

from reports.deliver.claim import request_lock
from reports.files import remove_folder, remove_request_files, requests_with_files
from reports.models import ReportRequest, RequestStatus
from tenants.models import Tenant
from tenants.scope import tenant_scope

QUEUED_FOR = timedelta(minutes=5)
"""How long a queued message is believed to be on its way, before another is queued. Two of them do no
harm."""


def due_requests(*, now: datetime) -> list[tuple[UUID, UUID]]:
    """Return (tenant, request) of what should be queued at `now`, and note that it is.

    Due are requests that wait for no later attempt, and running ones whose run has died. Three queries, and
    one for each running request.
    """
    tenants = list(Tenant.objects.values_list("pk", flat=True))
    with tenant_scope(tenants):
        not_queued = (
            Q(queued_at=None) | Q(queued_at__lt=F("next_attempt_at")) | Q(queued_at__lte=now - QUEUED_FOR)
        )
        waiting = (
            ReportRequest.objects.filter(not_queued, status=RequestStatus.PENDING)
            .filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=now))
            .values_list("tenant_id", "pk")
        )
        running = ReportRequest.objects.filter(status=RequestStatus.RUNNING).values_list("tenant_id", "pk")
        due = [*waiting, *(row for row in running if not _is_worked_on(row[1]))]
        ReportRequest.objects.filter(pk__in=[request_id for _, request_id in due]).update(queued_at=now)
    return due


def _is_worked_on(request_id: UUID) -> bool:
    with request_lock(request_id) as is_held:
        return not is_held


def remove_expired(*, now: datetime) -> None:
    """Delete the files of requests that expired before `now`, and folders of requests that no longer exist.

    The requests themselves stay, as the record of what was sent to whom.
    """
    for tenant_id in list(Tenant.objects.values_list("pk", flat=True)):
        with tenant_scope([tenant_id]):
            expired = ReportRequest.objects.filter(expires_at__lte=now).exclude(folder="")
            for request in expired.exclude(status__in=[RequestStatus.PENDING, RequestStatus.RUNNING]):
                remove_folder(request.folder)
                ReportRequest.objects.filter(pk=request.pk, folder=request.folder).update(
                    folder="", csv_bytes=0, xlsx_bytes=0
                )
            found = requests_with_files(tenant_id)
            known = {
                str(pk)
                for pk in ReportRequest.objects.filter(pk__in=_ids(found)).values_list("pk", flat=True)
            }
        for name in set(found) - known:
            remove_request_files(tenant_id, name)


def _ids(names: list[str]) -> list[UUID]:
    ids = []
    for name in names:
        try:
            ids.append(UUID(name))
        except ValueError:
            continue
    return ids
