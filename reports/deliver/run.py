"""One run over a requested report: claim it, build it unless that is done, and send what is not sent yet.

Every step is committed by itself, and no transaction is open while the mail server speaks. Killed anywhere,
the next run goes on from the last commit; only a mail whose acceptance was not yet written down is sent
again, and then it has the same Message-ID.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from reports.build.write import build, is_built
from reports.deliver.claim import Overtaken, claim, new_folder, request_lock, write
from reports.deliver.mail import compose
from reports.deliver.post import Refusal, post
from reports.deliver.retries import MAX_ATTEMPTS, retry_at
from reports.deliver.tell import tell_report
from reports.files import remove_folder
from reports.models import RecipientStatus, ReportRecipient, ReportRequest, RequestStatus
from tenants.scope import tenant_scope

log = structlog.get_logger(__name__)


def deliver(*, tenant_id: UUID, request_id: UUID, now: datetime) -> None:
    """Do what is due for a request at `now`; nothing when another run has it or nothing is due.

    What goes wrong is written to the request and tried again later, or given up with the reason. An error
    that no mail server caused is raised as well, once that is done.
    """
    with request_lock(request_id) as is_held:
        request = claim(tenant_id=tenant_id, request_id=request_id, now=now) if is_held else None
        if request is None:
            return
        try:
            _run(request, now)
        except Overtaken:
            log.info("report_overtaken", request=str(request_id))
        except Exception as error:
            words = _("The report could not be built or sent: %(kind)s") % {"kind": type(error).__name__}
            with suppress(Overtaken):
                _put_off(request, words, now)
            raise


def _run(request: ReportRequest, now: datetime) -> None:
    if request.attempts > MAX_ATTEMPTS:
        # Not by a mail server: that ends with the last attempt. Runs that die leave nobody to write a reason.
        _give_up(request, request.reason or _("The worker stopped each time it worked on this report."), now)
        return
    if not is_built(request):
        _build(request, now)
    is_down = False
    for recipient in _waiting(request):
        if not is_down:
            is_down = _send(request, recipient, now)
    _finish(request, now)


def _build(request: ReportRequest, now: datetime) -> None:
    remove_folder(new_folder(request))
    with timezone.override(request.tenant.zone):
        built = build(request, tenant=request.tenant, folder=request.folder, now=now)
    try:
        write(
            request,
            built_at=now,
            subject=built.subject,
            messages=built.messages,
            csv_bytes=built.csv_bytes,
            xlsx_bytes=built.xlsx_bytes,
            expires_at=built.expires_at,
        )
    except Overtaken:
        remove_folder(request.folder)
        raise


def _waiting(request: ReportRequest) -> list[ReportRecipient]:
    with tenant_scope([request.tenant_id]):
        return list(request.recipients.filter(status=RecipientStatus.WAITING))


def _send(request: ReportRequest, recipient: ReportRecipient, now: datetime) -> bool:
    """Send to one recipient and commit at once what came of it; tell whether the server seems to be down."""
    write(request, claimed_at=now)
    refusal = post(compose(request, recipient, tenant_slug=request.tenant.slug))
    with tenant_scope([request.tenant_id]):
        # Only the mail that was spoken of: a person may have asked for another meanwhile.
        rows = ReportRecipient.objects.filter(pk=recipient.pk, message_id=recipient.message_id)
        rows.update(attempts=F("attempts") + 1, **_outcome(refusal, now))
    if refusal is not None:
        log.warning("report_refused", request=str(request.pk), reason=refusal.words)
    return refusal is not None and refusal.is_server_down


def _outcome(refusal: Refusal | None, now: datetime) -> dict[str, Any]:
    if refusal is None:
        return {"status": RecipientStatus.SENT, "reason": "", "sent_at": now}
    status = RecipientStatus.FAILED if refusal.is_permanent else RecipientStatus.WAITING
    return {"status": status, "reason": refusal.words}


def _finish(request: ReportRequest, now: datetime) -> None:
    with tenant_scope([request.tenant_id]):
        recipients = list(request.recipients.all())
    if any(recipient.status == RecipientStatus.WAITING for recipient in recipients):
        _put_off(request, _reason(recipients), now)
        return
    if any(recipient.status == RecipientStatus.FAILED for recipient in recipients):
        _give_up(request, _reason(recipients), now)
        return
    status = RequestStatus.SENT if request.messages else RequestStatus.NOTHING_FOUND
    with tenant_scope([request.tenant_id]):
        write(request, status=status, reason="", finished_at=now, claim=None)
        tell_report(request, now=now)


def _put_off(request: ReportRequest, reason: str, now: datetime) -> None:
    """Let the request wait for its next attempt, or give it up after the last."""
    due_at = retry_at(request.attempts, now=now)
    if due_at is None:
        _give_up(request, reason, now)
        return
    write(request, status=RequestStatus.PENDING, reason=reason, next_attempt_at=due_at, claim=None)


def _give_up(request: ReportRequest, reason: str, now: datetime) -> None:
    """End the request as failed; recipients who still wait are told as failed too."""
    with tenant_scope([request.tenant_id]):
        for recipient in request.recipients.filter(status=RecipientStatus.WAITING):
            recipient.status = RecipientStatus.FAILED
            recipient.reason = recipient.reason or reason
            recipient.save(update_fields=["status", "reason"])
        write(request, status=RequestStatus.FAILED, reason=reason, finished_at=now, claim=None)
        tell_report(request, now=now)


def _reason(recipients: list[ReportRecipient]) -> str:
    """Return what the mail server said, once each."""
    said = {recipient.reason: None for recipient in recipients if recipient.reason}
    return " · ".join(said)
