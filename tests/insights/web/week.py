"""A fixed Tuesday, instants around it, and people's way to a page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Protocol

NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)


def days_ago(days: int, *, hour: int = 9) -> datetime:
    """Return an instant of that day, before 15:00 the same calendar day in Berlin, New York and Seoul."""
    return (NOW - timedelta(days=days)).replace(hour=hour)


class Page(Protocol):
    """What a client got, whoever made it."""

    @property
    def content(self) -> bytes: ...


def words(response: Page) -> str:
    """Return what a page says, in one line with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())
