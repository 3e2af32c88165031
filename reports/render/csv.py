"""The detailed counts as CSV in UTF-8, with a mark so that spreadsheets read it as such."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from insights.queries import DetailRow
from reports.render.cells import cell

if TYPE_CHECKING:
    from typing import TextIO

COLUMNS = (
    "day",
    "sender_address",
    "sender_domain",
    "account",
    "client_ip",
    "tls_version",
    "mechanism",
    "auth_class",
    "messages",
    "recipients",
    "first_at",
    "last_at",
)
"""The columns of the detailed files; scripts rely on them, so new ones come at the end."""
ENCODING = "utf-8-sig"


class DetailsCsv:
    """Writes rows to an open text file with `newline=""`."""

    def __init__(self, file: TextIO) -> None:
        self._writer = csv.writer(file, lineterminator="\n")
        self._writer.writerow(COLUMNS)

    def write(self, row: DetailRow) -> None:
        """Write one row."""
        self._writer.writerow([cell(row[name]) for name in COLUMNS])  # type: ignore[literal-required]
