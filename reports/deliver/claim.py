"""Who may work on a request: one run at a time, and the next at once when that one dies.

The lock belongs to the database session, so it ends with the process, whatever kills it; it needs a
connection of its own, not a transaction-pooling proxy. The claim is the row's side of it: a run writes only
as long as the row carries its own, so that one that was overtaken, or whose request was cancelled or deleted,
stops.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q
from uuid6 import uuid7

from reports.files import folder_of
from reports.models import ACTIVE, ReportRequest, RequestStatus
from tenants.scope import tenant_scope


class Overtaken(Exception):
    """The request is not this run's any more."""


@contextmanager
def request_lock(request_id: UUID) -> Iterator[bool]:
    """Try to hold the request's lock over several transactions; give whether that worked."""
    key = [f"report request {request_id}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key)
        is_held = bool(cursor.fetchone()[0])
    try:
        yield is_held
    finally:
        if is_held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)


def claim(*, tenant_id: UUID, request_id: UUID, now: datetime) -> ReportRequest | None:
    """Take the request if it is due, and return it as claimed; None when there is nothing to do.

    Call it with the request's lock: then a request that is still marked as running lost its run to a crash.
    """
    with tenant_scope([tenant_id]):
        taken = (
            ReportRequest.objects.filter(pk=request_id, status__in=ACTIVE)
            .filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=now))
            .update(
                status=RequestStatus.RUNNING,
                claim=uuid7(),
                claimed_at=now,
                attempts=F("attempts") + 1,
                next_attempt_at=None,
            )
        )
        if not taken:
            return None
        return ReportRequest.objects.select_related("tenant", "requested_by", "requested_key").get(
            pk=request_id
        )


def new_folder(request: ReportRequest) -> str:
    """Name the folder of this run's build in the row before anything is written, so that a crash leaves a
    trace.

    Returns the folder of an earlier build, which has become useless, or "".
    """
    useless = request.folder
    write(request, folder=folder_of(request.tenant_id, request.pk, uuid7()))
    return useless


def write(request: ReportRequest, **values: Any) -> None:
    """Write `values` to the row in a transaction of their own; raise Overtaken when it is not this run's any
    more.
    """
    with tenant_scope([request.tenant_id]):
        rows = ReportRequest.objects.filter(pk=request.pk, claim=request.claim, status=RequestStatus.RUNNING)
        if not rows.update(**values):
            raise Overtaken
    for name, value in values.items():
        setattr(request, name, value)
