"""Change an order that exists: send it again, cancel it, or remove it with its files and links."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from reports.files import remove_folder
from reports.models import ACTIVE, FINAL, RecipientStatus, ReportRequest, RequestStatus
from reports.request.ask import RecipientsRefused, new_message_id
from reports.request.recipients import check_recipients
from tenants.access import Caller
from tenants.models import ApiKey, Tenant, User
from tenants.roles import Capability


def may_change(request: ReportRequest, caller: Caller | Any, granted: frozenset[Capability]) -> bool:
    """Tell whether `caller` may cancel, remove or repeat the request: who asked for it, and the tenant's
    owners.
    """
    if Capability.REQUEST_REPORT not in granted:
        return False
    if Capability.MANAGE_SETTINGS in granted:
        return True
    if isinstance(caller, ApiKey):
        return request.requested_key_id == caller.pk
    return isinstance(caller, User) and request.requested_by_id == caller.pk


def send_again(request: ReportRequest, *, tenant: Tenant, now: datetime) -> bool:
    """Let the report be built anew, from the data of today, and sent; tell whether there was a reason to.

    Where it reached only some, it goes to the others alone. Each mail has a new Message-ID, because programs
    drop a mail that they have seen. Raises RecipientsRefused when somebody may not receive it any more.
    """
    with transaction.atomic():
        current = ReportRequest.objects.select_for_update().filter(pk=request.pk, status__in=FINAL).first()
        if current is None:
            return False
        missed = list(current.recipients.exclude(status=RecipientStatus.SENT))
        chosen = missed or list(current.recipients.all())
        checked = check_recipients(tenant, [recipient.address for recipient in chosen])
        if refused := [recipient for recipient in checked if recipient.refusal]:
            raise RecipientsRefused(refused)
        for recipient in chosen:
            recipient.status = RecipientStatus.WAITING
            recipient.reason = ""
            recipient.attempts = 0
            recipient.sent_at = None
            recipient.message_id = new_message_id()
            recipient.save()
        current.status = RequestStatus.PENDING
        current.reason = ""
        current.attempts = 0
        current.next_attempt_at = current.finished_at = current.claim = current.built_at = None
        current.queued_at = now
        current.save()
    return True


def cancel(request: ReportRequest, *, now: datetime) -> bool:
    """Stop a request that is not done; tell whether it was stopped. A mail on its way is not called back."""
    return bool(
        ReportRequest.objects.filter(pk=request.pk, status__in=ACTIVE).update(
            status=RequestStatus.CANCELLED, claim=None, next_attempt_at=None, finished_at=now
        )
    )


def remove(request: ReportRequest) -> None:
    """Delete the request; its download links end with it, and its files go once that is committed."""
    folder = request.folder
    request.delete()
    transaction.on_commit(lambda: remove_folder(folder))
