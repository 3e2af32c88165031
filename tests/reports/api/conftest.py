"""A fixed day, and the week of mail that the pages are tested with."""

from tests.reports.web.conftest import now, week

__all__ = ["now", "week"]
