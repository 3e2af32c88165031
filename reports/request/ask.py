"""Ask for a report: a row for the order and one for each recipient, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction
from uuid6 import uuid7

from project.periods import DayRange
from reports.models import ReportRecipient, ReportRequest
from reports.request.recipients import Recipient, check_recipients
from tenants.models import ApiKey, Tenant, User

HOUR = timedelta(hours=1)
MAX_AN_HOUR = 30
"""How many reports one person may ask for in an hour at one tenant: enough for any day's work, too few to
flood."""


class RecipientsRefused(ValueError):
    """Not everybody named may receive the report; `refused` says who and why."""

    def __init__(self, refused: Sequence[Recipient]) -> None:
        super().__init__("; ".join(f"{recipient.address}: {recipient.refusal}" for recipient in refused))
        self.refused = list(refused)


class TooManyRequests(RuntimeError):
    """This person, or key, has asked for as many reports as an hour allows; `wait` is how long until the next one."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"{MAX_AN_HOUR} reports within an hour are enough.")
        self.wait = wait


def ask_for_report(
    *,
    tenant: Tenant,
    asked_by: User | ApiKey,
    name: str,
    view: str,
    days: DayRange,
    sender_domain: str | None,
    addresses: Sequence[str],
    note: str,
    now: datetime,
) -> ReportRequest:
    """Store the order and return it; the caller enqueues it once this is committed.

    Runs within the tenant's scope. Raises RecipientsRefused when an address is not allowed, or none was
    given, and TooManyRequests when `asked_by`, a person or a key, has asked for `MAX_AN_HOUR` within the last hour.
    """
    checked = check_recipients(tenant, addresses)
    refused = [recipient for recipient in checked if recipient.refusal]
    if refused or not checked:
        raise RecipientsRefused(refused)
    who = {"requested_key" if isinstance(asked_by, ApiKey) else "requested_by": asked_by}
    recent = ReportRequest.objects.filter(**who, created_at__gt=now - HOUR).order_by("-created_at")
    if last_allowed := list(recent.values_list("created_at", flat=True)[MAX_AN_HOUR - 1 : MAX_AN_HOUR]):
        raise TooManyRequests(last_allowed[0] + HOUR - now)
    with transaction.atomic():
        request = ReportRequest.objects.create(
            tenant=tenant,
            name=name,
            view=view,
            start_on=days.start,
            end_on=days.last,
            sender_domain=sender_domain,
            note=note,
            **who,
            created_at=now,
            queued_at=now,
        )
        ReportRecipient.objects.bulk_create(
            ReportRecipient(
                tenant=tenant, request=request, address=recipient.address, message_id=new_message_id()
            )
            for recipient in checked
        )
    return request


def new_message_id() -> str:
    """Return a Message-ID that no other mail has, at the domain that reports are sent from (RFC 5322,
    3.6.4).
    """
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<report.{uuid7().hex}@{domain or 'localhost'}>"
