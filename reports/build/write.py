"""Write a report's files: the detailed counts as CSV and XLSX in one pass, the mail's texts and its chart."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from insights.queries import Selection, details
from project.periods import day_of
from reports.build.gather import content_of
from reports.build.snapshot import snapshot_of
from reports.content import ReportContent, adds_up
from reports.files import download_name
from reports.links import SharedReport, shared_url
from reports.models import DETAILS_CSV, DETAILS_XLSX, ReportRequest
from reports.render import words
from reports.render.cells import detail_cells
from reports.render.chart import chart_png
from reports.render.csv import ENCODING, DetailsCsv
from reports.render.html import html_of
from reports.render.labels import Attachment
from reports.render.text import text_of
from reports.render.xlsx import ReportXlsx
from tenants.models import Tenant

BODY_HTML, BODY_TEXT, CHART_PNG = "body.html", "body.txt", "chart.png"


class ReportDiffers(RuntimeError):
    """The report's own tables, or its files, do not come to the same number: it must not be sent."""


@dataclass(frozen=True, slots=True)
class Built:
    """What was written into the folder; sizes are 0 where nothing was found."""

    subject: str
    messages: int
    csv_bytes: int
    xlsx_bytes: int
    expires_at: datetime


def build(request: ReportRequest, *, tenant: Tenant, folder: str, now: datetime) -> Built:
    """Build the report of `request` into `folder` of the storage, and return what it holds.

    Everything is read in one snapshot, and the sums of tables and files are compared before anything may be
    sent: raises ReportDiffers when they are not the same. Memory is bounded for any number of rows.
    """
    expires_at = now + timedelta(days=settings.REPORT_LINK_DAYS)
    with tempfile.TemporaryDirectory(prefix="report-") as place:
        with snapshot_of(tenant.pk):
            content = content_of(request, tenant=tenant, now=now)
            if not adds_up(content):
                raise ReportDiffers("The tables of the report do not add up to its messages.")
            paths = _write_details(request, content, Path(place))
        sizes = {path.name: path.stat().st_size for path in paths}
        files = _attachments(request, tenant, sizes, expires_at)
        for path in paths:
            with path.open("rb") as file:
                default_storage.save(f"{folder}/{path.name}", File(file))
    texts = {BODY_HTML: html_of(content, files=files), BODY_TEXT: text_of(content, files=files)}
    for name, text in texts.items():
        default_storage.save(f"{folder}/{name}", ContentFile(text.encode()))
    if not content.is_empty:
        default_storage.save(f"{folder}/{CHART_PNG}", ContentFile(chart_png(content)))
    return Built(
        subject=words.subject(content),
        messages=content.totals.messages,
        csv_bytes=sizes.get(DETAILS_CSV, 0),
        xlsx_bytes=sizes.get(DETAILS_XLSX, 0),
        expires_at=expires_at,
    )


def is_attached(*, csv_bytes: int, xlsx_bytes: int) -> bool:
    """Tell whether files of these sizes travel in the mail, or wait behind a link."""
    limit: int = settings.REPORT_ATTACHMENT_LIMIT_BYTES
    return csv_bytes + xlsx_bytes <= limit


def is_built(request: ReportRequest) -> bool:
    """Tell whether the request has been built and its files are still there."""
    return request.built_at is not None and default_storage.exists(request.stored_name(BODY_HTML))


def _write_details(request: ReportRequest, content: ReportContent, place: Path) -> list[Path]:
    """Write both files in one pass over the rows; return their paths, none where there is no row."""
    if content.is_empty:
        return []
    csv_path, xlsx_path = place / DETAILS_CSV, place / DETAILS_XLSX
    book = ReportXlsx(xlsx_path, content)
    messages = 0
    with csv_path.open("w", encoding=ENCODING, newline="") as file:
        table = DetailsCsv(file)
        for row in details(Selection(days=request.days, sender_domain=request.sender_domain)):
            cells = detail_cells(row)
            table.write(cells)
            book.write(cells)
            messages += row["messages"]
    book.close()
    if messages != content.totals.messages:
        raise ReportDiffers(
            f"The detailed rows come to {messages} messages, the summary to {content.totals.messages}."
        )
    return [csv_path, xlsx_path]


def _attachments(
    request: ReportRequest, tenant: Tenant, sizes: dict[str, int], expires_at: datetime
) -> tuple[Attachment, ...]:
    attached = is_attached(csv_bytes=sizes.get(DETAILS_CSV, 0), xlsx_bytes=sizes.get(DETAILS_XLSX, 0))
    shared = SharedReport(request.tenant_id, request.pk)
    return tuple(
        Attachment(
            name=download_name(name, tenant_slug=tenant.slug, days=request.days),
            size_bytes=size,
            url="" if attached else shared_url(shared, name),
            expires_on=day_of(expires_at, tenant.zone),
        )
        for name, size in sizes.items()
    )
