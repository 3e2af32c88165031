"""The tables of reports that are built and sent."""

from reports.models.report_recipient import RecipientStatus, ReportRecipient
from reports.models.report_request import (
    ACTIVE,
    DETAILS_CSV,
    DETAILS_XLSX,
    FINAL,
    ReportRequest,
    RequestStatus,
)

__all__ = [
    "ACTIVE",
    "DETAILS_CSV",
    "DETAILS_XLSX",
    "FINAL",
    "RecipientStatus",
    "ReportRecipient",
    "ReportRequest",
    "RequestStatus",
]
