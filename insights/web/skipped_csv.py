"""The samples of unrecognised lines as a CSV file that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from insights.models import SkippedLine

COLUMNS = ("line_number", "reason", "text")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def skipped_csv(lines: Iterable[SkippedLine]) -> str:
    """Return one line a sample under a line of column names."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for line in lines:
        sample = f"'{line.text}" if line.text.lstrip().startswith(_FORMULA) else line.text
        writer.writerow((line.line_number, line.reason, sample))
    return text.getvalue()
