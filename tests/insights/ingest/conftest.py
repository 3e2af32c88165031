"""Fixtures of the imports: a log that takes two portions to store."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from django.utils import timezone

from insights.demo.bulk import BulkTruth, write_bulk

SUBMISSIONS = 24_000
"""A whole portion and the beginning of another; large enough for a reading process of its own."""


class Bulk(NamedTuple):
    """A generated log that ended yesterday, its truth, and the year in which it begins."""

    path: Path
    truth: BulkTruth
    year: int


@pytest.fixture(scope="session")
def bulk(tmp_path_factory: pytest.TempPathFactory) -> Bulk:
    """Write the log once for all tests."""
    path = tmp_path_factory.mktemp("bulk") / "mail.log"
    begin = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=5)
    truth = write_bulk(path, start=begin, seed=5, submissions=SUBMISSIONS, users=300, days=4)
    return Bulk(path, truth, begin.year)
