"""How many events of each shared server lie at whom, as the shares say: they add up to what its imports stored."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from insights.models import ImportStatus, LogImport


def events_by_server() -> dict[UUID, dict[UUID, int]]:
    """Return the events of each server by tenant, those past the days kept too. In `shared_scope`; one query."""
    counted: defaultdict[UUID, dict[UUID, int]] = defaultdict(dict)
    shares = (
        LogImport.objects.filter(shared_import__isnull=False)
        .exclude(status=ImportStatus.UNDONE)
        .order_by()
        .values(server=Coalesce("source__shared_from", "source_id"), at=F("tenant_id"))
        .annotate(events=Sum(F("submissions_stored") + F("failures_stored")))
    )
    for share in shares:
        if share["events"]:
            counted[share["server"]][share["at"]] = share["events"]
    return dict(counted)


def events_of_import(import_id: UUID) -> dict[UUID, int]:
    """Return the events of one import by tenant. Must run in `shared_scope`. One query."""
    shares = (
        LogImport.objects.filter(shared_import=import_id)
        .exclude(status=ImportStatus.UNDONE)
        .order_by()
        .values("tenant_id")
        .annotate(events=Sum(F("submissions_stored") + F("failures_stored")))
    )
    return {share["tenant_id"]: share["events"] for share in shares if share["events"]}
