"""The application of reports: the report pages, and reports that are built and sent on request."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Holds report requests and everything that renders or sends a report."""

    name = "reports"
