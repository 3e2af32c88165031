"""Put the mail together: text, HTML with its chart beside it, and the detailed files."""

from __future__ import annotations

from email import encoders
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives

from reports.build.write import BODY_HTML, BODY_TEXT, CHART_PNG, is_attached
from reports.files import download_name
from reports.models import DETAILS_CSV, DETAILS_XLSX, ReportRecipient, ReportRequest
from reports.render.html import CHART_ID

TENANT_HEADER = "X-Report-Tenant"
_XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


class ReportMail(EmailMultiAlternatives):
    """A mail whose HTML carries a picture: the two are joined as multipart/related (RFC 2387).

    Django puts pictures among the attachments, where some programs list them a second time.
    """

    picture: bytes = b""

    def message(self, **options: Any) -> Any:
        """Return the message with the picture beside the HTML, and its subject folded with its name in mind.

        Django leaves the first line of a long subject empty, which some programs show as a leading blank.
        """
        message = super().message(**options)
        subject = str(self.subject)
        if not subject.isascii():
            message.replace_header("Subject", Header(subject, "utf-8", header_name="Subject"))
        if self.picture:
            parts = next(
                part for part in message.walk() if part.get_content_type() == "multipart/alternative"
            )
            alternatives: Any = parts.get_payload()
            image = MIMEImage(self.picture, "png")
            image["Content-ID"] = f"<{CHART_ID}>"
            image["Content-Disposition"] = 'inline; filename="chart.png"'
            alternatives[-1] = MIMEMultipart("related", _subparts=[alternatives[-1], image])
        return message


def compose(request: ReportRequest, recipient: ReportRecipient, *, tenant_slug: str) -> ReportMail:
    """Return the mail for one recipient out of the built files. No query.

    The files come as they lie in the storage, byte by byte; their names tell tenant and days.
    """
    mail = ReportMail(
        subject=request.subject,
        body=_read(request, BODY_TEXT).decode(),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[recipient.address],
        headers={
            "Message-ID": recipient.message_id,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            TENANT_HEADER: tenant_slug,
        },
    )
    mail.attach_alternative(_read(request, BODY_HTML).decode(), "text/html")
    if request.messages:
        mail.picture = _read(request, CHART_PNG)
        if is_attached(csv_bytes=request.csv_bytes, xlsx_bytes=request.xlsx_bytes):
            mail.attach(_file(request, tenant_slug, DETAILS_CSV, ("text", "csv")))
            mail.attach(_file(request, tenant_slug, DETAILS_XLSX, _XLSX))
    return mail


def _file(request: ReportRequest, tenant_slug: str, name: str, kind: tuple[str, str]) -> MIMEBase:
    part = MIMEBase(*kind)
    part.set_payload(_read(request, name))
    encoders.encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=_name(request, tenant_slug, name))
    return part


def _name(request: ReportRequest, tenant_slug: str, name: str) -> str:
    return download_name(name, tenant_slug=tenant_slug, days=request.days)


def _read(request: ReportRequest, name: str) -> bytes:
    with default_storage.open(request.stored_name(name)) as file:
        content: bytes = file.read()
    return content
