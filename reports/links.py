"""The signed link that a report's files can be fetched by without logging in, for mails too large for
attachments.

It names one request of one tenant and works for `REPORT_LINK_DAYS` from the moment it was signed. Deleting
the request ends it at once: the signature proves only that the link is ours, the row decides. A recipient
need not be a member, so whoever holds the link may fetch the files; it opens nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.urls import reverse

SALT = "reports.shared_download"


class LinkRefused(Exception):
    """The link is not one of ours, or not any more."""


class LinkExpired(LinkRefused):
    """The link was ours and its time is over."""


@dataclass(frozen=True, slots=True)
class SharedReport:
    """What a link stands for."""

    tenant_id: UUID
    request_id: UUID


def shared_url(shared: SharedReport, file_name: str) -> str:
    """Return the absolute address at which anybody may fetch `file_name` of the report for the coming
    days.
    """
    token = TimestampSigner(salt=SALT).sign(f"{shared.tenant_id.hex}.{shared.request_id.hex}")
    path = reverse("reports:shared_download", kwargs={"token": token, "file_name": file_name})
    return f"{settings.SITE_URL}{path}"


def read_link(token: str) -> SharedReport:
    """Return what a link stands for; raise LinkExpired or LinkRefused."""
    signer = TimestampSigner(salt=SALT)
    try:
        value = signer.unsign(token, max_age=timedelta(days=settings.REPORT_LINK_DAYS))
        tenant_id, request_id = value.split(".")
        return SharedReport(UUID(tenant_id), UUID(request_id))
    except SignatureExpired as error:
        raise LinkExpired("The link's time is over.") from error
    except (BadSignature, ValueError) as error:
        raise LinkRefused("This is no link of ours.") from error
