"""The detailed counts as CSV, in the dialect of every table: UTF-8 without a mark, lines that end with LF."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import TextIO

from reports.render.cells import COLUMNS

ENCODING = "utf-8"


class DetailsCsv:
    """Writes rows of cells to an open text file with `newline=""`."""

    def __init__(self, file: TextIO) -> None:
        self._writer = csv.writer(file, lineterminator="\n")
        self._writer.writerow(COLUMNS)

    def write(self, cells: Sequence[str | float]) -> None:
        """Write one row."""
        self._writer.writerow(cells)
